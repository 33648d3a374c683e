"""The only conversion between rupees and paise. Money is an `int` of paise everywhere else."""

import re
from decimal import Decimal

PAISE = 100
RUPEE = "INR"
MAX_PAISE = 10**13
"""The largest amount that is read: a lakh crore rupees, well inside a 64-bit column."""

# All currencies of ISO 4217 whose smallest unit, in which Razorpay counts, is not a hundredth.
_WHOLE = re.compile(r"BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF")
_THOUSANDTHS = re.compile(r"BHD|IQD|JOD|KWD|LYD|OMR|TND")
_PLAIN = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")


def group(whole: int) -> str:
    """Return a whole number of rupees with Indian grouping: 1234567 -> "12,34,567"."""
    digits = str(abs(whole))
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ("-" if whole < 0 else "") + ",".join([*pairs, tail])


def rupees(paise: int, always_paise: bool = False) -> str:
    """Return `paise` as people read them: "₹1,899" when whole, else "₹1,23,456.50".

    With `always_paise` (invoices, mails' totals, the admin) whole amounts read "₹1,899.00" too.
    """
    whole, rest = divmod(abs(paise), PAISE)
    sign = "-" if paise < 0 else ""
    paise_text = f".{rest:02}" if rest or always_paise else ""
    return f"{sign}₹{group(whole)}{paise_text}"


def exact(amount: int, currency: str) -> str:
    """Return money counted in the smallest unit of its currency: "₹1,899.00", "USD 2,500.00", "JPY 2,500"."""
    if currency == RUPEE:
        return rupees(amount, always_paise=True)
    decimals = 0 if _WHOLE.fullmatch(currency) else 3 if _THOUSANDTHS.fullmatch(currency) else 2
    return f"{currency} {Decimal(amount).scaleb(-decimals):,.{decimals}f}"


def parse_rupees(text: str) -> int:
    """Return the paise of an amount typed in rupees: "1899", "₹1,899", "1,23,456.50", "Rs. 99.5".

    Raises ValueError for anything else: signs, exponents, more than two decimals, commas in the wrong place, too much.
    """
    cleaned = text.strip().removeprefix("₹")
    cleaned = re.sub(r"^(?:rs\.?|inr)\s*", "", cleaned.strip(), flags=re.IGNORECASE).strip()
    whole, point, fraction = cleaned.partition(".")
    if len(cleaned) > 24 or not (_PLAIN.fullmatch(whole) or _GROUPED.fullmatch(whole)):
        raise ValueError("Enter an amount in rupees, such as 1899 or 1,899.50.")
    if point and not re.fullmatch(r"[0-9]{1,2}", fraction):
        raise ValueError("Enter at most two decimals, such as 1899.50.")
    paise = int(whole.replace(",", "")) * PAISE + int(fraction.ljust(2, "0"))
    if paise > MAX_PAISE:
        raise ValueError("This amount is too large.")
    return paise


def percent(basis_points: int, parts: int = 1) -> str:
    """Return a rate, or one of so many equal parts of it, as people read it: 500 -> "5 %", in two parts "2.5 %"."""
    exact = (Decimal(basis_points) / 100 / parts).normalize()
    return f"{exact:f} %"


def plain_rupees(paise: int) -> str:
    """Return `paise` as an editable number without sign or grouping: "1899" or "1899.50"."""
    whole, rest = divmod(paise, PAISE)
    return f"{whole}.{rest:02}" if rest else str(whole)


def decimal_rupees(paise: int) -> Decimal:
    """Return `paise` as an exact decimal of rupees, for machines that want "1899.00" (feeds, structured data)."""
    return Decimal(paise) / PAISE
