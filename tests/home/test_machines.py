"""The sitemap and the rules for robots: what should be found is named, nothing else is, and it stays cheap."""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from catalog.models import CatalogPage, ProductPage, Variant
from checkout import throttle
from home.models import ContentPage, HomePage
from home.sitemap import ShopSitemap
from tests.checkout.queries import nothing_written
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def places(response: Any) -> list[str]:
    """Return the paths that a sitemap or an index of sitemaps names."""
    found = re.findall(r"<loc>(.*?)</loc>", response.content.decode())
    assert all(url.startswith("http://") for url in found)
    return [url.partition("://")[2].partition("/")[2] for url in found]


def test_the_sitemap_names_what_should_be_found(client: Client) -> None:
    for sku in ("CG-1", "CG-2", "CG-3", "CG-4", "CG-5"):
        make_product(sku, on_hand=0 if sku == "CG-1" else 3)
    home = HomePage.objects.get()
    home.add_child(instance=ContentPage(title="About", slug="about"))
    ProductPage.objects.get(slug="cg-3").unpublish()
    Variant.objects.filter(sku="CG-4").update(is_active=False)
    private = ProductPage.objects.get(slug="cg-5")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    with nothing_written():
        answer = client.get("/sitemap-pages.xml")
    assert sorted(places(answer)) == ["", "about/", "shop/", "shop/cg-1/", "shop/cg-2/"]
    assert "<lastmod>" in answer.content.decode()
    for path in places(answer):
        assert client.get(f"/{path}").status_code == 200
        assert "noindex" not in client.get(f"/{path}").content.decode()


def test_many_pages_come_in_parts(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShopSitemap, "limit", 4)
    for number in range(7):
        make_product(f"CG-{number}", on_hand=0)
    index = client.get("/sitemap.xml")
    assert "<sitemapindex" in index.content.decode()
    assert "<lastmod>" in index.content.decode()
    parts = places(index)
    assert parts == ["sitemap-pages.xml", "sitemap-pages.xml?p=2", "sitemap-pages.xml?p=3"]
    found = [path for part in parts for path in places(client.get(f"/{part}"))]
    assert len(found) == len(set(found)) == 9
    assert client.get("/sitemap-pages.xml?p=4").status_code == 404
    assert client.get("/sitemap-other.xml").status_code == 404


def test_a_part_costs_the_same_queries_however_many_pages(client: Client) -> None:
    numbers = []
    for number in range(3):
        make_product(f"CG-{number}")
        client.get("/sitemap-pages.xml")
        with CaptureQueriesContext(connection) as captured:
            client.get("/sitemap-pages.xml")
        numbers.append(len(captured))
    assert len(set(numbers)) == 1


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-pages.xml"])
def test_an_unchanged_sitemap_is_not_sent_again(path: str, client: Client) -> None:
    make_product()
    known = client.get(path)
    assert known.headers["Cache-Control"] == "public, max-age=600"
    again = {"if-none-match": known.headers["ETag"]}
    assert client.get(path, headers=again).status_code == 304
    CatalogPage.objects.get().save_revision().publish()
    assert client.get(path, headers=again).status_code == 200


def test_robots_are_told_what_is_not_worth_a_visit(client: Client) -> None:
    answer = client.get("/robots.txt")
    rules = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert f"Sitemap: {django_settings.SITE_URL}/sitemap.xml" in rules
    closed = re.findall(r"^Disallow: (.*)$", rules, re.MULTILINE)
    assert {"/admin/", "/cart/", "/checkout/"} <= set(closed)
    assert not [path for path in closed if "/shop/".startswith(path) or "/media/".startswith(path)]


@pytest.mark.parametrize("name", ["favicon.ico", "apple-touch-icon.png"])
def test_the_root_has_the_mark_of_the_shop(name: str, client: Client) -> None:
    answer = client.get(f"/{name}")
    assert answer.status_code == 302
    assert "/static/img/" in answer.headers["Location"]
    assert finders.find(f"img/{name}")


@pytest.mark.usefixtures("limits_on")
def test_machines_are_slowed_down_too(client: Client) -> None:
    make_product()
    for _time in range(throttle.MACHINES.amount):
        assert throttle.wait(throttle.MACHINES, "203.0.113.7") == 0
    for path in ("/robots.txt", "/sitemap.xml", "/sitemap-pages.xml", "/feeds/google-merchant.xml"):
        refused = client.get(path, REMOTE_ADDR="203.0.113.7")
        assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
        assert client.post(path).status_code == 405
