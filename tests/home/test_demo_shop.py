"""The demo shop: what it holds, that it can be loaded twice, and what its people may do."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker
from wagtail.models import Page, Site

from catalog import stock
from catalog.models import (
    Brand,
    CatalogPage,
    Genre,
    ProductPage,
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
from home.models import ContentPage, HomePage

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
    assert (Brand.objects.count(), Genre.objects.count()) == (4, 7)
    assert not products.filter(genre=None).exists()
    for url in ("/", "/shop/", "/about/", "/shipping/", "/returns/", "/privacy/", "/contact/", "/checkout/"):
        assert client.get(url, follow=True).status_code == 200, url
    for page in products:
        assert client.get(page.get_url()).status_code == 200, page


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
def test_who_sells_is_told() -> None:
    shop = ShopSettings.current()
    assert shop.shop_name == "Chhota Garage"
    assert has_valid_checksum(shop.gstin)
    assert shop.gstin.startswith(shop.state)
    assert shop.gstin in ContentPage.objects.get(slug="contact").body
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
    home.hero_title = "Changed by an editor"
    home.save_revision().publish()
    before = counts()
    call_command("load_demo_shop", stdout=StringIO())
    assert counts() == before
    assert HomePage.objects.get().hero_title == "Changed by an editor"


@pytest.mark.usefixtures("shop")
def test_a_large_catalogue_is_a_valid_one(client: Client) -> None:
    for number in (40, 60, 60):
        call_command("load_demo_shop", "--products", str(number), stdout=StringIO())
        assert ProductPage.objects.live().count() == number
    assert Page.find_problems() == ([], [], [], [], [])
    assert CatalogPage.objects.get().numchild == 60
    assert stock.verify() == []
    one = Variant.objects.filter(sku__startswith="XL-").select_related("page").latest("pk").page
    assert client.get(one.get_url()).status_code == 200
    assert client.get("/shop/?page=3").status_code == 200
    one.title = "Edited"
    one.save_revision().publish()
    assert ProductPage.objects.get(pk=one.pk).title == "Edited"


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
    }
    allowed = {
        "editor": {"page", "brand", "stock", "adjust"},
        "staff": {"stock"},
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
    assert home.hero_product is not None
    assert CheckoutPage.objects.get().slug == "checkout"
