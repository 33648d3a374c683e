"""What editors find in the admin: `catalog/admin/` holds it, one subject a file; the labels stand here."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLResolver, include, path
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from catalog import changes
from catalog.admin import deleting, publishing, uploads
from catalog.admin.checker import use_our_checker
from catalog.admin.prices import PriceBulkAction
from catalog.admin.products import ProductListing
from catalog.admin.stock import StockViewSet
from catalog.forms import VideoForm
from catalog.models import Brand, Genre, HsnCode, ProductPage, Video
from catalog.uploads import working
from catalog.variants import copy_without_skus


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
# After Wagtail's own, whose place it takes.
hooks.register("register_bulk_action", deleting.DeleteBulkAction, order=10)
hooks.register("before_delete_page", deleting.keep_pages_with_stock)
hooks.register("before_bulk_action", deleting.keep_pages_with_stock_in_bulk)
hooks.register("before_bulk_action", publishing.keep_unfinished_products)
hooks.register("after_publish_page", publishing.ask_for_size)
hooks.register("after_publish_page", publishing.ask_for_stock)
hooks.register("register_log_actions", publishing.register_refusal)
hooks.register("construct_wagtail_userbar", use_our_checker)
hooks.register("before_edit_setting", changes.remember)
hooks.register("after_edit_setting", changes.tell)
hooks.register("before_edit_snippet", changes.remember_snippet)
hooks.register("after_edit_snippet", changes.tell_snippet)
hooks.register("register_log_actions", changes.register_action)


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
def register_named_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions of the stock screen, and of prices."""
    return Permission.objects.filter(
        content_type__app_label="catalog",
        codename__in=["view_stock", "receive_stock", "adjust_stock", "view_stockmovement", "approve_prices"],
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
