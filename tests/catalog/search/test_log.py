"""What is searched for is remembered: by a POST alone, within limits, and without what is private."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from wagtail.contrib.search_promotions.models import Query, QueryDailyHits

from catalog.models import EmptySearch
from catalog.query import ListingQuery
from catalog.search import log
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def note(text: str) -> bool:
    return log.note(ListingQuery.read(QueryDict(urlencode({"q": text}))))


def counts() -> dict[str, tuple[int, int]]:
    """Return how often each text was searched for, and how often in vain."""
    return {
        query.query_string: (query.hits, sum(row.times for row in query.empty_searches.all()))
        for query in Query.objects.all()
    }


@pytest.mark.covers("LS4")
def test_searches_are_counted_and_those_in_vain_apart() -> None:
    make_product("AAA-1", title="Monsoon Rally")
    for text in ("Rally", " rally ", "mosoon", "Zeppelin", "zeppelin", "zeppelin", "🚗", "", "  "):
        note(text)
    assert counts() == {"rally": (2, 0), "mosoon": (1, 0), "zeppelin": (3, 3)}
    row = EmptySearch.objects.get()
    assert (row.date, str(row)) == (timezone.localdate(), f"zeppelin, {row.date}: 3")


@pytest.mark.parametrize("text", ["asha@example.in", "call 98765 43210", "4111-1111-1111-1111"])
def test_what_may_be_somebody_s_own_is_not_kept(text: str) -> None:
    assert not note(text)
    assert counts() == {}


def test_a_day_has_room_for_so_many_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_A_DAY", 2)
    assert [note(text) for text in ("one", "two", "three", "one")] == [True, True, False, True]
    assert counts() == {"one": (2, 2), "two": (1, 1)}


def test_what_is_old_is_forgotten() -> None:
    note("old")
    note("new")
    QueryDailyHits.objects.filter(query__query_string="old").update(date=timezone.localdate() - dt.timedelta(days=100))
    log.forget()
    assert counts() == {"new": (1, 1)}


def test_the_browser_tells_what_was_searched_for() -> None:
    make_product("AAA-1", title="Monsoon Rally")
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/shop/?q=rally")
    assert b"data-said" in page.content
    token = page.context["csrf_token"]
    assert browser.post("/search/said/", {"q": "rally"}).status_code == 403
    assert browser.post("/search/said/", {"q": "rally", "csrfmiddlewaretoken": str(token)}).status_code == 204
    assert browser.get("/search/said/").status_code == 405
    assert counts() == {"rally": (1, 0)}
    for later in ("/shop/", "/shop/?q=rally&scale=1:43", "/shop/?q=rally&max=9999"):
        assert b"data-said" not in browser.get(later).content


def test_no_text_breaks_the_count(client: Client) -> None:
    for text in ("\x00", "a\x00b", "x" * 10_000, "\"' OR 1=1 --", "काली", "🚗", "İ" * 200):
        assert client.post("/search/said/", {"q": text}).status_code == 204, text
    assert client.post("/search/said/").status_code == 204
    assert {"a b", "काली"} < set(counts())


@pytest.mark.usefixtures("limits_on")
def test_one_address_tells_so_much_and_no_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from home import views

    monkeypatch.setattr(views, "SEARCHES", type(views.SEARCHES)(2, 1, "searches-of-a-test"))
    answers = [client.post("/search/said/", {"q": "rally"}).status_code for _time in range(3)]
    assert answers == [204, 204, 429]
    assert counts()["rally"] == (2, 2)
