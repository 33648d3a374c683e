"""The checkout form: what a shopper types, cleaned into what an order stores."""

import json
import re
import secrets
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from catalog.states import State
from catalog.text import visible
from checkout.shipping import PIN

MOBILE = re.compile(r"[6-9][0-9]{9}")
# As buyers type an order's number: with or without its letters, its year, its hyphen, and a sign before it.
NUMBER = re.compile(r"[#№]?(?:CG)?(?:([0-9]{2})[-–—]?)?([0-9]{5,})")
# In place of Django's words, which tell what is wrong and not what to do.
WORDS: dict[str, Any] = {
    "max_length": _("Shorten this to %(limit_value)d characters; it has %(show_value)d now."),
    "null_characters_not_allowed": _("Type this again: it holds a character that cannot be shown."),
}
CHECKOUT_KEY = RegexValidator(r"^[A-Za-z0-9_-]{8,64}\Z", _("Reload the page and try again."))


class OneLineField(forms.CharField):
    """Text on one line: control characters and runs of blanks become one blank."""

    default_error_messages = WORDS

    def to_python(self, value: Any) -> str:
        """Return the text with every run of blanks and line breaks as one blank, and nothing that cannot be seen."""
        return re.sub(r"\s+", " ", visible(super().to_python(value) or "")).strip()


class LinesField(forms.CharField):
    """Text of several lines."""

    default_error_messages = WORDS

    def to_python(self, value: Any) -> str:
        """Return the text without what cannot be seen."""
        return visible(super().to_python(value) or "")


class MailField(forms.EmailField):
    """One email address. Quoted names, which could hold commas and line breaks, are refused: nobody needs them."""

    SHAPE = r"""^[^\s@"<>,;]+@[^\s@"<>,;]+\.[^\s@"<>,;]+$"""
    UNWANTED = re.compile(r'[\s"<>,;]')
    default_error_messages = WORDS

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 254, **kwargs})
        self.error_messages["invalid"] = _("Enter an email address such as asha@example.in.")

    @property
    def checks(self) -> str:
        """What the browser looks at when the field is left."""
        return checks_for((self.SHAPE, self.error_messages["invalid"]))

    def to_python(self, value: Any) -> str:
        """Return the address. Raises ValidationError."""
        text = str(super().to_python(value) or "")
        if self.UNWANTED.search(text) or text != visible(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return text


class MobileField(OneLineField):
    """An Indian mobile number in any common spelling, stored as +91 and ten digits."""

    NO_NUMBER = _("Enter a 10-digit mobile number, such as 98765 43210.")
    NOT_HERE = _("Enter a 10-digit Indian mobile number that starts with 6, 7, 8 or 9.")
    default_error_messages = dict.fromkeys(WORDS, NO_NUMBER)

    @property
    def checks(self) -> str:
        """What the browser looks at when the field is left."""
        return checks_for((r"\d\D*\d", self.NO_NUMBER), (r"[6-9](\D*\d){9}\D*$", self.NOT_HERE))

    def clean(self, value: Any) -> str:
        """Return E.164. Raises ValidationError that tells how to mend the number."""
        text = super().clean(value)
        try:
            number = phonenumbers.parse(text, "IN")
        except phonenumbers.NumberParseException:
            raise ValidationError(self.NO_NUMBER) from None
        national = str(number.national_number)
        if number.country_code != 91 or MOBILE.fullmatch(national) is None:
            raise ValidationError(self.NOT_HERE)
        return f"+91{national}"


class PinField(OneLineField):
    """A six-digit PIN code, with or without a blank in the middle."""

    SHORT = _("PIN code %(pin)s is too short; it has 6 digits.")
    WRONG = _("Enter a PIN code of 6 digits that does not start with 0.")
    default_error_messages = dict.fromkeys(WORDS, WRONG)

    @property
    def checks(self) -> str:
        """What the browser looks at when the field is left."""
        return checks_for((r"^(?!(\d\s*){1,5}$)", self.SHORT % {"pin": "{}"}), (r"^[1-9](\s*\d){5}$", self.WRONG))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("PIN code"), "max_length": 12, **kwargs})
        self.error_messages["required"] = _("Enter the 6-digit PIN code.")

    def clean(self, value: Any) -> str:
        """Return six digits. Raises ValidationError that tells how to mend the code."""
        text: str = super().clean(value).replace(" ", "")
        if PIN.fullmatch(text):
            return text
        if text.isdecimal() and len(text) < 6:
            raise ValidationError(self.SHORT % {"pin": text})
        raise ValidationError(self.WRONG)


def checks_for(*rules: tuple[str, Any]) -> str:
    """Return patterns that a text must match, each with what is said otherwise, as `static/js/checks.js` reads them."""
    return json.dumps([[pattern, str(text)] for pattern, text in rules])


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
        widget=forms.TextInput({"autocomplete": "shipping postal-code", "inputmode": "numeric"}),
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
