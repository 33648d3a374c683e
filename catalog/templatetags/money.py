"""Filters that write paise as rupees."""

from django import template

from catalog import money

register = template.Library()


@register.filter
def rupees(paise: int | str | None) -> str:
    """Write paise as the storefront does: "₹1,899" or "₹1,23,456.50"; nothing for None."""
    return "" if paise is None or paise == "" else money.rupees(int(paise))


@register.filter
def rupees_exact(paise: int | str | None) -> str:
    """Write paise as invoices, mails and the admin do, always with paise: "₹1,899.00"; nothing for None."""
    return "" if paise is None or paise == "" else money.rupees(int(paise), always_paise=True)


@register.filter
def in_currency(amount: int, currency: str) -> str:
    """Write money that came in any currency as the storefront does: "₹1,899", "USD 2,500.00"."""
    return money.rupees(int(amount)) if currency == money.RUPEE else money.exact(int(amount), currency)


@register.filter
def in_currency_exact(amount: int, currency: str) -> str:
    """Write money that came in any currency as mails and the admin do: "₹1,899.00", "USD 2,500.00"."""
    return money.exact(int(amount), currency)
