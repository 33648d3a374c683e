"""The demo shop: what it holds, that it can be loaded twice, and what its people may do."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoDbBlocker
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page, Site

from catalog import publishing, stock
from catalog.models import (
    Brand,
    CatalogPage,
    Genre,
    ProductPage,
    SearchEntry,
    ShopImage,
    ShopRendition,
    ShopSettings,
    Stock,
    StockMovement,
    Variant,
)
from catalog.tax import rate_on
from checkout import shipping
from checkout.models import CheckoutPage, DeliveryZone, Order
from home.demo import photos
from home.demo.data import read_products
from home.demo.people import DEMO_USERS
from home.models import ContactMessage, HomePage, JournalIndexPage, Navigation, StoryPage
from tests.factories import take_shop_away

pytestmark = pytest.mark.django_db
MODELS = (
    Page,
    ProductPage,
    Variant,
    Stock,
    StockMovement,
    ShopImage,
    ShopRendition,
    Brand,
    Genre,
    User,
    Site,
    DeliveryZone,
    Navigation,
    SearchEntry,
    StoryPage,
)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the demo shop once for this file, in a transaction in which those of its tests are savepoints.

    The sizes are left to the worker: encoding 26 pictures is not what these tests are about.
    """
    load = transaction.atomic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photos, "_make_sizes", lambda images, stream: None)
        with django_db_blocker.unblock():
            load.__enter__()
            take_shop_away()
            call_command("load_demo_shop", stdout=StringIO())
        yield
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            load.__exit__(None, None, None)


@pytest.fixture
def shop(loaded: None, db: None) -> None:
    """The loaded shop, as if it had been loaded for this test alone."""


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in MODELS}


@pytest.mark.usefixtures("shop")
def test_the_demo_shop_is_worth_a_visit(client: Client) -> None:
    products = ProductPage.objects.live().annotate(number=Count("photos"))
    assert products.count() == len(read_products()) >= 24
    assert min(page.number for page in products) >= 3
    assert (Brand.objects.count(), Genre.objects.count(), SearchPromotion.objects.count()) == (4, 7, 13)
    assert not products.filter(genre=None).exists()
    for url in ("/", "/shop/", "/about/", "/shipping/", "/returns/", "/privacy/", "/terms/", "/contact/", "/journal/"):
        assert client.get(url).status_code == 200, url
    assert client.get("/checkout/", follow=True).status_code == 200
    for page in products:
        assert client.get(page.get_url()).status_code == 200, page


@pytest.mark.covers("PP11")
@pytest.mark.usefixtures("shop")
def test_every_product_is_whole() -> None:
    pages = ProductPage.objects.prefetch_related("photos").select_related("hsn")
    assert {page.title: found for page in pages if (found := publishing.lacks_of(page))} == {}


@pytest.mark.usefixtures("shop")
def test_what_no_model_answers_to_is_helped_with(client: Client) -> None:
    for text, page in (
        ("hot wheels", "/about/"),
        ("Delivery", "/shipping/"),
        ("gift", "/shop/kaali-peeli-rank-box-of-two/"),
    ):
        assert f'href="{page}">' in client.get("/shop/", {"q": text}).content.decode().partition('class="advice"')[2]


@pytest.mark.usefixtures("shop")
def test_every_product_is_found_by_its_name(client: Client) -> None:
    assert SearchEntry.objects.count() == ProductPage.objects.live().count()
    for page in ProductPage.objects.live():
        assert f">{escape(page.title)}</a>" in client.get("/shop/", {"q": page.title}).content.decode(), page


@pytest.mark.usefixtures("shop")
def test_the_front_door_and_the_stories_are_composed(client: Client) -> None:
    kinds = [block.block_type for block in HomePage.objects.get().body]
    assert kinds[0] == "hero"
    assert {"arrivals", "featured", "browse", "story", "journal", "promises"} <= set(kinds)
    home = client.get("/").content.decode()
    stories = StoryPage.objects.live()
    assert stories.count() >= 3
    for story in stories:
        page = client.get(story.get_url()).content.decode()
        assert page.count("<h1") == 1
        assert "In this story" in page
    assert sum(story.title in home for story in stories) >= 3
    for url in ("/", "/shop/", "/journal/", "/contact/", "/about/", stories[0].get_url()):
        head = client.get(url).content.decode().partition("</head>")[0]
        assert (head.count('rel="canonical"'), head.count('name="description"')) == (1, 1), url
    assert not Page.objects.live().filter(depth__gt=1, search_description="").exists()


@pytest.mark.usefixtures("shop")
def test_the_front_door_costs_few_queries(client: Client) -> None:
    client.get("/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    assert len(captured) <= 15


@pytest.mark.usefixtures("shop")
def test_there_is_stock_to_buy_and_little_that_is_limited() -> None:
    free = [row.available for row in Stock.objects.order_by("variant_id")]
    assert sum(number >= 10 for number in free) >= 20
    assert free.count(0) == 2
    assert [number for number in free if 0 < number <= 5]
    limited = ProductPage.objects.exclude(per_person_limit=None)
    assert limited.count() == 1
    first = list(Variant.objects.order_by("pk").values_list("page_id", flat=True)[:20])
    assert limited.get().pk not in first
    assert stock.verify() == []
    assert not Order.objects.exists()


FEES = [
    ("110001", 0, 9_900),
    ("110001", 5000, 9_900),
    ("110001", 5001, 13_900),
    ("400001", 5000, 9_900),
    ("781001", 2000, 14_900),
    ("194101", 2001, 20_900),
    ("744101", 300, 25_000),
    ("682555", 300, 25_000),
    ("682001", 300, 9_900),
]


@pytest.mark.usefixtures("shop")
def test_delivery_costs_as_its_page_says() -> None:
    shop = ShopSettings.current()
    for postcode, grams, fee in FEES:
        assert shipping.quote(postcode, grams=grams, subtotal=149_999, shop=shop).fee == fee, postcode
        assert shipping.quote(postcode, grams=grams, subtotal=150_000, shop=shop).fee == 0
    assert (
        shipping.quote("900056", grams=1, subtotal=1, shop=shop).refusal
        == "We do not deliver to 900056 (Army post offices)."
    )
    for zone in DeliveryZone.objects.all():
        before = zone.prefixes
        zone.full_clean()
        assert zone.prefixes == before


@pytest.mark.usefixtures("shop")
def test_who_sells_is_told(client: Client) -> None:
    shop = ShopSettings.current()
    assert shop.shop_name == "Chhota Garage"
    assert has_valid_checksum(shop.gstin)
    assert shop.gstin.startswith(shop.state)
    for told in (shop.gstin, "Meena Deshpande", "grievance@chhota-garage.example"):
        assert told in client.get("/contact/").content.decode()
    page = ProductPage.objects.first()
    assert page is not None
    assert rate_on(page.hsn, page.packed_on) == 500


def has_valid_checksum(gstin: str) -> bool:
    """Return whether the last character is the one that the first fourteen ask for."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    products = [alphabet.index(char) * (1 + position % 2) for position, char in enumerate(gstin[:14])]
    return alphabet[-sum(number // 36 + number % 36 for number in products) % 36] == gstin[14]


@pytest.mark.usefixtures("shop")
def test_loading_twice_changes_nothing() -> None:
    home = HomePage.objects.get()
    home.body = [("notice", {"tone": "info", "title": "Changed by an editor", "text": ""})]
    home.save_revision().publish()
    before = counts()
    call_command("load_demo_shop", stdout=StringIO())
    assert counts() == before
    assert [block.value["title"] for block in HomePage.objects.get().body] == ["Changed by an editor"]


@pytest.mark.once
@pytest.mark.usefixtures("shop")
def test_a_large_catalogue_is_a_valid_one(client: Client) -> None:
    for number in (40, 60, 60):
        call_command("load_demo_shop", "--products", str(number), stdout=StringIO())
        assert ProductPage.objects.live().count() == SearchEntry.objects.count() == number
    assert Page.find_problems() == ([], [], [], [], [])
    assert CatalogPage.objects.get().numchild == 60
    assert stock.verify() == []
    one = Variant.objects.filter(sku__startswith="XL-").select_related("page").latest("pk").page
    assert client.get(one.get_url()).status_code == 200
    assert client.get("/shop/?page=3").status_code == 200
    one.title = "Edited"
    one.save_revision().publish()
    assert ProductPage.objects.get(pk=one.pk).title == "Edited"


def a_message() -> ContactMessage:
    """What somebody wrote."""
    return ContactMessage.objects.create(subject="question", name="Asha", email="asha@example.in", text="Hello")


@pytest.mark.once
@pytest.mark.usefixtures("shop")
def test_each_role_may_do_its_own_work() -> None:
    shop = CatalogPage.objects.get()
    addresses = {
        "page": reverse("wagtailadmin_pages:add", args=["catalog", "productpage", shop.pk]),
        "brand": reverse("wagtailsnippets_catalog_brand:list"),
        "stock": reverse("stock:index"),
        "adjust": reverse("stock:adjust", args=[Stock.objects.earliest("pk").pk]),
        "settings": reverse("wagtailsettings:edit", args=["catalog", "shopsettings", Site.objects.get().pk]),
        "users": reverse("wagtailusers_users:index"),
        "story": reverse("wagtailadmin_pages:add", args=["home", "storypage", JournalIndexPage.objects.get().pk]),
        "links": reverse("wagtailsettings:edit", args=["home", "navigation", Site.objects.get().pk]),
        "redirects": reverse("wagtailredirects:index"),
        "messages": reverse("messages:index"),
        "message": reverse("messages:inspect", args=[a_message().pk]),
        "forget": reverse("messages:delete", args=[a_message().pk]),
    }
    allowed = {
        "editor": {"page", "brand", "stock", "adjust", "story", "links", "redirects"},
        "staff": {"stock", "messages", "message"},
        "owner": set(addresses),
    }
    for username, password, _role in DEMO_USERS:
        client = Client()
        assert client.login(username=username, password=password)
        assert client.get(reverse("wagtailadmin_home")).status_code == 200
        seen = {name for name, url in addresses.items() if client.get(url).status_code == 200}
        assert seen == allowed[username], username


@pytest.mark.usefixtures("shop")
def test_orders_are_for_order_staff() -> None:
    editor, staff = User.objects.get(username="editor"), User.objects.get(username="staff")
    for name in ("checkout.view_order", "checkout.change_order", "checkout.ship_order"):
        assert staff.has_perm(name)
        assert not editor.has_perm(name)
    assert not staff.has_perm("checkout.refund_order")
    assert not staff.is_superuser


@pytest.mark.usefixtures("shop")
def test_wagtail_s_welcome_page_is_gone() -> None:
    home = HomePage.objects.get()
    assert [page.pk for page in Page.objects.filter(depth=2)] == [home.pk]
    assert Site.objects.get().root_page_id == home.pk
    assert home.hero is not None
    assert CheckoutPage.objects.get().slug == "checkout"
