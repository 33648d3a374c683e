"""Pages for what went wrong help, also when the database does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import html5lib
import pytest
from django.db import DatabaseError, connection
from django.template.loader import render_to_string
from django.test import Client
from wagtail.models import Page

from catalog.models import Genre
from home.models import ContentPage, HomePage
from tests.factories import make_product, make_shop


@contextmanager
def no_database() -> Iterator[None]:
    """Let every query fail."""

    def fail(*_arguments: Any) -> Any:
        raise DatabaseError("gone")

    with connection.execute_wrapper(fail):
        yield


@pytest.mark.django_db
def test_a_lost_visitor_is_helped(client: Client) -> None:
    make_product("AAA-1", genre=Genre.objects.create(name="City Life", slug="city-life"))
    answer = client.get("/nowhere/")
    page = answer.content.decode()
    assert answer.status_code == 404
    for text in ('role="search"', 'href="/shop/?genre=city-life"', 'href="/contact/"', "noindex"):
        assert text in page, text


@pytest.mark.django_db
def test_a_lost_visitor_is_helped_without_database(client: Client) -> None:
    with no_database():
        answer = client.get("/media/images/nothing.webp")
    page = answer.content.decode()
    assert answer.status_code == 404
    for text in ("Nothing parked here", 'role="search"', 'href="/contact/"'):
        assert text in page, text


def test_a_fault_is_told_without_database() -> None:
    """No mark of pytest-django: a query would fail this test."""
    page = render_to_string("500.html")
    for text in ("Stalled on our side", 'role="search"', 'href="/contact/"'):
        assert text in page, text
    parser = html5lib.HTMLParser()
    parser.parse(page)
    assert parser.errors == []


@pytest.mark.django_db(transaction=True)
def test_a_page_that_was_renamed_or_moved_is_found_again(client: Client) -> None:
    make_shop()
    home = HomePage.objects.get()
    about = home.add_child(instance=ContentPage(title="About", slug="about"))
    people = home.add_child(instance=ContentPage(title="People", slug="people"))
    about.slug = "about-us"
    about.save_revision().publish()
    assert client.get("/about/")["Location"] == "/about-us/"
    Page.objects.get(pk=people.pk).move(Page.objects.get(pk=about.pk), pos="last-child")
    answer = client.get("/people/")
    assert answer.status_code == 301
    assert answer["Location"] == "/about-us/people/"
