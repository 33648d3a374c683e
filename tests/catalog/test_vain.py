"""A listing in which nothing is leads on."""

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from catalog.models import ProductPage
from tests.catalog.listings import listing

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("shelf")
def test_nothing_found_leads_on(client: Client) -> None:
    """LS4: another spelling, fewer words, and the shelves of the shop; and no more than that."""
    found = listing("?q=hogly").help
    assert found
    assert found.spelling == ("hooghly", "/shop/?q=hooghly")
    assert [(shelf.label, shelf.count, shelf.url) for shelf in found.shelves] == [
        ("City Life", 2, "/shop/?genre=city-life"),
        ("Race Course", 1, "/shop/?genre=race-course"),
        ("1:43", 3, "/shop/?scale=1:43"),
        ("1:64", 1, "/shop/?scale=1:64"),
    ]
    found = listing("?q=cab+king").help
    assert found
    assert found.words == [("cab", "/shop/?q=cab"), ("king", "/shop/?q=king")]
    assert listing("?q=cab").help is None
    page = client.get("/shop/?q=hogly").content.decode()
    assert '<a href="/shop/?q=hooghly"><b>hooghly</b></a>?' in page
    assert "noindex" in page


@pytest.mark.usefixtures("shelf")
def test_a_private_model_is_neither_suggested_nor_given_away() -> None:
    hidden = ProductPage.objects.get(title="Hooghly Saloon")
    PageViewRestriction.objects.create(page=hidden, restriction_type="login")
    for text in ("hogly", "hoghly"):
        found = listing(f"?q={text}")
        assert found.help
        assert (found.help.spelling, found.corrected) == (None, ""), text
