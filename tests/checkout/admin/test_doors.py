"""The checkout page can be edited and cannot be lost."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from checkout.models import CheckoutPage
from tests.checkout.admin.people import browser_of, in_role
from tests.factories import make_shop

pytestmark = pytest.mark.django_db
REFUSED = "Nobody could buy anything without the checkout page"


@pytest.fixture
def editor() -> Client:
    make_shop()
    return browser_of(in_role("owner"))


@pytest.mark.parametrize("act", ["delete", "unpublish"])
@pytest.mark.parametrize("slug", ["checkout", "diecast"])
def test_neither_it_nor_a_page_above_it_goes(act: str, slug: str, editor: Client) -> None:
    pk = Page.objects.get(slug=slug).pk
    for address in (
        reverse(f"wagtailadmin_pages:{act}", args=[pk]),
        f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', act])}?id={pk}",
    ):
        answer = editor.post(address, {"include_descendants": "on"}, follow=True)
        assert REFUSED in answer.content.decode(), address
    if act == "delete":
        assert REFUSED in editor.get(reverse("wagtailadmin_pages:delete", args=[pk]), follow=True).content.decode()
    assert CheckoutPage.objects.get().live


def test_another_page_goes(editor: Client) -> None:
    shop = Page.objects.get(slug="shop")
    assert editor.post(reverse("wagtailadmin_pages:unpublish", args=[shop.pk])).status_code == 302
    shop.refresh_from_db()
    assert not shop.live
