"""Pages on which staff with the refund permission move money: a refund, and the cancellation of a paid order."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from catalog.fields import RupeeField
from catalog.money import rupees
from checkout import cancelling, refunds
from checkout.admin import policy
from checkout.forms import OneLineField
from checkout.models import Order, OrderLine, Payment, Refund
from checkout.models.ledger import EntryKind
from checkout.orders import IllegalMove
from checkout.refunds import RefundRefused
from checkout.status import RefundStatus


class CancelForm(forms.Form):
    """How much of the money goes back, and why. `seen_left` keeps a second click from refunding a second time."""

    use_required_attribute = False
    amount = RupeeField(label="Amount to refund (₹)")
    reason = OneLineField(
        max_length=255,
        help_text="The buyer reads it.",
        error_messages={"required": "Say why: the buyer reads it in the email."},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    seen_left = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        left = refunds.refundable(payment)
        kwargs["initial"] = {"amount": left, "seen_left": left}
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = f"At most {rupees(left, always_paise=True)}."


class RefundForm(CancelForm):
    """For which pieces the refund is, and whether they go back on the shelf."""

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, payment=payment, **kwargs)
        self.order_lines = list(payment.order.lines.all()) if payment.order else []
        for line in self.order_lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=f"Pieces of {line.title} ({line.sku})", min_value=0, max_value=_left_of(line), required=False
            )
        if self.order_lines and payment.fulfils:
            self.fields["restock"] = forms.BooleanField(label="Put these pieces back on the shelf", required=False)
        if payment.disputes.exclude(status__in=["won", "closed"]).exists():
            label = "The buyer disputes this payment. Refund all the same"
            self.fields["despite_dispute"] = forms.BooleanField(label=label, required=False)

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


class MoneyView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """Ask on GET, act on POST."""

    permission_policy = policy.ORDERS
    permission_required = "refund"
    template_name = "checkout/admin/money.html"
    header_icon = "resubmit"
    form_class: type[CancelForm] = CancelForm
    question = ""
    order: Order
    payment: Payment | None

    def find(self, pk: int) -> Payment | None:
        """Find the order, and return the payment that was asked for or the first of which anything is left."""
        self.order = get_object_or_404(Order, pk=pk)
        wanted = self.request.GET.get("payment", "")
        found = [
            payment for payment in self.order.payments.order_by("-fulfils", "pk") if refunds.refundable(payment) > 0
        ]
        return next((payment for payment in found if str(payment.pk) == wanted), found[0] if found else None)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form, or say why there is nothing to do."""
        self.payment = self.find(pk)
        if self.payment is None or not self.is_open():
            return self._refuse(self.closed_text())
        return self._page(self.form_class(payment=self.payment))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, unless the form has errors or the rules say no."""
        self.payment = self.find(pk)
        if self.payment is None or not self.is_open():
            return self._refuse(self.closed_text())
        form = self.form_class(request.POST, payment=self.payment)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            refund = self.perform(form)
        except (RefundRefused, IllegalMove) as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        tell(request, self.order, refund)
        return redirect("orders:inspect", self.order.pk)

    def is_open(self) -> bool:
        """Tell whether the order is in a state in which this can be done."""
        return True

    def closed_text(self) -> str:
        """Return why it cannot be done."""
        return f"Nothing of {self.order.number} is left to refund."

    def perform(self, form: Any) -> Refund | None:
        """Do it and return the refund. Raises RefundRefused and IllegalMove."""
        raise NotImplementedError

    def get_page_title(self) -> str:
        """Return the words of the button."""
        return self.question

    def get_page_subtitle(self) -> str:
        """Return which order it is about."""
        return self.order.number

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way back to the order."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("orders:list"), "label": "Orders"},
            {"url": reverse("orders:inspect", args=[self.order.pk]), "label": self.order.number},
            {"url": "", "label": self.question, "sublabel": self.order.number},
        ]

    def _page(self, form: CancelForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(order=self.order, payment=self.payment, form=form, question=self.question)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response

    def _refuse(self, text: str) -> HttpResponse:
        messages.warning(self.request, f"{text} Nothing changed.")
        return redirect("orders:inspect", self.order.pk)


class RefundView(MoneyView):
    """Refund a payment of an order, in whole or in part."""

    form_class = RefundForm
    question = "Refund"

    def perform(self, form: Any) -> Refund | None:
        """Ask for the refund and have it made."""
        assert self.payment is not None  # noqa: S101 - `post` has looked.
        user: Any = self.request.user
        refund = refunds.request(payment_id=self.payment.pk, user=user, **form.wanted())
        log(instance=self.order, action="checkout.refund", user=user)
        return refunds.send(refund.pk)


class CancelView(MoneyView):
    """Cancel a paid order before dispatch."""

    question = "Cancel order"
    header_icon = "cross"

    def is_open(self) -> bool:
        """Tell whether the parcel is still here."""
        return self.order.status in cancelling.BOUGHT_AND_HERE

    def closed_text(self) -> str:
        """Return why it cannot be cancelled."""
        return f"{self.order.number} cannot be cancelled: it is {self.order.get_status_display().lower()}."

    def perform(self, form: Any) -> Refund | None:
        """Cancel the order, and have the refund made that goes with it."""
        data = form.cleaned_data
        cancelling.cancel_bought(
            self.order.pk,
            reason=data["reason"],
            amount=data["amount"],
            user=self.request.user,  # type: ignore[arg-type]
        )
        log(instance=self.order, action="checkout.cancel", user=self.request.user)
        asked = Refund.objects.filter(payment=self.payment, status=RefundStatus.REQUESTED).last()
        return refunds.send(asked.pk) if asked else None


def tell(request: HttpRequest, order: Order, refund: Refund | None) -> None:
    """Say what came of a refund."""
    if refund is None:
        messages.success(request, f"{order.number} is cancelled.")
        return
    amount = rupees(refund.amount, always_paise=True)
    if refund.status == RefundStatus.FAILED:
        messages.error(request, f"Razorpay did not make the refund of {amount}: {refund.error}")
    elif refund.status == RefundStatus.REQUESTED:
        messages.warning(request, f"Razorpay did not answer. The refund of {amount} is made as soon as it does.")
    else:
        messages.success(request, f"{amount} of {order.number} is on its way back to the buyer.")


def buttons(order: Order, user: Any) -> list[tuple[str, str, str]]:
    """Return label, address and icon of what this person can do with the money of an order now."""
    if not policy.ORDERS.user_has_permission(user, "refund"):
        return []
    found = []
    if any(_seems_left(payment) for payment in order.payments.all()):
        found.append(("Refund", reverse("orders:refund", args=[order.pk]), "resubmit"))
        if order.status in cancelling.BOUGHT_AND_HERE:
            found.append(("Cancel order", reverse("orders:cancel", args=[order.pk]), "cross"))
    return found


def _seems_left(payment: Payment) -> bool:
    """Tell from what is read already whether anything may be left to refund; the page itself counts under the lock."""
    captured = sum(entry.amount for entry in payment.entries.all() if entry.kind == EntryKind.CAPTURE)
    return refunds.left(captured, ((refund.status, refund.amount) for refund in payment.refunds.all())) > 0


def _left_of(line: OrderLine) -> int:
    taken = line.refund_lines.exclude(refund__status=RefundStatus.FAILED).values_list("quantity", flat=True)
    return line.quantity - sum(taken)
