"""Suggestions of the search field: few, fitting, and never more than a search would find."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from catalog.models import Genre, ProductPage
from tests.catalog.listings import HOSTILE, queries
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def suggested(client: Client, text: str) -> list[tuple[str, str]]:
    """Return text and address of each option."""
    answer = client.get("/search/suggestions/", {"q": text})
    html = answer.content.decode()
    options = re.findall(r'<li role="option"[^>]*data-url="([^"]*)">(.*?)</li>', html, re.DOTALL)
    return [(" ".join(re.sub("<[^>]*>", " ", inner).split()), url) for url, inner in options]


def test_models_and_shelves_are_suggested(client: Client) -> None:
    genre = Genre.objects.create(name="City Life", slug="city-life")
    make_product("AAA-1", title="City Cab", price=189_900, genre=genre)
    make_product("AAA-2", title="Goods Truck")
    assert suggested(client, "cit") == [
        ("City Life genre", "/shop/?genre=city-life"),
        ("City Cab Chhota Works · 1:43 ₹1,899 In stock", "/shop/aaa-1/"),
        ("All models for “cit”", "/shop/?q=cit"),
    ]
    assert suggested(client, "chho")[0][1] == "/shop/?brand=chhota-works"
    assert suggested(client, "trcuk")[-1][0] == "All models for “truck”"


def test_nothing_is_suggested_for_too_little_or_nothing(client: Client) -> None:
    make_product("AAA-1", title="City Cab")
    for text in ("", "c", " ", "zeppelin", "🚗", "x" * 500, *HOSTILE[1:]):
        answer = client.get(f"/search/suggestions/?q={quote(text.encode('utf-8', 'surrogatepass'))}")
        assert (answer.status_code, answer.content) == (204, b""), text
    assert client.post("/search/suggestions/").status_code == 405


def test_what_is_private_or_a_draft_is_not_suggested(client: Client) -> None:
    make_product("AAA-1", title="Secret Cab")
    PageViewRestriction.objects.create(page=ProductPage.objects.get(), restriction_type="login")
    make_product("AAA-2", title="Secret Draft")
    ProductPage.objects.get(title="Secret Draft").unpublish()
    assert suggested(client, "secret") == []


def test_a_name_is_written_as_text(client: Client) -> None:
    make_product("AAA-1", title="<script>alert(1)</script> Cab")
    assert b"<script>" not in client.get("/search/suggestions/?q=cab").content


def test_queries_do_not_grow_with_suggestions(client: Client) -> None:
    make_product("AAA-1", title="City Cab")
    one = queries(client, "/search/suggestions/?q=city")
    for number in range(2, 9):
        make_product(f"AAA-{number}", title=f"City Cab {number}")
    assert len(suggested(client, "city")) == 6
    assert queries(client, "/search/suggestions/?q=city") == one <= 12
