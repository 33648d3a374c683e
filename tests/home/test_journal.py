"""The journal: what is listed, fed and shown beside products, and that no draft is."""

import datetime as dt
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from catalog.models import Genre, ProductPage, Variant
from home.models import HomePage, JournalIndexPage, StoryPage, StoryProduct
from tests.catalog.test_pictures import upload
from tests.factories import make_product, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def journal() -> JournalIndexPage:
    """An empty journal."""
    make_shop()
    page: JournalIndexPage = HomePage.objects.get().add_child(
        instance=JournalIndexPage(title="Journal", slug="journal", introduction="What cars did.")
    )
    return page


def tell(journal: JournalIndexPage, title: str, *, day: int = 1, draft: bool = False, **fields: Any) -> StoryPage:
    """Write a story and publish it unless it is a draft."""
    genres, products = fields.pop("genres", []), fields.pop("products", [])
    story = StoryPage(
        title=title,
        slug=title.lower().replace(" ", "-"),
        introduction=f"About {title}",
        told_on=dt.date(2026, 1, day),
        live=False,
        **fields,
    )
    story.genres = genres
    story.products = [StoryProduct(product=product) for product in products]
    journal.add_child(instance=story)
    if not draft:
        story.save_revision().publish()
    found: StoryPage = StoryPage.objects.get(pk=story.pk)
    return found


def titles(client: Client) -> list[str]:
    """Return the titles in the feed."""
    answer = client.get("/feeds/journal.xml")
    assert answer["Content-Type"].startswith("application/atom+xml")
    return [str(node.text) for node in ElementTree.fromstring(answer.content).findall("atom:entry/atom:title", ATOM)]  # noqa: S314


def test_stories_are_listed_and_fed_newest_first(client: Client, journal: JournalIndexPage) -> None:
    tell(journal, "Old", day=1)
    tell(journal, "New", day=2)
    page = client.get("/journal/").content.decode()
    assert page.index("About New") < page.index("About Old")
    assert titles(client) == ["New", "Old"]
    assert "application/atom+xml" in page


def test_drafts_and_private_stories_are_nowhere(client: Client, journal: JournalIndexPage) -> None:
    """The original shop served drafts of its journal."""
    car = make_product()
    tell(journal, "Draft", draft=True, products=[car.page])
    secret = tell(journal, "Secret", products=[car.page])
    PageViewRestriction.objects.create(page=secret, restriction_type="login")
    withdrawn = tell(journal, "Withdrawn", products=[car.page])
    withdrawn.unpublish()
    assert client.get("/journal/draft/").status_code == 404
    assert client.get("/journal/withdrawn/").status_code == 404
    for url in ("/journal/", "/feeds/journal.xml", car.page.get_url()):
        page = client.get(url).content.decode()
        assert [title for title in ("Draft", "Secret", "Withdrawn") if f"About {title}" in page] == [], url


def test_a_feed_without_journal_is_empty(client: Client) -> None:
    make_shop()
    assert titles(client) == []


def test_stories_stand_beside_their_products_and_genres(client: Client, journal: JournalIndexPage) -> None:
    city = Genre.objects.create(name="City Life", slug="city-life")
    car = make_product("AAA-1", genre=city)
    other = make_product("AAA-2")
    tell(journal, "Of the genre", day=3, genres=[city])
    tell(journal, "Of the car", day=2, products=[car.page], genres=[city])
    tell(journal, "Of nothing", day=4)
    page = client.get(car.page.get_url()).content.decode()
    assert page.index("About Of the car") < page.index("About Of the genre")
    assert "Of nothing" not in page
    assert "Read about it" not in client.get(other.page.get_url()).content.decode()


def test_a_story_shows_its_parts(client: Client, journal: JournalIndexPage) -> None:
    for sku in ("AAA-1", "AAA-2"):
        make_product(sku, title=f"Car {sku}")
    cars = list(ProductPage.objects.order_by("pk"))
    image = upload()
    shown = {"image": image.pk, "decorative": False, "alt_text": "A wheel"}
    body = [
        {"type": "heading", "value": "Measuring"},
        {"type": "text", "value": "<p>With a tape.</p>"},
        {"type": "picture", "value": {"image": shown, "caption": "The wheel"}},
        {"type": "quote", "value": {"text": "It was honest", "speaker": "Ramesh"}},
        {"type": "products", "value": {"title": "For rain", "layout": "grid", "products": [car.pk for car in cars]}},
    ]
    tell(journal, "Taxi", body=json.dumps(body), products=cars, picture=image, picture_alt="A wing")
    tell(journal, "Bus")
    page = client.get("/journal/taxi/").content.decode()
    assert page.count("<h1") == 1
    for text in ("Measuring", "With a tape", 'alt="A wheel"', 'alt="A wing"', "Ramesh", "For rain", "About Bus"):
        assert text in page, text
    assert page.count(">Car AAA-1</a>") == 2
    assert '<a href="/journal/">Journal</a>' in page
    assert client.get("/journal/taxi/", {"page": "odd"}).status_code == 200


def test_queries_do_not_grow_with_stories_and_products(client: Client, journal: JournalIndexPage) -> None:
    car = make_product("AAA-1")
    tell(journal, "Taxi", products=[car.page], picture=upload())
    tell(journal, "Bus", products=[car.page], picture=upload())

    def counted(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    urls = ("/journal/", "/journal/taxi/", car.page.get_url())
    before = [counted(url) for url in urls]
    taxi = StoryPage.objects.get(slug="taxi")
    for number in range(2, 6):
        more = make_product(f"AAA-{number}")
        taxi.products.add(StoryProduct(product=more.page))
        tell(journal, f"More {number}", products=[car.page], picture=upload())
    taxi.save_revision().publish()
    assert [counted(url) for url in urls] == before
    assert max(before) <= 20


def test_older_stories_have_a_page_of_their_own(client: Client, journal: JournalIndexPage) -> None:
    for day in range(1, 15):
        tell(journal, f"Number {day}", day=day)
    assert "?page=2" in client.get("/journal/").content.decode()
    assert "About Number 2<" in client.get("/journal/?page=2").content.decode()
    assert client.get("/journal/?page=99").status_code == 200


def test_a_product_that_is_not_for_sale_is_left_out(client: Client, journal: JournalIndexPage) -> None:
    car = make_product("AAA-1", title="Gone car")
    tell(journal, "Taxi", products=[car.page])
    Variant.objects.update(is_active=False)
    assert "Gone car" not in client.get("/journal/taxi/").content.decode()
