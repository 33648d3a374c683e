"""Why products whose stock has moved are kept: said before anybody confirms, one page or several."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin.views.pages.bulk_actions.delete import DeleteBulkAction as WagtailsDeleteBulkAction
from wagtail.models import Page

from catalog.variants import forget_unmoved, moved_skus_below

NAMED = 5


class DeleteBulkAction(WagtailsDeleteBulkAction):
    """Leaves out what has to stay, and says why where it asks whether to delete the others."""

    models = [Page]
    template_name = "catalog/admin/confirm_bulk_delete.html"

    def check_perm(self, page: Page) -> bool:
        """Keep what this person may delete and no movement of stock holds."""
        return bool(super().check_perm(page)) and not moved_skus_below(page)


def keep_pages_with_stock(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Explain why a product whose stock has moved is kept, instead of failing on the foreign key."""
    return _refusal(request, [page])


def keep_pages_with_stock_in_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """The same for several pages at once."""
    pages = [each for each in objects if isinstance(each, Page)]
    return _refusal(request, pages) if action_type == "delete" and pages else None


def _refusal(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    """Return a redirect with an explanation when a page must stay; else clear the way for the deletion."""
    skus = [sku for page in pages for sku in moved_skus_below(page)]
    if skus:
        named = ", ".join(skus[:NAMED]) + (f" and {len(skus) - NAMED} more" if len(skus) > NAMED else "")
        messages.error(
            request,
            f"This cannot be deleted: stock of {named} has moved, and the books keep every movement. "
            "Unpublish the product instead; nobody can buy it then.",
        )
        return redirect("wagtailadmin_explore", pages[0].get_parent().pk)
    if request.method == "POST":
        for page in pages:
            forget_unmoved(page)
    return None
