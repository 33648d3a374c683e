"""A life of the shop: everything that buyers, staff, banks, the network and the clock can do, in any order."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from catalog import stock
from catalog.models import Variant
from checkout import attempts, cancelling, holding, orders, payments, reconciliation
from checkout import cart as carts
from checkout import refunds as refunding
from checkout.admin import decisions
from checkout.cart import NotEnough
from checkout.gateway import GatewayError
from checkout.models import AttentionCase, Order, Payment, RazorpayOrder
from checkout.open_orders import TooManyOpen
from checkout.placing import OrderRefused
from checkout.status import BOUGHT, OrderStatus
from tests.checkout.orders import cart_with, place
from tests.checkout.reports import triple
from tests.proofs.life import Ground, pick
from webhooks import catching_up, handlers, inbox

CODES: dict[str, dict[str, Any]] = {
    "TENTH": {"percent": 10, "limit_per_person": None},
    "ONCE": {"percent": None, "kind": "amount", "amount": 50_001, "limit": 1},
    "PARCEL": {"percent": None, "kind": "free_delivery"},
}
SKUS = {"CG43-TX-0001": 1, "CG43-TX-0002": 3, "CG43-TX-0003": 6}
# What may be refused in words without anything being wrong.
REFUSALS = (
    GatewayError,
    attempts.NotPayable,
    orders.IllegalMove,
    refunding.RefundRefused,
    OrderRefused,
    NotEnough,
    stock.OutOfStock,
    TooManyOpen,
)
BANKS_TAKE = reconciliation.RETURNED_REFUNDS - timedelta(days=2)
PICK = st.integers(0, 11)
PART = st.integers(1, 4)


def staff() -> Any:
    """Return the person who decides."""
    return get_user_model().objects.get_or_create(username="asha", defaults={"is_superuser": True})[0]


class Life(Ground):
    """One life with all that may happen in it."""

    # Buyers.

    @initialize(sku=st.sampled_from(sorted(SKUS)), is_paid=st.sampled_from([True, True, False]))
    def first_order(self, sku: str, is_paid: bool) -> None:
        """There is something to begin with, and mostly it is paid."""
        self.order(sku, 1)
        if is_paid:
            self.pay(0, "success", "refused", {})
            self.ask(0)

    @rule(sku=st.sampled_from(sorted(SKUS)), quantity=st.integers(1, 2), code=st.sampled_from(["", "", *CODES]))
    def order(self, sku: str, quantity: int, code: str = "") -> None:
        """Somebody checks out, perhaps with a code."""
        self.buyers += 1
        with suppress(*REFUSALS):
            cart = cart_with(Variant.objects.get(sku=sku), quantity)
            carts.use_coupon(cart, code)
            attempts.open_payment(place(cart, phone=f"+9198765{self.buyers:05d}"))

    @rule(at=PICK)
    def press_pay(self, at: int) -> None:
        """Somebody opens the payment window."""
        if order := pick(Order.objects.all(), at):
            with suppress(*REFUSALS):
                holding.extend(order, now=timezone.now())
                attempts.open_payment(order)

    @rule(
        at=PICK,
        outcome=st.sampled_from(["success", "success", "success", "authorized", "failure", "late", "upi_retry"]),
        second=st.sampled_from(["refused", "refunded", "captured"]),
        unusual=st.sampled_from([{}, {}, {}, {"discount": 5_000}, {"customer_bears_fee": True}]),
    )
    def pay(self, at: int, outcome: str, second: str, unusual: dict[str, Any]) -> None:
        """Somebody pays, in time or late, once or again."""
        if attempt := pick(RazorpayOrder.objects.exclude(razorpay_order_id=None), at):
            self.paid += 1
            order_id = attempt.razorpay_order_id
            self.razorpay.control("pay", order_id=order_id, outcome=outcome, second=second, **unusual)

    @rule(amount=st.sampled_from([100, 189_900, 199_800]), is_link=st.booleans())
    def pay_for_nothing(self, amount: int, is_link: bool) -> None:
        """Somebody pays what belongs to no order."""
        self.paid += 1
        self.razorpay.control("pay", amount=amount, link=is_link)

    @precondition(lambda self: self.paid)
    @rule(at=PICK)
    def return_from_the_window(self, at: int) -> None:
        """The browser tells of a payment that went well."""
        done = [doc for doc in self.razorpay.known("payment") if doc["order_id"] and doc["status"] != "failed"]
        if done:
            doc = done[at % len(done)]
            signature = triple(doc["order_id"], doc["id"])["razorpay_signature"]
            with suppress(payments.BadSignature):
                payments.verify(order_id=doc["order_id"], payment_id=doc["id"], signature=signature)

    @rule(at=PICK)
    def change_ones_mind(self, at: int) -> None:
        """The buyer cancels."""
        if order := pick(Order.objects.all(), at):
            with suppress(*REFUSALS):
                cancelling.cancel_for_buyer(order)

    # Razorpay and the network.

    @precondition(lambda self: self.paid)
    @rule(at=PICK, back=st.booleans())
    def hear(self, at: int, back: bool) -> None:
        """A webhook comes: for the first time or again, in order or not. Others never come."""
        if bodies := self.razorpay.bodies():
            body = bodies[-1 - at % len(bodies) if back else at % len(bodies)]
            event, _is_new = inbox.store(body, "evt")
            outcome = inbox.apply(event)
            event.refresh_from_db()
            # The inbox keeps what goes wrong to itself.
            assert outcome not in inbox.OPEN, event.error

    @precondition(lambda self: self.paid)
    @rule(at=PICK)
    def hear_in_other_words(self, at: int) -> None:
        """The same report comes in other bytes, so that only what it says can tell that it is known."""
        if bodies := self.razorpay.bodies():
            handlers.handle(bodies[at % len(bodies)] + b" ")

    @rule(what=st.sampled_from(["request", "answer"]), calls=st.integers(0, 2))
    def lose(self, what: str, calls: int) -> None:
        """One of the next calls to Razorpay gets lost."""
        self.razorpay.lost.extend([""] * calls + [what])

    @precondition(lambda self: self.paid)
    @rule(at=PICK, status=st.sampled_from(["processed", "failed"]))
    def decide_refund(self, at: int, status: str) -> None:
        """A bank takes a refund, or sends it back, within the weeks in which the shop looks."""
        oldest = timezone.now().timestamp() - BANKS_TAKE.total_seconds()
        if docs := [doc for doc in self.razorpay.known("refund") if doc["created_at"] > oldest]:
            self.razorpay.control("decide_refund", refund_id=docs[at % len(docs)]["id"], status=status)

    @rule(outcome=st.sampled_from(["processed", "pending", "processed_then_failed"]))
    def banks_change(self, outcome: str) -> None:
        """From now on refunds end at once, or later, or not."""
        self.razorpay.control("switches", refunds=outcome, refund_seconds=600)

    @precondition(lambda self: self.paid)
    @rule(at=PICK, part=PART)
    def refund_in_the_dashboard(self, at: int, part: int) -> None:
        """Somebody refunds without the shop."""
        if docs := self.razorpay.known("payment"):
            doc = docs[at % len(docs)]
            self.razorpay.control("refund", payment_id=doc["id"], amount=max(doc["amount"] * part // 4, 1))

    @precondition(lambda self: self.paid)
    @rule(at=PICK, status=st.sampled_from(["under_review", "won", "lost", "closed"]))
    def dispute(self, at: int, status: str) -> None:
        """A buyer goes to his bank, or the bank decides."""
        open_ones = [doc for doc in self.razorpay.known("dispute") if doc["status"] in ("open", "under_review")]
        captured = [doc for doc in self.razorpay.known("payment") if doc["captured"]]
        if open_ones:
            self.razorpay.control("move_dispute", dispute_id=open_ones[at % len(open_ones)]["id"], status=status)
        elif captured:
            self.razorpay.control("dispute", payment_id=captured[at % len(captured)]["id"])

    # Staff.

    @precondition(lambda self: self.paid)
    @rule(at=PICK, status=st.sampled_from([OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED]))
    def send_parcel(self, at: int, status: OrderStatus) -> None:
        """Staff pack and ship."""
        if order := pick(Order.objects.filter(status__in=BOUGHT), at):
            with suppress(*REFUSALS):
                orders.advance(order.pk, status, user=staff())

    @precondition(lambda self: self.paid)
    @rule(at=PICK, part=PART, pieces=st.sampled_from(["none", "broken", "restocked"]), despite=st.booleans())
    def refund(self, at: int, part: int, pieces: str, despite: bool) -> None:
        """Staff refund a part, the whole, or far too much, with pieces or without."""
        if payment := pick(Payment.objects.filter(fulfils=True), at):
            lines = {line.pk: 1 for line in payment.order.lines.all()} if payment.order and pieces != "none" else {}
            with suppress(*REFUSALS):
                refunding.request(
                    payment_id=payment.pk,
                    amount=payment.amount * part // 3,
                    reason="broken",
                    user=staff(),
                    lines=lines,
                    restock=pieces == "restocked",
                    despite_dispute=despite,
                )

    @precondition(lambda self: self.paid)
    @rule()
    def send_refunds(self) -> None:
        """What was asked for is made."""
        refunding.send_waiting()

    @precondition(lambda self: self.paid)
    @rule(at=PICK, part=PART)
    def cancel_bought(self, at: int, part: int) -> None:
        """Staff cancel what was paid, and keep a part of the money or none."""
        if order := pick(Order.objects.filter(status__in=BOUGHT), at):
            with suppress(*REFUSALS):
                amount = order.total * part // 4
                cancelling.cancel_bought(order.pk, reason="no longer made", amount=amount, user=staff())

    @rule(at=PICK)
    def cancel_stuck(self, at: int) -> None:
        """Staff cancel an unpaid order that cannot expire."""
        if order := pick(Order.objects.filter(status=OrderStatus.PENDING), at):
            with suppress(*REFUSALS):
                cancelling.cancel_stuck(order.pk, reason="never paid", user=staff())

    @precondition(lambda self: self.paid)
    @rule(at=PICK, other=PICK, way=PICK, is_sure=st.booleans())
    def decide(self, at: int, other: int, way: int, is_sure: bool) -> None:
        """A person decides about a case in one of the ways that the admin offers."""
        case = pick(AttentionCase.objects.filter(closed_at=None), at)
        order = pick(Order.objects.all(), other)
        if case and (ways := decisions.choices(case, staff())):
            with suppress(decisions.Refused):
                name = ways[way % len(ways)][0]
                number = order.number if order else ""
                ticks = decisions.Ticks(despite_dispute=is_sure, despite_later=is_sure, may_return=is_sure)
                decisions.take(case, name, user=staff(), words="as agreed", order_number=number, ticks=ticks)

    # Time.

    @rule(minutes=st.sampled_from([1, 12, 31, 90]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.pass_time(minutes)

    @rule(at=PICK)
    def ask(self, at: int) -> None:
        """Somebody asks Razorpay about one order; what is overdue and unpaid expires."""
        if order := pick(Order.objects.all(), at):
            with suppress(GatewayError):
                reconciliation.settle(order)

    @rule()
    def a_day_passes(self) -> None:
        """The worker has run meanwhile, if with little luck."""
        self.pass_time(24 * 60)
        catching_up.catch_up()
