"""The fields of the shop's forms: what people type, cleaned into what is stored, with words that say what to do."""

import json
import re
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.text import visible
from checkout.shipping import PIN

MOBILE = re.compile(r"[6-9][0-9]{9}")
# In place of Django's words, which tell what is wrong and not what to do.
WORDS: dict[str, Any] = {
    "max_length": _("Shorten this to %(limit_value)d characters; it has %(show_value)d now."),
    "null_characters_not_allowed": _("Type this again: it holds a character that cannot be shown."),
}


def seen(text: str) -> str:
    """Return a text without what cannot be seen. Raises ValidationError for a NUL: nobody types one."""
    if "\0" in text:
        raise ValidationError(WORDS["null_characters_not_allowed"], code="null_characters_not_allowed")
    return visible(text)


class OneLineField(forms.CharField):
    """Text on one line: control characters and runs of blanks become one blank."""

    default_error_messages = WORDS

    def to_python(self, value: Any) -> str:
        """Return the text with every run of blanks and line breaks as one blank, and nothing that cannot be seen."""
        return re.sub(r"\s+", " ", seen(super().to_python(value) or "")).strip()


class LinesField(forms.CharField):
    """Text of several lines."""

    default_error_messages = WORDS

    def to_python(self, value: Any) -> str:
        """Return the text without what cannot be seen."""
        return seen(super().to_python(value) or "")


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
