"""Forms in which staff say how much money goes back, and why."""

from typing import Any

from django import forms

from catalog.fields import RupeeField
from catalog.money import rupees
from checkout import pieces, refunds
from checkout.fields import OneLineField
from checkout.models import Order, OrderLine, Payment
from checkout.papers.sums import invoiced


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

    def __init__(self, *args: Any, payment: Payment | None, **kwargs: Any) -> None:
        left = refunds.refundable(payment) if payment else 0
        kwargs["initial"] = {"amount": left, "seen_left": left}
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = f"At most {rupees(left, always_paise=True)}."
        if left < refunds.SMALLEST:
            del self.fields["amount"]
        elif payment and refunds.is_at_stake(payment):
            label = "The buyer disputes this payment. Refund all the same"
            self.fields["despite_dispute"] = forms.BooleanField(label=label, required=False)


class CancelForm(MoneyForm):
    """How much goes back when an order is cancelled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "despite_dispute" in self.fields:
            self.fields["amount"].help_text += " With 0 the dispute decides where the money goes."


class RefundForm(MoneyForm):
    """For which pieces the refund is, and whether they go back on the shelf."""

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, payment=payment, **kwargs)
        # A second payment bought no pieces.
        order: Order | None = payment.order if payment.fulfils else None
        self.order_lines = list(pieces.of(order)) if order else []
        self.paid = {row.sku: row.total for row in invoiced(order)} if order else {}
        for line in self.order_lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=f"Pieces of {line.title} ({line.sku})", min_value=0, max_value=max(line.left, 0), required=False
            )
        if self.order_lines:
            self.fields["restock"] = forms.BooleanField(label="Put these pieces back on the shelf", required=False)
            self.fields["more_than_pieces"] = forms.BooleanField(
                label="Refund more than these pieces cost", required=False, help_text="Shipping, or for the trouble."
            )

    def clean(self) -> dict[str, Any]:
        """Ask, when more goes back than the chosen pieces cost."""
        data: dict[str, Any] = super().clean() or {}
        worth = sum(self._worth(line, data.get(f"line_{line.pk}") or 0) for line in self.order_lines)
        if worth and (data.get("amount") or 0) > worth and not data.get("more_than_pieces"):
            cost = rupees(worth, always_paise=True)
            self.add_error("amount", f"These pieces cost {cost}. Write that, or tick that more goes back.")
        return data

    def _worth(self, line: OrderLine, pieces: int) -> int:
        """Return how many paise were paid for so many pieces: a discount lowers what each is worth."""
        return self.paid[line.sku] * pieces // line.quantity

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
