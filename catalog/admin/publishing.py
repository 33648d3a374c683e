"""What is said when products are published: what is missing before, what is still to be done after."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.admin import messages
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from catalog import approval
from catalog.admin.stock import never_received
from catalog.admin.stock_listing import BookPolicy
from catalog.models import ProductPage, Stock
from catalog.publishing import REFUSED, lacks_of


def ask_for_size(request: HttpRequest, page: Page) -> None:
    """Say that a published product does not show how large it is: people misjudge that from photos."""
    if isinstance(page, ProductPage) and not (page.length_mm and page.height_mm):
        messages.warning(request, "Length and height are empty, so the page cannot show the size beside a coin.")


def ask_for_stock(request: HttpRequest, page: Page) -> None:
    """Say that pieces are still to be received, with the way there: until then shoppers read that it is sold out."""
    if not isinstance(page, ProductPage):
        return
    rows = list(never_received().filter(variant__page=page))
    if not rows:
        return
    named = ", ".join(row.variant.sku for row in rows)
    text = f"No pieces of {named} were ever received: shoppers read “Sold out” and may leave their address."
    buttons = []
    if BookPolicy(Stock).user_has_permission(request.user, "receive"):
        listed = reverse("stock:index") + "?" + urlencode({"q": page.title, "level": "none"})
        one = reverse("stock:receive", args=[rows[0].pk])
        buttons.append(messages.button(one if len(rows) == 1 else listed, "Receive stock"))
    messages.warning(request, text, buttons=buttons)


def keep_unfinished_products(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """Explain which products cannot be published as they are, before any of several is."""
    pages = [each for each in objects if isinstance(each, Page)]
    if action_type != "publish" or request.method != "POST" or not pages:
        return None
    chosen = {page.pk for page in pages}
    if "include_descendants" in request.POST:
        chosen |= {pk for page in pages for pk in page.get_descendants().not_live().values_list("pk", flat=True)}
    for page in ProductPage.objects.filter(pk__in=chosen):
        draft = page.get_latest_revision_as_object()
        if why := " ".join(lacks_of(draft).values()) or approval.lack(draft, request.user):
            messages.error(request, f"{page.title} cannot be published yet. {why}")
            return redirect("wagtailadmin_pages:edit", page.pk)
    return None


def register_refusal(actions: Any) -> None:
    """Tell in the history of a page why it was not published when its time had come."""

    @actions.register_action(REFUSED)
    class RefusalFormatter(LogFormatter):
        label = "Not published"

        def format_message(self, log_entry: Any) -> str:
            return str(log_entry.data["reason"])
