"""The checkout page stays where shoppers find it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.models import Page

from checkout.models import CheckoutPage

CLOSING = ("delete", "unpublish")


def keep_checkout(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Explain why a page with the shop's checkout is neither deleted nor unpublished."""
    return _refusal(request, [page])


def keep_checkout_in_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """The same for several pages at once."""
    pages = [each for each in objects if isinstance(each, Page)]
    return _refusal(request, pages) if action_type in CLOSING and pages else None


def _refusal(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    if not any(CheckoutPage.objects.live().descendant_of(page, inclusive=True).exists() for page in pages):
        return None
    messages.error(
        request, _("Nobody could buy anything without the checkout page, so it stays. Its words can be edited.")
    )
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)
