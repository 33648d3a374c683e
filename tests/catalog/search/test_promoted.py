"""What editors promote stands above the results, and reading it writes nothing."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import Page, PageViewRestriction

from home.demo.people import load_people
from home.models import ContentPage, HomePage
from tests.catalog.listings import listing
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def about() -> Page:
    make_product("AAA-1", title="Monsoon Rally")
    return HomePage.objects.get().add_child(instance=ContentPage(title="About us", slug="about"))


def promote(text: str, **fields: object) -> None:
    SearchPromotion.objects.create(query=Query.get(text), **fields)


@pytest.mark.covers("LS4")
def test_a_promotion_is_shown_with_results_and_without(about: Page, client: Client) -> None:
    promote("hot wheels", page=about, description="Why we have none.", sort_order=1)
    promote("hot wheels", external_link_url="https://example.in/", external_link_text="Elsewhere", sort_order=0)
    promote("monsoon rally", page=about)
    found = [(pick.title, pick.url, pick.text) for pick in listing("?q=Hot++WHEELS").promotions]
    assert found == [("Elsewhere", "https://example.in/", ""), ("About us", "/about/", "Why we have none.")]
    assert [pick.title for pick in listing("?q=monsoon+rally").promotions] == ["About us"]
    assert [pick.title for pick in listing("?q=mosoon+raly").promotions] == ["About us"]
    assert listing("?q=rally").promotions == listing("").promotions == []
    assert b"Why we have none." in client.get("/shop/?q=hot+wheels").content


def test_what_nobody_may_see_is_not_promoted(about: Page) -> None:
    promote("rally", page=about)
    PageViewRestriction.objects.create(page=about, restriction_type="login")
    assert listing("?q=rally").promotions == []
    PageViewRestriction.objects.all().delete()
    assert len(listing("?q=rally").promotions) == 1
    about.unpublish()
    assert listing("?q=rally").promotions == []


@pytest.mark.usefixtures("about")
def test_reading_results_writes_nothing(client: Client) -> None:
    for text in ("rally", "zeppelin", "mosoon"):
        client.get("/shop/", {"q": text})
        client.get("/search/suggestions/", {"q": text})
    assert not Query.objects.exists()


def test_editors_promote_and_order_staff_do_not(about: Page) -> None:
    load_people(HomePage.objects.get())
    for name, status in (("editor", 200), ("owner", 200), ("staff", 302)):
        browser = Client()
        browser.force_login(User.objects.get(username=name))
        assert browser.get(reverse("wagtailsearchpromotions:index")).status_code == status, name
    editor = Client()
    editor.force_login(User.objects.get(username="editor"))
    form = {
        "query_string": "Hot Wheels",
        "editors_picks-TOTAL_FORMS": "1",
        "editors_picks-INITIAL_FORMS": "0",
        "editors_picks-MIN_NUM_FORMS": "0",
        "editors_picks-MAX_NUM_FORMS": "1000",
        "editors_picks-0-DELETE": "",
        "editors_picks-0-ORDER": "0",
        "editors_picks-0-page": str(about.pk),
        "editors_picks-0-description": "Why",
    }
    assert editor.post(reverse("wagtailsearchpromotions:add"), form).status_code == 302
    assert [pick.title for pick in listing("?q=hot+wheels").promotions] == ["About us"]
