"""Changing the prices of several products at once: what each price becomes, and writing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import approval
from catalog.models import ProductPage, Variant
from catalog.money import PAISE, rupees

WHOLE = 10_000
"""Basis points of the whole."""


class Rounding(models.TextChoices):
    """To what a new price is rounded, half upwards."""

    PAISA = "paisa", gettext_lazy("To the paisa")
    RUPEE = "rupee", gettext_lazy("To whole rupees")
    TEN = "ten", gettext_lazy("To ₹10")
    NINE = "nine", gettext_lazy("To a price that ends with 9, such as ₹1,799")


STEPS = {Rounding.PAISA: 1, Rounding.RUPEE: PAISE, Rounding.TEN: 10 * PAISE, Rounding.NINE: 10 * PAISE}


@dataclass(frozen=True)
class Rule:
    """By how much: hundredths of a percent, or paise, either of them signed."""

    basis_points: int = 0
    paise: int = 0
    rounding: str = Rounding.RUPEE

    def of(self, price: int) -> int:
        """Return the new price of an old one, in paise and whole arithmetic."""
        exact = price * (WHOLE + self.basis_points) + self.paise * WHOLE
        step = STEPS[Rounding(self.rounding)]
        shift = PAISE if self.rounding == Rounding.NINE else 0
        number = exact + shift * WHOLE
        return (2 * number + step * WHOLE) // (2 * step * WHOLE) * step - shift


@dataclass(frozen=True)
class Change:
    """A price before and after, in paise, and why it cannot become that (or nothing)."""

    sku: str
    before: int
    after: int
    refusal: str = ""


def changes(page: ProductPage, rule: Rule) -> list[Change]:
    """Return what becomes of each price of a product that is for sale. A gift stays one."""
    sold = [variant for variant in page.variants.all() if variant.is_active]
    return [_change(variant, rule) for variant in sold if variant.price and variant.mrp]


def newest(page: ProductPage) -> ProductPage:
    """Return the newest draft, with variants that can be changed."""
    found: ProductPage = page.get_latest_revision_as_object()
    found.variants = list(found.variants.all())
    return found


@transaction.atomic
def reprice(page_id: int, rule: Rule, *, expected: Iterable[Change], user: Any, publish: bool) -> str:
    """Write the new prices as a revision, published when it may be; return what became of it.

    "published", "drafted", or "waiting": this person may not publish it (`catalog/approval.py`). A product with changes
    that nobody has published yet keeps them, and the prices, in its draft. Raises ValidationError when the prices are
    not the `expected` ones any more, or one of them is refused.
    """
    live = ProductPage.objects.select_for_update(of=("self",)).get(pk=page_id)
    draft = newest(live)
    found = changes(draft, rule)
    if found != list(expected):
        raise ValidationError(_("The prices have changed meanwhile: look at them again."))
    if refusal := next((change.refusal for change in found if change.refusal), ""):
        raise ValidationError(refusal)
    after = {change.sku: change.after for change in found}
    for variant in draft.variants.all():
        variant.price = after.get(variant.sku, variant.price)
    was_clean = live.live and not live.has_unpublished_changes
    if not live.live:
        draft.save()
    revision = draft.save_revision(user=user, log_action=True)
    if not (publish and was_clean):
        return "drafted"
    if not (live.permissions_for_user(user).can_publish() and approval.may_publish(user)):
        return "waiting"
    revision.publish(user=user)
    return "published"


def _change(variant: Variant, rule: Rule) -> Change:
    after = rule.of(variant.price)
    refusal = ""
    if after > variant.mrp:
        words = {"sku": variant.sku, "price": rupees(after), "mrp": rupees(variant.mrp)}
        refusal = _("%(sku)s would cost %(price)s, above its MRP of %(mrp)s.") % words
    elif after < 0:
        refusal = _("%(sku)s would fall below ₹0.") % {"sku": variant.sku}
    elif after == 0:
        refusal = _("%(sku)s would cost nothing.") % {"sku": variant.sku}
    return Change(variant.sku, variant.price, after, refusal)
