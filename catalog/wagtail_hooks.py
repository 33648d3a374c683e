"""What editors find in the admin: labels, the stock screen, and why some pages cannot be deleted."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLResolver, include, path
from wagtail import hooks
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from catalog.admin import uploads
from catalog.admin.checker import use_our_checker
from catalog.admin.prices import PriceBulkAction
from catalog.admin.products import ProductListing
from catalog.admin.stock import StockViewSet
from catalog.forms import VideoForm
from catalog.models import Brand, Genre, HsnCode, ProductPage, Video
from catalog.publishing import REFUSED, lacks_of
from catalog.uploads import working
from catalog.variants import copy_without_skus, forget_unmoved, moved_skus_below

NAMED = 5


class BrandViewSet(SnippetViewSet):
    """Makers."""

    model = Brand
    icon = "tag"
    menu_label = "Makers"
    list_display = ["name", "country"]
    search_fields = ["name"]


class GenreViewSet(SnippetViewSet):
    """Genres."""

    model = Genre
    icon = "folder-open-inverse"
    list_display = ["name", "sort_order"]
    search_fields = ["name"]


class HsnCodeViewSet(SnippetViewSet):
    """HSN codes with their dated GST rates."""

    model = HsnCode
    icon = "table"
    menu_label = "HSN codes"
    list_display = ["code", "description"]
    search_fields = ["code", "description"]


class VideoChooser(SnippetChooserViewSet):
    """Chooses a video for a product, or takes a new one right there."""

    creation_tab_label = create_action_label = "Upload"

    creation_form_class = modelform_factory(
        Video, form=VideoForm, fields=["title", "file", "poster", "description", "captions"]
    )


class VideoViewSet(SnippetViewSet):
    """Videos."""

    model = Video
    icon = "media"
    menu_order = 165
    add_to_admin_menu = True
    chooser_viewset_class = VideoChooser
    list_display = ["title", "uploaded_at"]


class LabelGroup(SnippetViewSetGroup):
    """The labels that products carry."""

    items = (BrandViewSet, GenreViewSet, HsnCodeViewSet)
    menu_label = "Labels"
    menu_icon = "tag"
    menu_order = 160


register_snippet(LabelGroup)
register_snippet(VideoViewSet)
hooks.register("register_bulk_action", PriceBulkAction)
hooks.register("construct_wagtail_userbar", use_our_checker)


@hooks.register("register_admin_viewset")
def register_stock() -> StockViewSet:
    """Add the stock screen."""
    return StockViewSet()


@hooks.register("register_admin_viewset")
def register_products() -> ProductListing:
    """Add the list of products."""
    return ProductListing()


@hooks.register("register_admin_urls")
def register_uploads() -> list[URLResolver]:
    """Add the pages of uploaded tables."""
    return [path("uploads/", include((uploads.addresses(), "uploads")))]


@hooks.register("register_worker_job")
def carry_out_uploads() -> tuple[str, float, Callable[[], object]]:
    """Let the worker check and carry out uploaded tables, in a lane of their own, every two seconds."""
    return "uploads", 2, working.work_waiting


@hooks.register("register_permissions")
def register_stock_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions of the stock screen."""
    return Permission.objects.filter(
        content_type__app_label="catalog",
        codename__in=["view_stock", "receive_stock", "adjust_stock", "view_stockmovement"],
    )


@hooks.register("before_copy_page")
def refuse_unknown_parents(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Answer a form that names no page to copy to; Wagtail's view would fail on it."""
    wanted = request.POST.get("new_parent_page", "")
    is_known = wanted.isascii() and wanted.isdecimal() and len(wanted) < 19 and Page.objects.filter(pk=wanted).exists()
    if request.method != "POST" or is_known:
        return None
    messages.error(request, "Choose the page below which the copy shall stand.")
    return redirect("wagtailadmin_pages:copy", page.pk)


@hooks.register("after_copy_page")
def ask_for_skus(request: HttpRequest, page: Page, new_page: Page) -> None:
    """Copy the variants of a product without their SKUs."""
    if isinstance(new_page.specific, ProductPage):
        copy_without_skus(page.specific, new_page.specific, user=request.user)
        messages.warning(request, "The copy is a draft. Give each of its variants a SKU before you publish it.")


@hooks.register("after_publish_page")
def ask_for_size(request: HttpRequest, page: Page) -> None:
    """Say that a published product does not show how large it is: people misjudge that from photos."""
    if isinstance(page, ProductPage) and not (page.length_mm and page.height_mm):
        messages.warning(request, "Length and height are empty, so the page cannot show the size beside a coin.")


@hooks.register("before_delete_page")
def keep_pages_with_stock(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Explain why a product whose stock has moved is kept, instead of failing on the foreign key."""
    return _refusal(request, [page])


@hooks.register("before_bulk_action")
def keep_pages_with_stock_in_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """The same for several pages at once."""
    pages = [each for each in objects if isinstance(each, Page)]
    return _refusal(request, pages) if action_type == "delete" and pages else None


@hooks.register("before_bulk_action")
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
        if found := lacks_of(page.get_latest_revision_as_object()):
            messages.error(request, f"{page.title} cannot be published yet. {' '.join(found.values())}")
            return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("register_log_actions")
def register_refusal(actions: Any) -> None:
    """Tell in the history of a page why it was not published when its time had come."""

    @actions.register_action(REFUSED)
    class RefusalFormatter(LogFormatter):
        label = "Not published"

        def format_message(self, log_entry: Any) -> str:
            return str(log_entry.data["reason"])


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
