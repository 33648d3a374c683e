"""GST as the shop needs it: the dated rate of an HSN code, the tax inside a gross price, and its split by heads.

All amounts are paise, all rates basis points (500 is 5 %). The rates are data that the shop's accountant signs off.
"""

from dataclasses import dataclass
from datetime import date

from catalog.models.tax import GstRate, HsnCode

FULL = 10_000


class NoRate(LookupError):
    """No GST rate is known for an HSN code on a date."""


@dataclass(frozen=True)
class Split:
    """A tax by its heads, in paise."""

    cgst: int
    sgst: int
    igst: int


def rate_on(hsn: HsnCode | str, on: date) -> int:
    """Return the basis points that hold for an HSN code (or its text) on a date. Raises NoRate when none do."""
    code = hsn.code if isinstance(hsn, HsnCode) else hsn
    rates = GstRate.objects.filter(hsn__code=code, valid_from__lte=on).order_by("-valid_from")
    rate: int | None = rates.values_list("basis_points", flat=True).first()
    if rate is None:
        raise NoRate(f"No GST rate is known for HSN {code} on {on:%d %b %Y}. Add one to the HSN code in the admin.")
    return rate


def included_tax(gross_paise: int, basis_points: int) -> int:
    """Return the tax inside a gross price: the taxable value is gross / (1 + rate) rounded half up, the rest is tax.

    Raises ValueError for a negative price or rate.
    """
    if gross_paise < 0 or basis_points < 0:
        raise ValueError("Neither a price nor a rate is negative.")
    divisor = FULL + basis_points
    taxable = (2 * gross_paise * FULL + divisor) // (2 * divisor)
    return gross_paise - taxable


def split(tax: int, seller_state: str, buyer_state: str) -> Split:
    """Return a tax by heads: CGST + SGST within one state, IGST between states.

    Both halves are equal in law; of an odd number of paise CGST takes the odd one, so that the heads add up to the tax.
    """
    if seller_state != buyer_state:
        return Split(cgst=0, sgst=0, igst=tax)
    sgst = tax // 2
    return Split(cgst=tax - sgst, sgst=sgst, igst=0)
