"""The edit form of an order. Status and money have no field here, so that no form can bring an old one back."""

import json
from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList

from checkout.admin.acts import CarrierInput
from checkout.admin.edits import DELIVERY_FIELDS, EDITABLE, why_state_stays
from checkout.fields import MailField, MobileField, OneLineField, PinField


class OrderForm(WagtailAdminModelForm):
    """Staff note, parcel, and until dispatch name and address.

    `loaded` carries what the person saw. So a field that they left alone is never written, whoever changed it
    meanwhile, and a field that two people changed is not overwritten without a word.
    """

    data: Any
    loaded = forms.CharField(required=False, widget=forms.HiddenInput)
    carrier = OneLineField(max_length=60, required=False, widget=CarrierInput)
    tracking_number = OneLineField(max_length=60, required=False)
    full_name = OneLineField(max_length=100)
    phone = MobileField(max_length=30, label="Mobile number")
    email = MailField(label="Email")
    address_line1 = OneLineField(max_length=150, label="Flat, house number, street")
    address_line2 = OneLineField(max_length=150, label="Area, landmark", required=False)
    city = OneLineField(max_length=80, label="Town or city")
    postcode = PinField(max_length=12, label="PIN code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Kept before validation writes what was typed into the instance.
        self.current = {name: _plain(getattr(self.instance, name)) for name in EDITABLE}
        self.changes: dict[str, str] = {}
        self.fields["loaded"].initial = json.dumps(self.current)
        if not self.instance.address_may_change:
            for name in DELIVERY_FIELDS:
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Find out what this person changed. A field that somebody else changed too is an error."""
        cleaned: dict[str, Any] = super().clean()
        seen = self._seen()
        for name in EDITABLE:
            if name not in cleaned or self.fields[name].disabled:
                continue
            value = _plain(cleaned[name])
            if value in (seen[name], self.current[name]):
                continue
            if seen[name] != self.current[name]:
                text = f"Meanwhile somebody changed this to “{self.current[name]}”. Save again to replace it."
                self.add_error(name, text)
            else:
                self.changes[name] = value
        if "state" in self.changes and (reason := why_state_stays(self.instance)):
            self.add_error("state", reason)
        if self.errors:
            # From here on the person has seen what stands there now.
            self.data = {**self.data.dict(), "loaded": json.dumps(self.current)}
        return cleaned

    def _seen(self) -> dict[str, str]:
        try:
            seen = json.loads(self.data.get("loaded", ""))
        except (ValueError, RecursionError):
            seen = None
        if not isinstance(seen, dict):
            return self.current
        return {name: str(seen.get(name, self.current[name])) for name in EDITABLE}


def _plain(value: str) -> str:
    # Browsers post line ends as CR LF.
    return value.replace("\r\n", "\n").strip()


PANELS = ObjectList(
    [
        FieldPanel("staff_note", help_text="Only colleagues see it."),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("carrier"), FieldPanel("tracking_number")])],
            heading="Parcel",
        ),
        MultiFieldPanel(
            [
                FieldPanel("full_name"),
                FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
                FieldPanel("address_line1"),
                FieldPanel("address_line2"),
                FieldRowPanel([FieldPanel("city"), FieldPanel("postcode")]),
                FieldPanel("state"),
            ],
            heading="Buyer and delivery address",
        ),
    ],
    base_form_class=OrderForm,
)
