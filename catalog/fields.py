"""A column of paise that people fill in as rupees."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst

from catalog.money import parse_rupees, plain_rupees


class RupeeField(forms.CharField):
    """A form field that shows and reads rupees ("1899" or "1,899.50") and gives an int of paise, or None when empty."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number of paise in rupees; leave what a person typed as it is."""
        return plain_rupees(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Return the paise of `value`. Raises ValidationError when it is no amount of rupees."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_rupees(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare paise with paise, so that "1,899" is no change of "1899"."""
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


if TYPE_CHECKING:
    WholeNumber = models.PositiveBigIntegerField[Any, Any]
    Text = models.CharField[str, str]
else:
    WholeNumber = models.PositiveBigIntegerField
    Text = models.CharField


class PaiseField(WholeNumber):
    """An amount of money as an int of paise, entered in rupees by editors."""

    def formfield(self, **kwargs: Any) -> Any:
        """Return a `RupeeField` instead of a field of whole numbers."""
        options = {"required": not self.blank, "label": capfirst(self.verbose_name), "help_text": self.help_text}
        if self.has_default():
            options["initial"] = self.get_default()
        kwargs.pop("form_class", None)
        return RupeeField(**{**options, **kwargs})


class CapitalsField(Text):
    """A code, written in capitals without blanks around it whatever was typed."""

    def to_python(self, value: Any) -> Any:
        """Return the code in capitals."""
        text = super().to_python(value)
        return text.strip().upper() if isinstance(text, str) else text


class SkuField(CapitalsField):
    """A SKU."""
