"""The scene of verbs about one order: set anew for each merge, and told afterwards in a few words."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from catalog import stock
from catalog.models import Stock, StockMovement, Variant
from checkout import attempts, cancelling, orders, payments, refunds
from checkout.facts import payment_facts
from checkout.models import (
    AttentionCase,
    InvoiceSeries,
    LedgerEntry,
    Order,
    OrderEvent,
    OutboxEmail,
    Payment,
    Refund,
)
from tests.checkout import reports
from tests.checkout.orders import SKU, cart_with, make_overdue, opened, place
from tests.programs import Simulator

VERBS = ["place", "verify", "capture", "fail", "expire", "cancel", "refund"]
SIDES = "abc"
ASK_RAZORPAY = {"verify", "refund"}


class Scene:
    """One order that holds a car and is overdue, `free` more cars of that model, and rivals with one in the cart.

    A bystander's order holds a car of the model too: a car that is released or sold twice is his. Where a refund is
    asked for, the order has been paid before.
    """

    def __init__(self, verbs: Sequence[str], simulator: Simulator, *, free: int = 0, is_late: bool = False) -> None:
        self.verbs = verbs
        self.variant = Variant.objects.get(sku=SKU)
        leave_free(self.variant, 4)
        self.rivals = {side: cart_with(self.variant) for side, verb in enumerate(verbs) if verb == "place"}
        place(cart_with(self.variant))
        self.order = place(cart_with(self.variant))
        if ASK_RAZORPAY.intersection(verbs):
            self.attempt = attempts.open_payment(self.order)
            self.triple = reports.pay(simulator, str(self.attempt.razorpay_order_id))
        else:
            self.attempt = opened(self.order)
            self.triple = reports.triple(str(self.attempt.razorpay_order_id), f"pay_{self.order.pk:014d}")
        if "refund" in verbs:
            self._capture(0)
            self.order.refresh_from_db()
        make_overdue(self.order)
        if is_late:
            orders.expire(self.order.pk, now=timezone.now())
        leave_free(self.variant, free)

    def acts(self) -> dict[str, Callable[[], Any]]:
        """Return what the sides `a`, `b` and so on do."""
        return {
            name: partial(self._act, verb, side)
            for side, (name, verb) in enumerate(zip(SIDES, self.verbs, strict=False))
        }

    def outcome(self) -> str:
        """Tell what came of the order, of its money and of the rivals."""
        order = Order.objects.get(pk=self.order.pk)
        mails = OutboxEmail.objects.filter(order=order).order_by("kind", "pk").values_list("kind", flat=True)
        returned = Refund.objects.filter(payment__order=order)
        words = [
            str(order.status),
            f"paid {OrderEvent.objects.filter(order=order, status='paid').count()}x",
            f"mails {'+'.join(mails)}",
            *sorted(f"payment {p.status}{' fulfils' if p.fulfils else ''}" for p in order.payments.all()),
            *sorted(f"refund of {refund.amount} by {refund.origin} {refund.status}" for refund in returned),
            *sorted(f"case {case.kind}" for case in AttentionCase.objects.filter(order=order)),
            *sorted(f"rival {rival.status}" for rival in Order.objects.filter(cart__in=self.rivals.values())),
        ]
        return ", ".join(words)

    def _act(self, verb: str, side: int) -> Any:
        return getattr(self, f"_{verb}")(side)

    def _place(self, side: int) -> bool:
        try:
            # Orders of one mobile number would wait for each other.
            place(self.rivals[side], phone=f"+91987654330{side}")
        except stock.OutOfStock:
            return False
        return True

    def _verify(self, side: int) -> None:
        payments.verify(**{name.removeprefix("razorpay_"): value for name, value in self.triple.items()})

    def _capture(self, side: int) -> None:
        self._report("captured")

    def _second(self, side: int) -> None:
        self._report("captured", f"pay_S{self.order.pk:013d}")

    def _fail(self, side: int) -> None:
        self._report("failed")

    def _expire(self, side: int) -> bool:
        return orders.expire(self.order.pk, now=timezone.now())

    def _cancel(self, side: int) -> bool:
        """Cancel as the buyer does, who has seen an open order, or a paid one where a refund is asked for."""
        if "refund" in self.verbs:
            return cancelling.cancel_for_buyer(self.order)
        return orders.cancel(self.order.pk, text="")

    def _refund(self, side: int) -> bool:
        """Give all of the money and the car back, as staff does."""
        payment = Payment.objects.get(order=self.order, fulfils=True)
        lines = {line.pk: line.quantity for line in self.order.lines.all()}
        try:
            refund = refunds.request(payment_id=payment.pk, amount=payment.amount, reason="", lines=lines, restock=True)
        except refunds.RefundRefused:
            return False
        refunds.send(refund.pk)
        return True

    def _report(self, status: str, payment_id: str = "") -> None:
        entity = reports.payment_entity(
            self.attempt, status=status, id=payment_id or self.triple["razorpay_payment_id"]
        )
        payments.record(payment_facts(entity))


def start_anew() -> None:
    """Forget every order, and every movement of stock."""
    tables = [model._meta.db_table for model in (Order, Payment, StockMovement, AttentionCase)]
    books = [model._meta.db_table for model in (Order, Refund, LedgerEntry, StockMovement)]
    # The books refuse this to everybody else.
    statements = [
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in books),
        f"TRUNCATE {', '.join(tables)} CASCADE",
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in books),
    ]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements))
    InvoiceSeries.objects.update(last_number=0)
    Stock.objects.update(on_hand=0, reserved=0)


def leave_free(variant: Variant, free: int) -> None:
    """Let so many pieces be on hand and not held."""
    found = Stock.objects.get(variant=variant)
    stock.adjust(variant=variant, quantity=free - found.available, reason="the next scene")
