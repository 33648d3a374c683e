"""The checkout form: what a shopper types, cleaned into what an order stores."""

import re
import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from catalog.states import STATES_OF_PINS, State
from checkout.fields import MailField, MobileField, OneLineField, PinField

# As buyers type an order's number: with or without its letters, its year, its hyphen, and a sign before it.
NUMBER = re.compile(r"[#№]?(?:CG)?(?:([0-9]{2})[-–—]?)?([0-9]{5,})")
CHECKOUT_KEY = RegexValidator(r"^[A-Za-z0-9_-]{8,64}\Z", _("Reload the page and try again."))


class CheckoutForm(forms.Form):
    """Contact, delivery address and what makes the POST safe to repeat. Names are promised to the outside."""

    email = MailField(
        label=_("Email"),
        help_text=_("For the receipt and tracking link"),
        error_messages={"required": _("Enter your email address.")},
        widget=forms.EmailInput(
            {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    phone = MobileField(
        label=_("Mobile number"),
        help_text=_("10 digits; the courier calls this number"),
        max_length=30,
        error_messages={"required": _("Enter a 10-digit mobile number.")},
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    full_name = OneLineField(
        label=_("Full name"),
        max_length=100,
        error_messages={"required": _("Enter the name for the parcel.")},
        widget=forms.TextInput({"autocomplete": "shipping name"}),
    )
    postcode = PinField(
        widget=forms.TextInput(
            {"autocomplete": "shipping postal-code", "inputmode": "numeric", "data-states": STATES_OF_PINS}
        ),
    )
    address_line1 = OneLineField(
        label=_("Flat, house number, street"),
        max_length=150,
        error_messages={"required": _("Enter your flat, house number and street.")},
        widget=forms.TextInput({"autocomplete": "shipping address-line1"}),
    )
    address_line2 = OneLineField(
        label=_("Area, landmark"),
        required=False,
        max_length=150,
        widget=forms.TextInput({"autocomplete": "shipping address-line2"}),
    )
    city = OneLineField(
        label=_("Town or city"),
        max_length=80,
        error_messages={"required": _("Enter the town or city.")},
        widget=forms.TextInput({"autocomplete": "shipping address-level2"}),
    )
    state = forms.ChoiceField(
        label=_("State or union territory"),
        choices=[("", _("Choose a state")), *State.choices],
        error_messages={"required": _("Choose the state."), "invalid_choice": _("Choose a state from the list.")},
        widget=forms.Select({"autocomplete": "shipping address-level1"}),
    )
    checkout_key = forms.CharField(required=False, validators=[CHECKOUT_KEY], widget=forms.HiddenInput)
    seen_total = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    use_required_attribute = False

    @property
    def key(self) -> str:
        """The key that makes this POST idempotent; a form that was sent without one gets its own."""
        return str(self.cleaned_data["checkout_key"] or new_checkout_key())


class PinForm(forms.Form):
    """A PIN code to ask about."""

    postcode = PinField(
        widget=forms.TextInput({"autocomplete": "shipping postal-code", "inputmode": "numeric", "size": "8"})
    )

    use_required_attribute = False


class FindOrderForm(forms.Form):
    """What a buyer still knows of an order whose link is lost."""

    number = OneLineField(
        label=_("Order number"),
        max_length=20,
        help_text=_("Such as CG26-10001"),
        error_messages={"required": _("Enter the order number.")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    email = MailField(
        label=_("Email"),
        help_text=_("The one that you ordered with"),
        error_messages={"required": _("Enter your email address.")},
        widget=forms.EmailInput(
            {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    use_required_attribute = False

    def clean_number(self) -> str:
        """Return the number as orders have it, or its last part alone when the year was left out."""
        typed = str(self.cleaned_data["number"]).replace(" ", "").upper()
        if (found := NUMBER.fullmatch(typed)) is None:
            return typed
        year, last = found.groups()
        return f"CG{year}-{last}" if year else last


class QuantityForm(forms.Form):
    """A SKU and a whole number of pieces. `least` is 1 for adding and 0 for updating, where 0 removes."""

    sku = OneLineField(max_length=40)
    quantity = forms.RegexField(r"^[0-9]{1,2}\Z", error_messages={"invalid": _("Enter a whole number from 1 to 99.")})

    def __init__(self, *args: Any, least: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.least = least
        self.fields["quantity"].error_messages["required"] = _("Enter a whole number from 1 to 99.")

    def clean_quantity(self) -> int:
        """Return the number. Raises ValidationError below the least one."""
        quantity = int(self.cleaned_data["quantity"])
        if quantity < self.least:
            raise ValidationError(_("Enter a whole number from %(least)d to 99.") % {"least": self.least})
        return quantity


class CouponForm(forms.Form):
    """A code, or nothing, which takes the code off."""

    code = OneLineField(
        required=False, max_length=20, error_messages={"max_length": _("A code has at most 20 letters and digits.")}
    )


def new_checkout_key() -> str:
    """Return a key for one showing of the checkout form."""
    return secrets.token_urlsafe(18)
