"""The form in which a person says what is decided about a case."""

from typing import Any

from django import forms

from checkout import refunds
from checkout.admin import decisions
from checkout.fields import OneLineField
from checkout.models import AttentionCase


class ResolutionForm(forms.Form):
    """What was decided, and in which words."""

    use_required_attribute = False
    decision = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose what happens.", "invalid_choice": "Choose again."}
    )
    order = OneLineField(label="Order number", max_length=20, required=False, help_text="Such as CG26-10042.")
    resolution = OneLineField(
        label="In your words",
        max_length=255,
        help_text="Such as Refunded in Razorpay's dashboard on 3 March, the buyer knows.",
        error_messages={"required": "Say what was decided: your colleagues read it later."},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    despite_dispute = forms.BooleanField(label="The buyer disputes this payment. Refund all the same", required=False)
    may_return = forms.BooleanField(
        label="If the order takes no money, send it back to the payer at once",
        required=False,
        help_text="An order that is paid or cancelled takes none, nor does one whose cars are sold by now.",
    )
    despite_later = forms.BooleanField(label="Refund this on top of what went back since", required=False)

    def __init__(self, *args: Any, case: AttentionCase, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [name for name, _label in choices]
        moves_money = not decisions.BACK.isdisjoint(names)
        if not (moves_money and case.payment and refunds.is_at_stake(case.payment)):
            del self.fields["despite_dispute"]
        if later := decisions.came_later(case) if moves_money else "":
            self.fields["despite_later"].help_text = later
        else:
            del self.fields["despite_later"]
        if "link" not in names:
            del self.fields["order"], self.fields["may_return"]
        if moves_money and decisions.refund_of(case) is None:
            self.fields["resolution"].help_text += " When you refund, the buyer reads it too."
        field: Any = self.fields["decision"]
        field.choices = choices
        if names == [decisions.CLOSE]:
            field.initial, field.required, field.widget = decisions.CLOSE, False, forms.HiddenInput()

    def ticks(self) -> decisions.Ticks:
        """Return what the person wants all the same."""
        return decisions.Ticks(**{name: self.cleaned_data.get(name, False) for name in decisions.TICKS})

    def chosen(self) -> str:
        """Return the name of what was chosen."""
        return str(self.cleaned_data["decision"] or decisions.CLOSE)
