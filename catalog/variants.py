"""How the variants in a revision meet the variants that exist: none is deleted, and no SKU with stock changes.

Wagtail commits a page's children by deleting the rows that a revision leaves out (modelcluster's
`DeferringRelatedManager.commit`). An old draft would so delete newer variants, or fail on the PROTECT of their stock.
Therefore the list of children is completed and corrected before it is committed. A variant's identity is its SKU.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from catalog.models import ProductPage, Variant

EMPTY = {
    "price": "Fill in the selling price before it is published.",
    "mrp": "Fill in the MRP before it is published: the law wants it on the page.",
    "weight_grams": "Fill in the packed weight before it is published: delivery costs by it.",
}
COPIED = ("option", "price", "mrp", "weight_grams", "low_stock_threshold", "sort_order")


def complete(page: "ProductPage") -> None:
    """Make the page's in-memory variants contain every existing one; those it lacked come back as not for sale.

    Children without a primary key take the row with their SKU. Nothing is written, and what a form has to complain
    about stays in the list.
    """
    children = _in_memory(page)
    if children is None:
        return
    page.variants = _merged(children, _rows(page))


def settle(page: "ProductPage") -> "list[Variant]":
    """Like `complete`, and leave out what may not be sold, so that publishing an old draft never fails.

    Left out are variants without SKU, with a price that breaks a rule, or whose SKU belongs to another page meanwhile.
    Those that are only unfinished are returned, and so is what was typed over a row that goes on with its old numbers.
    """
    children = _in_memory(page)
    if children is None:
        return []
    rows = _rows(page)
    merged = _merged(children, rows)
    typed = [copy(child) for child in merged]
    foreign = _skus_elsewhere(page, [child.sku for child in merged])
    # A gift is limited per person; anything else that costs nothing lacks its price.
    least = 0 if page.per_person_limit else 1
    sound = [_sound(child, rows, foreign, least) for child in merged]
    page.variants = [child for child in sound if child is not None]
    return [
        child
        for child, kept in zip(typed, sound, strict=True)
        if child.sku not in foreign and (kept is None or _numbers(child) != _numbers(kept))
    ]


def keep_in_mind(page: "ProductPage", left_out: "list[Variant]") -> None:
    """Put variants that were not written as typed back into the page in memory: a draft keeps what is not finished."""
    if left_out:
        typed = {child.pk: child for child in left_out if child.pk is not None}
        written = [typed.get(child.pk, child) for child in page.variants.all()]
        page.variants = [*written, *(child for child in left_out if child.pk is None)]


def lacks(children: "Iterable[Variant]", *, is_gift: bool) -> list[tuple[Any, str, str]]:
    """Return what keeps these variants from being sold: the variant, the field, and what is to be done.

    What is not for sale need not be whole. Legal Metrology (Packaged Commodities) Rules, 2011, rule 18(2): nobody
    sells above the MRP.
    """
    return [
        (child, name, text) for child in children if child.is_active for name, text in _lacks_of(child, is_gift=is_gift)
    ]


def _lacks_of(child: "Variant", *, is_gift: bool) -> Iterator[tuple[str, str]]:
    if not child.sku:
        yield "sku", "Give it a SKU before it is published."
    for name, text in EMPTY.items():
        if getattr(child, name) is None:
            yield name, text
    if child.mrp is not None and child.mrp <= 0:
        yield "mrp", "The MRP must be more than ₹0."
    if child.price is not None and child.mrp is not None and child.price > child.mrp > 0:
        yield "price", "The selling price may not exceed the MRP (Legal Metrology rules)."
    # A price that was forgotten must not empty the shelf, and a gift is not for one person alone.
    if child.price == 0 and not is_gift:
        yield "price", "Only a gift costs ₹0: say below how many pieces one person may have."


def copy_without_skus(source: "ProductPage", twin: "ProductPage", *, user: Any) -> None:
    """Give a copied product the variants of its source in a draft: a SKU is one sellable thing, so theirs are blank."""
    variant = apps.get_model("catalog", "Variant")
    draft = twin.get_latest_revision_as_object()
    draft.variants = [
        variant(
            sku="",
            **{name: getattr(each, name) for name in COPIED},
        )
        for each in source.get_latest_revision_as_object().variants.all()
        if each.is_active
    ]
    draft.save_revision(user=user, clean=False)


def open_stock(page: "ProductPage") -> None:
    """Give every variant of a saved page its stock row, with zeros."""
    # stock.py reads the models, so it can only be imported once they are loaded.
    from catalog.stock import open_missing

    open_missing(page.pk)


def with_moved_stock(variant_ids: Iterable[Any]) -> set[int]:
    """Return those of the variants whose stock has moved: their SKU is fixed and their row stays for good."""
    movement = apps.get_model("catalog", "StockMovement")
    found = movement.objects.filter(stock__variant_id__in=list(variant_ids))
    return set(found.values_list("stock__variant_id", flat=True))


def forget_unmoved(page: Any) -> None:
    """Delete the empty stock rows at and below `page`, so that pages whose stock never moved can be deleted."""
    apps.get_model("catalog", "Stock").objects.filter(
        variant__page__path__startswith=page.path, movements__isnull=True
    ).delete()


def moved_skus_below(page: Any) -> list[str]:
    """Return the SKUs at and below `page` whose stock has moved, sorted; they keep the page from being deleted."""
    found = apps.get_model("catalog", "Variant").objects.filter(
        page__path__startswith=page.path, stock__movements__isnull=False
    )
    return sorted(found.order_by().values_list("sku", flat=True).distinct())


def with_living_labels(data: dict[str, Any]) -> dict[str, Any]:
    """Return the revision's data with deleted labels replaced by those of the published row, or none.

    The labels are protected by foreign keys, but a revision is text: a brand that only a draft uses can be deleted,
    and modelcluster raises on it.
    """
    page_model = apps.get_model("catalog", "ProductPage")
    kept = dict(data)
    for name in ("brand", "genre", "hsn"):
        label = page_model._meta.get_field(name).related_model
        if kept.get(name) is not None and not label.objects.filter(pk=kept[name]).exists():
            kept[name] = page_model.objects.filter(pk=data.get("pk")).values_list(f"{name}_id", flat=True).first()
    return kept


def _in_memory(page: "ProductPage") -> "list[Variant] | None":
    """Return the children that wait to be committed, or None when the page still reads them from the database."""
    if not page.variants.is_deferring:
        return None
    return list(page.variants.all())


def _rows(page: "ProductPage") -> "dict[int, Variant]":
    """Return the page's variants in the database by primary key."""
    if page.pk is None:
        return {}
    return {row.pk: row for row in apps.get_model("catalog", "Variant").objects.filter(page_id=page.pk)}


def _merged(children: "list[Variant]", rows: "dict[int, Variant]") -> "list[Variant]":
    """Return one child for each row and for each new SKU: matched by SKU first, then by primary key.

    Of two children with one SKU the later counts: a form that did not know the row yet appends what was typed.
    """
    latest = {child.sku: position for position, child in enumerate(children) if child.sku}
    children = [child for position, child in enumerate(children) if latest.get(child.sku, position) == position]
    by_sku = {row.sku: row for row in rows.values()}
    matched = {position: by_sku[child.sku] for position, child in enumerate(children) if child.sku in by_sku}
    taken = {row.pk for row in matched.values()}
    locked = with_moved_stock(rows)
    result = []
    for position, child in enumerate(children):
        row = matched.get(position)
        if row is None and child.pk in rows and child.pk not in taken:
            row = rows[child.pk]
            taken.add(row.pk)
            child.sku = row.sku if row.pk in locked else child.sku
        result.append(_placed(child, row))
    return result + [_retired(row) for row in rows.values() if row.pk not in taken]


def _placed(child: "Variant", row: "Variant | None") -> "Variant":
    """Give the child the primary key of its row, or none."""
    child.pk = row.pk if row is not None else None
    child._state.adding = row is None
    return child


def _retired(row: "Variant") -> "Variant":
    row.is_active = False
    return row


def _skus_elsewhere(page: "ProductPage", skus: list[str]) -> set[str]:
    """Return those of the SKUs that another page's variants have."""
    found = apps.get_model("catalog", "Variant").objects.filter(sku__in=skus).exclude(page_id=page.pk)
    return set(found.values_list("sku", flat=True))


def _sound(child: "Variant", rows: "dict[int, Variant]", foreign: set[str], least: int) -> "Variant | None":
    """Return the child as it may be sold: with its row's SKU or price where its own is refused, else None.

    `least` is the lowest price in paise.
    """
    row = rows.get(child.pk) if child.pk is not None else None
    if not child.sku or child.sku in foreign:
        if row is None:
            return None
        child.sku = row.sku
    if None in _numbers(child) or not (least <= child.price <= child.mrp > 0 and child.weight_grams > 0):
        if row is None:
            return None
        child.price, child.mrp, child.weight_grams = row.price, row.mrp, row.weight_grams
    return child


def _numbers(child: "Variant") -> tuple[int, int, int]:
    return child.price, child.mrp, child.weight_grams
