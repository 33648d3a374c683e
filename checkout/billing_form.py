"""The whole checkout form: with a business on the bill, and another address for it, for those who ask."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.states import State
from checkout import billing
from checkout.fields import WORDS, OneLineField, PinField, checks_for
from checkout.forms import CheckoutForm
from checkout.placing import Details


class GstinField(OneLineField):
    """A GST identification number: 15 characters, the last of them a check character."""

    ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    WRONG = _("A GSTIN has 15 characters, such as 27ABCDE1234F1Z5.")
    default_error_messages = dict.fromkeys(WORDS, WRONG)
    PATTERN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]")

    @property
    def checks(self) -> str:
        """What the browser looks at when the field is left."""
        return checks_for((r"^([0-9A-Za-z]\s*){15}$", self.WRONG))

    def clean(self, value: Any) -> str:
        """Return the number in capitals. Raises ValidationError when its form or its check character is wrong."""
        text: str = super().clean(value).replace(" ", "").upper()
        if not text:
            return ""
        if self.PATTERN.fullmatch(text) is None:
            raise ValidationError(self.WRONG)
        if text[-1] != self.check_character(text[:-1]):
            raise ValidationError(_("This GSTIN has a typing error: its last character does not fit the others."))
        return text

    @classmethod
    def check_character(cls, text: str) -> str:
        """Return the check character of the first 14: base 36, factors 1 and 2 in turn, digits added."""
        total = 0
        for place, character in enumerate(text):
            product = cls.ALPHABET.index(character) * (place % 2 + 1)
            total += product // 36 + product % 36
        return cls.ALPHABET[-total % 36]


class BillPinField(PinField):
    """The PIN code of an address that nobody may have asked for."""

    def clean(self, value: Any) -> str:
        """Return six digits or nothing. Raises ValidationError that tells how to mend the code."""
        return super().clean(value) if str(value or "").strip() else ""


def _line(label: Any, most: int, autocomplete: str) -> OneLineField:
    return OneLineField(
        label=label,
        required=False,
        max_length=most,
        widget=forms.TextInput({"autocomplete": f"billing {autocomplete}"}),
    )


class OrderForm(CheckoutForm):
    """The checkout form with its bill. What is typed into the address counts only while its box is ticked."""

    gstin = GstinField(
        label="GSTIN",
        required=False,
        max_length=20,
        help_text=_("15 characters; printed on the invoice of your business"),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    business_name = OneLineField(
        label=_("Name of the business"),
        required=False,
        max_length=120,
        help_text=_("As it is registered; needed with a GSTIN"),
        widget=forms.TextInput({"autocomplete": "billing organization"}),
    )
    billing_differs = forms.BooleanField(label=_("The bill goes to another address"), required=False)
    billing_full_name = _line(_("Name on the bill"), 100, "name")
    billing_postcode = BillPinField(
        required=False, widget=forms.TextInput({"autocomplete": "billing postal-code", "inputmode": "numeric"})
    )
    billing_address_line1 = _line(_("Flat, house number, street"), 150, "address-line1")
    billing_address_line2 = _line(_("Area, landmark"), 150, "address-line2")
    billing_city = _line(_("Town or city"), 80, "address-level2")
    billing_state = forms.ChoiceField(
        label=_("State or union territory"),
        required=False,
        choices=[("", _("Choose a state")), *State.choices],
        error_messages={"invalid_choice": _("Choose a state from the list.")},
        widget=forms.Select({"autocomplete": "billing address-level1"}),
    )

    NEEDED = {
        "billing_full_name": _("Enter the name for the bill."),
        "billing_postcode": _("Enter the 6-digit PIN code."),
        "billing_address_line1": _("Enter your flat, house number and street."),
        "billing_city": _("Enter the town or city."),
        "billing_state": _("Choose the state."),
    }
    gstin_doubt = billing.DOUBT

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in self.NEEDED.items():
            # The page must not call optional what is needed as soon as it can be seen.
            self.fields[name].is_needed = True  # type: ignore[attr-defined]
            self.fields[name].error_messages["required"] = text

    def clean(self) -> dict[str, Any]:
        """Ask for the address of the bill where its box is ticked, and forget it where it is not."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._fit_to_gstin(cleaned)
        for name in (f"billing_{part}" for part in billing.ADDRESS):
            if not cleaned.get("billing_differs"):
                self.errors.pop(name, None)
                cleaned[name] = ""
            elif name in self.NEEDED and name not in self.errors and not cleaned[name]:
                self.add_error(name, self.NEEDED[name])
        return cleaned

    def _fit_to_gstin(self, cleaned: dict[str, Any]) -> None:
        """Ask for the name of a registered business, and take the state of its bill from its GSTIN if none is chosen.

        A client that does not know the field for the name may send a GSTIN alone.
        """
        gstin = cleaned.get("gstin", "")
        if gstin and "business_name" in self.data and "business_name" in cleaned and not cleaned["business_name"]:
            self.add_error("business_name", _("Enter the name under which this GSTIN is registered."))
        if gstin[:2] in State.values and not cleaned.get("billing_state") and "billing_state" not in self.errors:
            cleaned["billing_state"] = gstin[:2]

    @property
    def details(self) -> Details:
        """Who buys, where the parcel goes and whom the bill names, from a valid form."""
        names = set(Details.__dataclass_fields__) - {"billing"}
        return Details(**{name: self.cleaned_data[name] for name in names}, billing=self._billing())

    @property
    def asks_for_a_bill(self) -> bool:
        """Whether the part about the bill is open when the page comes."""
        names = ["gstin", "business_name", *(name for name in self.fields if name.startswith("billing_"))]
        return any(self[name].errors or self[name].value() for name in names)

    def _billing(self) -> dict[str, str] | None:
        kept = {"business_name": self.cleaned_data["business_name"]} if self.cleaned_data["business_name"] else {}
        if self.cleaned_data["billing_differs"]:
            kept |= {name: self.cleaned_data[f"billing_{name}"] for name in billing.ADDRESS}
        return kept or None
