"""The admin's first page: what waits for people who care for goods, and the shop's name where Wagtail's sign stood."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from catalog import stock
from catalog.models import ProductPage, Stock
from home.demo.people import _give_content
from tests.catalog.whole import make_whole
from tests.checkout.admin.people import browser_of, in_role
from tests.factories import make_product, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOME = reverse("wagtailadmin_home")


@pytest.fixture
def editor() -> Client:
    """The browser of a content editor."""
    home = make_shop().get_parent()
    user = in_role("editor")
    _give_content(user.groups.get(), home)
    return browser_of(user)


def groups(browser: Client) -> dict[str, list[tuple[str, str]]]:
    """Return what the panel lists."""
    panels = {panel.name: panel for panel in browser.get(HOME).context["panels"] if hasattr(panel, "name")}
    context = browser.get(HOME).context
    shown: Any = panels["goods"].get_context_data(context)["groups"]
    return {group.heading: [(line.title, line.words) for line in group.lines] for group in shown}


def test_an_editor_reads_that_nothing_waits(editor: Client) -> None:
    make_whole("AAA-1", on_hand=50)
    html = editor.get(HOME).content.decode()
    assert "Nothing waits" in html
    assert settings.WAGTAIL_SITE_NAME in html.partition("data-wagtail-sidebar-branding-logo")[2][:200]


def test_an_editor_finds_drafts_incomplete_models_and_what_runs_short(editor: Client) -> None:
    make_whole("AAA-1", title="Whole", on_hand=50)
    make_product("BBB-1", title="Bare", on_hand=50)
    make_whole("CCC-1", title="Never came", on_hand=0)
    few = make_whole("DDD-1", title="Few", on_hand=3)
    stock.adjust(variant=few.variants.get(), quantity=-1, reason="dropped")
    page = ProductPage.objects.get(title="Whole")
    page.title = "Whole again"
    page.save_revision(user=in_role_user(editor))
    assert groups(editor) == {
        "Your drafts": [("Whole again", "Live, with changes")],
        "Live, and not complete": [
            ("Bare", "no photo that says what it shows, no maker's address"),
            ("Never came", "no piece ever received"),
        ],
        "Few or none left": [("Few (DDD-1)", "Only 2 left")],
    }
    html = editor.get(HOME).content.decode()
    for url in (
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("stock:inspect", args=[Stock.objects.get(variant__sku="DDD-1").pk]),
        reverse("stock:index") + "?level=short&amp;for_sale=true",
    ):
        assert f'href="{url}"' in html
    assert "<strong>1</strong> few or none left" in html
    listed = editor.get(reverse("stock:index") + "?level=short&for_sale=true").context["object_list"]
    assert [row.variant.sku for row in listed] == ["DDD-1"]


def in_role_user(browser: Client) -> Any:
    """Return whose browser it is."""
    return browser.get(HOME).wsgi_request.user


def test_order_staff_see_what_is_short_and_no_drafts() -> None:
    make_product("AAA-1", on_hand=1, title="City Cab")
    staff = browser_of(in_role("staff"))
    assert list(groups(staff)) == ["Few or none left"]
    assert "few or none left" in staff.get(HOME).content.decode()


def test_who_sees_no_stock_sees_nothing_of_it() -> None:
    make_product("AAA-1", on_hand=1)
    html = browser_of(in_role("viewer")).get(HOME).content.decode()
    assert "few or none left" not in html
    assert "What waits for you" not in html


def test_the_first_page_costs_the_same_for_one_and_ten(editor: Client, django_assert_max_num_queries: Any) -> None:
    editor.get(HOME)
    for number in range(3):
        make_product(f"AAA-{number}", on_hand=1)
    with django_assert_max_num_queries(60) as first:
        editor.get(HOME)
    for number in range(3, 6):
        make_product(f"AAA-{number}", on_hand=1)
    with django_assert_max_num_queries(len(first.captured_queries)):
        editor.get(HOME)
