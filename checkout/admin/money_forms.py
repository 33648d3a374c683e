"""Forms in which staff say how much money goes back, and why."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from catalog.fields import RupeeField
from catalog.money import rupees
from checkout import pieces, refunds
from checkout.fields import OneLineField
from checkout.models import Order, OrderLine, Payment
from checkout.papers.sums import invoiced


@dataclass(frozen=True)
class Bought:
    """A line of the order: `each` is what was paid for one piece in paise, and `field` asks how many are refunded."""

    line: OrderLine
    each: int
    field: BoundField | None


class MoneyForm(forms.Form):
    """How much of a payment goes back, and why. `seen_left` keeps a second click from refunding a second time.

    Without a payment, or when less of it is left than Razorpay refunds, there is no amount to ask for.
    """

    use_required_attribute = False
    amount = RupeeField(label="Amount to refund (₹)", error_messages={"required": "Say how much goes back."})
    reason = OneLineField(
        max_length=255,
        help_text="The buyer reads it.",
        error_messages={"required": "Say why: the buyer reads it in the email."},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    seen_left = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, order: Order, payment: Payment | None, **kwargs: Any) -> None:
        left = refunds.refundable(payment) if payment else 0
        kwargs["initial"] = {"amount": left, "seen_left": left}
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = f"At most {rupees(left, always_paise=True)}."
        if left < refunds.SMALLEST:
            del self.fields["amount"]
        elif payment and refunds.is_at_stake(payment):
            label = "The buyer disputes this payment. Refund all the same"
            self.fields["despite_dispute"] = forms.BooleanField(label=label, required=False)
        # A second payment bought no pieces.
        self.order_lines = list(pieces.of(order)) if payment is None or payment.fulfils else []
        self.paid = {row.sku: row.total for row in invoiced(order)}

    def bought(self) -> list[Bought]:
        """Return what the order is made of, for the table above the other fields."""
        names = {line.pk: f"line_{line.pk}" for line in self.order_lines}
        return [
            Bought(line, self.worth(line, 1), self[names[line.pk]] if names[line.pk] in self.fields else None)
            for line in self.order_lines
        ]

    def others(self) -> list[BoundField]:
        """Return the fields that are not for a line."""
        return [field for field in self.visible_fields() if not field.name.startswith("line_")]

    def worth(self, line: OrderLine, quantity: int) -> int:
        """Return how many paise were paid for so many pieces: a discount lowers what each is worth."""
        return self.paid[line.sku] * quantity // line.quantity


class CancelForm(MoneyForm):
    """How much goes back when an order is cancelled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "despite_dispute" in self.fields:
            self.fields["amount"].help_text += " With 0 the dispute decides where the money goes."


class RefundForm(MoneyForm):
    """For which pieces the refund is, and whether they go back on the shelf."""

    field_order = ("restock", "amount", "more_than_pieces", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in self.order_lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=f"Pieces of {line.title} ({line.sku})", min_value=0, max_value=max(line.left, 0), required=False
            )
        if self.order_lines:
            self.fields["restock"] = forms.BooleanField(label="Put these pieces back on the shelf", required=False)
            self.fields["more_than_pieces"] = forms.BooleanField(
                label="Refund more than these pieces cost", required=False, help_text="Shipping, or for the trouble."
            )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Ask, when more goes back than the chosen pieces cost, and when no pieces shall go back on the shelf."""
        data: dict[str, Any] = super().clean() or {}
        chosen = {line: data.get(f"line_{line.pk}") or 0 for line in self.order_lines}
        worth = sum(self.worth(line, quantity) for line, quantity in chosen.items())
        if worth and (data.get("amount") or 0) > worth and not data.get("more_than_pieces"):
            cost = rupees(worth, always_paise=True)
            self.add_error("amount", f"These pieces cost {cost}. Write that, or tick that more goes back.")
        mistyped = any(name.startswith("line_") for name in self.errors)
        if data.get("restock") and not any(chosen.values()) and not mistyped:
            self.add_error("restock", "Say above how many pieces go back on the shelf, or take this tick away.")
        return data

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of `refunds.request`."""
        data = self.cleaned_data
        lines = {line.pk: data.get(f"line_{line.pk}") or 0 for line in self.order_lines}
        return {
            "amount": data["amount"],
            "reason": data["reason"],
            "seen_left": data["seen_left"],
            "lines": {pk: quantity for pk, quantity in lines.items() if quantity},
            "restock": data.get("restock", False),
            "despite_dispute": data.get("despite_dispute", False),
        }
