"""Pages on which staff with the refund permission move money: a refund, and the cancellation of a paid order."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from catalog.money import RUPEE, exact
from checkout import cancelling, ledger, refunds
from checkout.admin import policy
from checkout.admin.acts import way_back
from checkout.admin.money_forms import CancelForm, MoneyForm, RefundForm
from checkout.models import Order, Payment, Refund
from checkout.models.refund import RefundOrigin
from checkout.orders import IllegalMove
from checkout.refunds import RefundRefused
from checkout.status import RefundStatus


class MoneyView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """Ask on GET, act on POST."""

    permission_policy = policy.ORDERS
    permission_required = "refund"
    template_name = "checkout/admin/money.html"
    header_icon = "resubmit"
    form_class: type[MoneyForm] = MoneyForm
    question = ""
    way_out = ""
    tells = ""
    order: Order
    payment: Payment | None

    def find(self) -> Payment | None:
        """Return the payment that it is about."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form, or say why there is nothing to do."""
        self._look(pk)
        if not self.is_open():
            return self._refuse(self.closed_text())
        return self._page(self.form_class(order=self.order, payment=self.payment))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, unless the form has errors or the rules say no."""
        self._look(pk)
        if not self.is_open():
            return self._refuse(self.closed_text())
        form = self.form_class(request.POST, order=self.order, payment=self.payment)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            refund = self.perform(form)
        except (RefundRefused, IllegalMove) as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        if refund:
            tell(request, refund)
        return redirect("orders:inspect", self.order.pk)

    def is_open(self) -> bool:
        """Tell whether the order is in a state in which this can be done."""
        raise NotImplementedError

    def closed_text(self) -> str:
        """Return why it cannot be done."""
        raise NotImplementedError

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
        return [*self.breadcrumbs_items, *way_back(self.request, self.order, self.question)]

    def _look(self, pk: int) -> None:
        self.order = get_object_or_404(Order, pk=pk)
        self.payment = self.find()

    def _page(self, form: MoneyForm, status: int = 200) -> HttpResponse:
        words = {"question": self.question, "way_out": self.way_out, "tells": self.tells}
        context = self.get_context_data(order=self.order, payment=self.payment, form=form, **words)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response

    def _refuse(self, text: str) -> HttpResponse:
        messages.warning(self.request, f"{text} Nothing changed.")
        return redirect("orders:inspect", self.order.pk)


class RefundView(MoneyView):
    """Refund a payment of an order, in whole or in part."""

    form_class = RefundForm
    question = "Refund"
    way_out = "Keep the payment"

    def find(self) -> Payment | None:
        """Return the payment that was asked for, or the only one of which anything is left."""
        left = [payment for payment in self._in_rupees() if refunds.refundable(payment) >= refunds.SMALLEST]
        wanted = self.request.GET.get("payment", str(left[0].pk) if len(left) == 1 else "")
        return next((payment for payment in left if str(payment.pk) == wanted), None)

    def is_open(self) -> bool:
        """Tell whether there is something to refund."""
        return self.payment is not None

    def closed_text(self) -> str:
        """Return why there is nothing."""
        if "payment" in self.request.GET:
            return "Nothing of this payment is left to refund here."
        if any(refunds.refundable(payment) >= refunds.SMALLEST for payment in self._in_rupees()):
            return f"{self.order.number} has several payments: choose the one to refund."
        return f"Nothing of {self.order.number} is left to refund."

    def _in_rupees(self) -> QuerySet[Payment]:
        # Other money never pays an order: its case refunds all of it, so that nobody types an amount of it.
        return self.order.payments.filter(currency=RUPEE).order_by("pk")

    def perform(self, form: Any) -> Refund | None:
        """Ask for the refund and have it made."""
        assert self.payment is not None  # noqa: S101 - `post` has looked.
        user: Any = self.request.user
        refund = refunds.request(payment_id=self.payment.pk, user=user, **form.wanted())
        log(instance=self.order, action="checkout.refund", user=user)
        return refunds.send(refund.pk)


class CancelView(MoneyView):
    """Cancel a paid order before dispatch, or an unpaid one that holds its cars and cannot expire."""

    form_class = CancelForm
    question = "Cancel order"
    way_out = "Keep the order"
    tells = "It cannot be taken back. Pieces that are not refunded go on sale again."
    header_icon = "cross"

    def find(self) -> Payment | None:
        """Return the payment that pays the order; a free order has none."""
        return self.order.payments.filter(fulfils=True).first()

    def is_open(self) -> bool:
        """Tell whether the parcel is still here, or the order is stuck."""
        return self.order.status in cancelling.BOUGHT_AND_HERE or cancelling.is_stuck(self.order)

    def closed_text(self) -> str:
        """Return why it cannot be cancelled."""
        return f"{self.order.number} cannot be cancelled: it is {self.order.get_status_display().lower()}."

    def perform(self, form: Any) -> Refund | None:
        """Cancel the order, and have the refund made that goes with it."""
        data = form.cleaned_data
        user: Any = self.request.user
        if cancelling.is_stuck(self.order):
            cancelling.cancel_stuck(self.order.pk, reason=data["reason"], user=user)
        else:
            cancelling.cancel_bought(
                self.order.pk,
                reason=data["reason"],
                amount=data.get("amount"),
                user=user,
                despite_dispute=data.get("despite_dispute", False),
                seen_left=data["seen_left"],
            )
        log(instance=self.order, action="checkout.cancel", user=user)
        messages.success(self.request, f"{self.order.number} is cancelled.")
        asked = Refund.objects.filter(payment=self.payment, status=RefundStatus.REQUESTED).last()
        return refunds.send(asked.pk) if asked else None


def tell(request: HttpRequest, refund: Refund) -> None:
    """Say what came of a refund."""
    amount = exact(refund.amount, refund.payment.currency)
    if refund.status == RefundStatus.FAILED:
        text = f"The refund of {amount} was not made: {refund.error} It waits under Attention."
        messages.error(request, text)
    elif refund.status == RefundStatus.REQUESTED:
        messages.warning(request, f"Razorpay did not answer. The refund of {amount} is made as soon as it does.")
    else:
        of = f" of {refund.payment.order.number}" if refund.payment.order else ""
        messages.success(request, f"{amount}{of} is on its way back to the buyer.")


def buttons(order: Order, user: Any) -> list[tuple[str, str, str]]:
    """Return label, address and icon of what this person can do with the money of an order now."""
    if not policy.ORDERS.user_has_permission(user, "refund"):
        return []
    found = []
    left = [payment for payment in order.payments.all() if payment.currency == RUPEE and _seems_left(payment)]
    for payment in left:
        label = "Refund" if len(left) == 1 else f"Refund {payment.razorpay_payment_id}"
        found.append((label, f"{reverse('orders:refund', args=[order.pk])}?payment={payment.pk}", "resubmit"))
    if order.status in cancelling.BOUGHT_AND_HERE or cancelling.is_stuck(order):
        found.append(("Cancel order", reverse("orders:cancel", args=[order.pk]), "cross"))
    return found


def _seems_left(payment: Payment) -> bool:
    """Tell from what is read already whether anything may be left to refund; the page itself counts under the lock."""
    kept = ledger.kept_of((entry.kind, entry.amount) for entry in payment.entries.all())
    believed = (refund for refund in payment.refunds.all() if refund.origin != RefundOrigin.AUTO)
    return refunds.left(kept, ((refund.status, refund.amount) for refund in believed)) >= refunds.SMALLEST
