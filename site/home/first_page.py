"""What needs those who care for goods, on the admin's first page: their drafts, what is incomplete, what runs short."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from catalog.admin.stock import never_received
from catalog.admin.stock_listing import BookPolicy
from catalog.availability import availability
from catalog.models import ProductPage, ProductPhoto, ShopSettings, Stock
from checkout.admin.home import Figure
from home import shortages

SHOWN = 6


@dataclass(frozen=True)
class Line:
    """One thing that waits: its name, where it is mended, and what there is to say of it."""

    title: str
    url: str
    words: str


@dataclass(frozen=True)
class Group:
    """Things of one kind, whether there are more, and where all of them are listed (or nothing)."""

    heading: str
    lines: list[Line]
    has_more: bool
    url: str = ""


class GoodsPanel(Component):
    """The groups that are not empty, for people who edit pages or see stock."""

    name = "goods"
    template_name = "home/admin/goods.html"
    order = 90

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the groups of the person who looks."""
        request = parent_context["request"]
        user = request.user
        groups = [drafts(user), incomplete()] if edits(user) else []
        if sees_stock(user):
            groups.append(short(ShopSettings.for_request(request)))
        return {"groups": [group for group in groups if group.lines], "edits": edits(user)}


def edits(user: Any) -> bool:
    """Return whether this person writes pages."""
    return bool(page_permission_policy.user_has_any_permission(user, ["add", "change", "publish"]))


def sees_stock(user: Any) -> bool:
    """Return whether this person may see stock."""
    return BookPolicy(Stock).user_has_permission(user, "view")


def drafts(user: Any) -> Group:
    """Return the pages that this person wrote last and nobody has published yet."""
    own = Q(latest_revision__user=user) | Q(owner=user, live=False)
    pages = Page.objects.filter(own, has_unpublished_changes=True).order_by(
        F("latest_revision_created_at").desc(), "-pk"
    )
    lines = [
        Line(
            page.draft_title or page.title,
            reverse("wagtailadmin_pages:edit", args=[page.pk]),
            _("Live, with changes") if page.live else _("Draft"),
        )
        for page in pages[: SHOWN + 1]
    ]
    return _group(_("Your drafts"), lines, reverse("products:index") + "?state=draft")


def incomplete() -> Group:
    """Return the live products that publishing would not let through today, or of which no piece ever came."""
    pages = lacking()
    lines = [
        Line(page.title, reverse("wagtailadmin_pages:edit", args=[page.pk]), ", ".join(_lacks(page)))
        for page in pages[: SHOWN + 1]
    ]
    return _group(_("Live, and not complete"), lines)


def lacking() -> QuerySet[ProductPage]:
    """Return the live products that lack something, with what it is."""
    shown = ProductPhoto.objects.filter(page=OuterRef("pk")).exclude(alt_text="")
    declared = ~Q(hsn=None) & ~Q(country_of_origin="") & ~Q(maker_address="")
    found: QuerySet[ProductPage] = (
        ProductPage.objects.live()
        .annotate(
            is_shown=Exists(shown),
            never_came=Exists(never_received().filter(variant__page=OuterRef("pk"))),
        )
        .filter(Q(is_shown=False) | Q(never_came=True) | ~declared)
        .order_by("title", "pk")
    )
    return found


def _lacks(page: Any) -> list[str]:
    found = {
        _("no photo that says what it shows"): not page.is_shown,
        _("no HSN code"): page.hsn_id is None,
        _("no country of origin"): not page.country_of_origin,
        _("no maker's address"): not page.maker_address,
        _("no piece ever received"): page.never_came,
    }
    return [words for words, is_so in found.items() if is_so]


def short(shop: ShopSettings) -> Group:
    """Return of what few pieces are left."""
    variants = shortages.short(shop).select_related("page", "stock").order_by("stock__on_hand", "sku")
    lines = [
        Line(
            f"{variant.title} ({variant.sku})",
            reverse("stock:inspect", args=[variant.stock.pk]),
            availability(variant, threshold=shop.low_stock_threshold).text,
        )
        for variant in variants[: SHOWN + 1]
    ]
    return _group(_("Few or none left"), lines, short_url())


def _group(heading: str, lines: list[Line], url: str = "") -> Group:
    return Group(heading, lines[:SHOWN], len(lines) > SHOWN, url)


def short_url() -> str:
    """Return where all that is short is listed."""
    return reverse("stock:index") + "?level=short&for_sale=true"


def figure(request: HttpRequest) -> Figure | None:
    """Return of how many SKUs few or none are left, for people who may see stock."""
    if not sees_stock(request.user):
        return None
    number = shortages.short(ShopSettings.for_request(request)).count()
    return Figure("list-ul", str(number), _("few or none left"), short_url())
