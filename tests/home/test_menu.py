"""What header, footer and announcement lead to."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from catalog.models import CatalogPage
from home.menu import read_menu
from home.models import ContentPage, HomePage, MenuLink, Navigation
from tests.factories import make_product, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def about() -> ContentPage:
    """A page of text in a shop."""
    make_shop()
    page: ContentPage = HomePage.objects.get().add_child(instance=ContentPage(title="About", slug="about"))
    return page


def link(*links: MenuLink) -> Navigation:
    """Let an editor set the links."""
    navigation: Navigation = Navigation.objects.get_or_create(site=Site.objects.get())[0]
    navigation.links = list(links)
    navigation.save()
    return navigation


def current(path: str) -> str:
    """Return the header's link that leads to `path`."""
    return read_menu(RequestFactory().get(path, headers={"host": "localhost"})).current


def test_a_shop_without_links_still_leads_somewhere(client: Client) -> None:
    make_shop()
    page = client.get("/").content.decode()
    for path in ('href="/shop/"', 'href="/shop/?sort=newest"', 'href="/contact/"'):
        assert path in page
    assert "band--news" not in page


def test_links_are_shown_where_they_belong_and_a_change_at_once(client: Client, about: ContentPage) -> None:
    shop = CatalogPage.objects.get()
    link(
        MenuLink(place="announcement", label="Closed for Diwali"),
        MenuLink(place="header", label="Pocket", page=shop, path="?scale=1:64"),
        MenuLink(place="help", label="Our story", page=about),
        MenuLink(place="legal", label="Elsewhere", path="https://example.in/"),
    )
    page = client.get("/").content.decode()
    head, foot = page.partition("<footer")[0], page.partition("<footer")[2]
    assert "Closed for Diwali" in head
    assert 'href="/shop/?scale=1:64"' in head
    assert 'href="/about/"' in foot
    assert 'href="https://example.in/"' in foot
    link(MenuLink(place="announcement", label="Open again"))
    assert "Open again" in client.get("/").content.decode()


def test_help_stands_first_in_the_footer_of_every_page(client: Client, about: ContentPage) -> None:
    """AX2, WCAG 3.2.6: help is found at the same place."""
    make_product("AAA-1")
    for url in ("/", "/shop/", "/shop/aaa-1/", "/about/", "/cart/", "/checkout/", "/nowhere/"):
        foot = client.get(url).content.decode().partition("<footer")[2]
        assert foot.index('href="/contact/"') == foot.index("href="), url


def test_a_page_that_is_withdrawn_is_not_linked(client: Client, about: ContentPage) -> None:
    about.unpublish()
    link(MenuLink(place="header", label="Our story", page=about))
    assert "Our story" not in client.get("/").content.decode()


def test_the_links_cost_one_query_a_minute(client: Client, about: ContentPage) -> None:
    link(*(MenuLink(place="header", label=f"Link {number}", page=about) for number in range(9)))
    numbers = []
    for _time in range(3):
        with CaptureQueriesContext(connection) as captured:
            client.get("/about/")
        numbers.append(sum("menulink" in query["sql"] for query in captured))
    assert numbers == [1, 0, 0]


def test_the_header_marks_where_we_are(about: ContentPage) -> None:
    shop = CatalogPage.objects.get()
    link(
        MenuLink(place="header", label="Shop", page=shop),
        MenuLink(place="header", label="Pocket", page=shop, path="?scale=1:64"),
        MenuLink(place="header", label="About", page=about),
        MenuLink(place="header", label="Editions", path="/shop/editions/"),
    )
    assert current("/shop/editions/one/") == "/shop/editions/"
    assert current("/shop/?scale=1:64") == "/shop/?scale=1:64"
    assert current("/shop/") == current("/shop/a-car/") == current("/shop/?q=cab") == "/shop/"
    assert current("/about/") == "/about/"
    assert current("/") == current("/cart/") == ""


@pytest.mark.parametrize(
    ("place", "path", "has_page"),
    [
        ("header", "", False),
        ("header", "?scale=1:64", False),
        ("header", "javascript:alert(1)", False),
        ("header", "//evil.example/", False),
        ("header", "http://example.in/", False),
        ("header", "/shop/", True),
        ("announcement", "#top", False),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(about: ContentPage, place: str, path: str, has_page: bool) -> None:
    page = about if has_page else None
    with pytest.raises(ValidationError):
        MenuLink(navigation=link(), place=place, label="Words", path=path, page=page).full_clean()


@pytest.mark.parametrize("path", ["/shop/?sort=newest", "https://example.in/a"])
def test_an_address_is_accepted(about: ContentPage, path: str) -> None:
    MenuLink(navigation=link(), place="header", label="Words", path=path).full_clean()
