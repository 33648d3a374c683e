"""The forms in which staff change an order by hand: note and parcel, and name and address.

Status and money have no field here, so that no form can bring an old one back.
"""

import json
from typing import Any, ClassVar

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList

from catalog.states import state_name, usual_state
from checkout.admin.acts import CarrierInput
from checkout.admin.edits import DELIVERY_FIELDS, STAFF_FIELDS, why_state_stays
from checkout.fields import MailField, MobileField, OneLineField, PinField


class OrderForm(WagtailAdminModelForm):
    """Fields of an order of which only those that this person changed are written.

    `loaded` carries what the person saw. So a field that they left alone is never written, whoever changed it
    meanwhile, and a field that two people changed is not overwritten without a word.
    """

    data: Any
    names: ClassVar[tuple[str, ...]] = ()
    loaded = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Kept before validation writes what was typed into the instance.
        self.current = {name: _plain(getattr(self.instance, name)) for name in self.names}
        self.changes: dict[str, str] = {}
        self.fields["loaded"].initial = json.dumps(self.current)

    def clean(self) -> dict[str, Any]:
        """Find out what this person changed. A field that somebody else changed too is an error."""
        cleaned: dict[str, Any] = super().clean()
        seen = self._seen()
        for name in self.names:
            if name not in cleaned:
                continue
            value = _plain(cleaned[name])
            if value in (seen[name], self.current[name]):
                continue
            if seen[name] != self.current[name]:
                text = f"Meanwhile somebody changed this to “{self.current[name]}”. Save again to replace it."
                self.add_error(name, text)
            else:
                self.changes[name] = value
        self.look_closer(cleaned)
        if self.errors:
            # From here on the person has seen what stands there now.
            self._remember("loaded", json.dumps(self.current))
        return cleaned

    def look_closer(self, cleaned: dict[str, Any]) -> None:
        """Add the errors of this form's own fields, once `changes` is known."""

    def _remember(self, name: str, value: str) -> None:
        self.data = {**dict(self.data.items()), name: value}

    def _seen(self) -> dict[str, str]:
        try:
            seen = json.loads(self.data.get("loaded", ""))
        except (ValueError, RecursionError):
            seen = None
        if not isinstance(seen, dict):
            return self.current
        return {name: str(seen.get(name, self.current[name])) for name in self.names}


class ParcelForm(OrderForm):
    """Note for staff, and parcel."""

    names = STAFF_FIELDS
    carrier = OneLineField(max_length=60, required=False, widget=CarrierInput)
    tracking_number = OneLineField(max_length=60, required=False)


class AddressForm(OrderForm):
    """Name and address. A PIN code that seems to be of another state is asked about once, as at the checkout."""

    names = DELIVERY_FIELDS
    full_name = OneLineField(max_length=100)
    phone = MobileField(max_length=30, label="Mobile number")
    email = MailField(label="Email")
    address_line1 = OneLineField(max_length=150, label="Flat, house number, street")
    address_line2 = OneLineField(max_length=150, label="Area, landmark", required=False)
    city = OneLineField(max_length=80, label="Town or city")
    postcode = PinField(max_length=12, label="PIN code")
    doubted = forms.CharField(required=False, widget=forms.HiddenInput)

    def look_closer(self, cleaned: dict[str, Any]) -> None:
        """Keep an invoiced order in its state, and doubt a PIN code that was not doubted before."""
        if "state" in self.changes and (reason := why_state_stays(self.instance)):
            self.add_error("state", reason)
        postcode, state = cleaned.get("postcode", ""), cleaned.get("state", "")
        usual, pair = usual_state(postcode), f"{postcode} {state}"
        is_new = "postcode" in self.changes or "state" in self.changes
        if is_new and usual and state and usual != state and cleaned.get("doubted") != pair:
            self._remember("doubted", pair)
            text = f"PIN code {postcode} usually belongs to {state_name(usual)}, not to {state_name(state)}."
            self.add_error("postcode", f"{text} Check both; save again to keep them.")


def _plain(value: str) -> str:
    # Browsers post line ends as CR LF.
    return value.replace("\r\n", "\n").strip()


PARCEL_PANELS = ObjectList(
    [
        FieldPanel("staff_note", help_text="Only colleagues see it."),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("carrier"), FieldPanel("tracking_number")])],
            heading="Parcel",
        ),
    ],
    base_form_class=ParcelForm,
)
ADDRESS_PANELS = ObjectList(
    [
        FieldPanel("full_name"),
        FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
        FieldPanel("address_line1"),
        FieldPanel("address_line2"),
        FieldRowPanel([FieldPanel("city"), FieldPanel("postcode")]),
        FieldPanel("state"),
    ],
    base_form_class=AddressForm,
)
