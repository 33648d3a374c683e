"""Orders without a browser, and what must be true of the books after anything that happens to them."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.models import ShopSettings, Stock, Variant
from checkout import audit, gateway, orders
from checkout import cart as carts
from checkout.facts import OrderFacts, PaymentFacts, RefundFacts, order_facts, payment_facts, refund_facts
from checkout.models import Cart, LedgerEntry, Order, OrderEvent, OutboxEmail, Payment, RazorpayOrder, Refund
from checkout.placing import Details
from tests.checkout import reports
from tests.factories import make_product

SKU = "CG43-TX-0007"
DETAILS = Details(
    email="asha@example.in",
    phone="+919876543210",
    full_name="Asha Kulkarni",
    address_line1="14 Prabhat Road",
    address_line2="",
    city="Pune",
    state="27",
    postcode="411004",
)


def cart_with(variant: Variant, quantity: int = 1) -> Cart:
    """Return a new cart with pieces of one variant."""
    cart = Cart.objects.create()
    carts.add(cart, variant=variant, quantity=quantity)
    return cart


def place(cart: Cart, *, key: str = "key-of-one-form", **details: Any) -> Order:
    """Place the order of a cart."""
    wanted = Details(**{**DETAILS.__dict__, **details})
    return orders.place_order(cart=cart, details=wanted, checkout_key=key, shop=ShopSettings.current())[0]


def opened(order: Order, *, number: int = 1, **fields: Any) -> RazorpayOrder:
    """Give an order its attempt as if Razorpay had answered already."""
    return RazorpayOrder.objects.create(
        order=order,
        attempt=number,
        **{
            "razorpay_order_id": f"order_{order.pk:010d}{number:04d}",
            "key_id": settings.RAZORPAY_KEY_ID,
            "amount": order.total,
            "receipt": f"{order.number}-{number}",
            "status": "created",
            **fields,
        },
    )


def ordered(sku: str = SKU, quantity: int = 1, *, on_hand: int = 10) -> RazorpayOrder:
    """Return the open attempt of a new order for a product, which is made when there is none."""
    variant = Variant.objects.filter(sku=sku).first() or make_product(sku, on_hand=on_hand)
    return opened(place(cart_with(variant, quantity)))


def make_overdue(order: Order) -> None:
    """Let the time of an order be over."""
    Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))


def paid(attempt: RazorpayOrder, number: int = 1, *, status: str = "captured", **changes: Any) -> PaymentFacts:
    """Return the facts of a payment of an attempt; another `number` is another payment."""
    entity = reports.payment_entity(attempt, status=status, **changes)
    return payment_facts({**entity, "id": f"pay_{attempt.pk:010d}{number:04d}"})


def settled(attempt: RazorpayOrder, **changes: Any) -> OrderFacts:
    """Return the facts of the Razorpay order of an attempt, fully paid unless told otherwise."""
    return order_facts(reports.order_entity(attempt, **changes))


def refund_of(refund: Refund, number: int = 0, *, status: str = "processed", **changes: Any) -> RefundFacts:
    """Return what Razorpay says of a refund that the shop asked for; another `number` is another refund there."""
    return refund_facts(
        reports.refund_entity(
            refund.payment.razorpay_payment_id,
            amount=refund.amount,
            status=status,
            id=refund.razorpay_refund_id or f"rfnd_{refund.pk:010d}{number:04d}",
            notes={"refund": refund.key or ""},
            **changes,
        )
    )


def dashboard_refund(payment_id: str, amount: int, number: int = 1, *, status: str = "processed") -> RefundFacts:
    """Return what Razorpay says of a refund that somebody made in its dashboard."""
    return refund_facts(
        reports.refund_entity(payment_id, amount=amount, status=status, id=f"rfnd_Dashboard{number:05d}")
    )


def stock_of(sku: str = SKU) -> tuple[int, int]:
    """Return what is on hand and what is reserved."""
    found = Stock.objects.get(variant__sku=sku)
    return found.on_hand, found.reserved


def outcome(order: Order) -> dict[str, Any]:
    """Return what came of an order, with what must have happened once counted."""
    order.refresh_from_db()
    return {
        "status": order.status,
        "times paid": OrderEvent.objects.filter(order=order, status="paid").count(),
        "fulfilled": Payment.objects.filter(order=order, fulfils=True).count(),
        "mails": OutboxEmail.objects.filter(order=order, kind="paid").count(),
        "invoice": bool(order.invoice_number),
    }


ONCE_PAID = {"status": "paid", "times paid": 1, "fulfilled": 1, "mails": 1, "invoice": True}
NEVER_PAID = {"status": "pending", "times paid": 0, "fulfilled": 0, "mails": 0, "invoice": False}


def receipts_at_razorpay() -> list[str]:
    """Return the receipts of all orders that the pretend Razorpay has; a receipt stands there for each order."""
    found = gateway._client().order.all({"count": 100})["items"]
    return sorted(item["receipt"] for item in found)


def assert_books_hold() -> None:
    """Every invariant of the audit holds."""
    assert [text for texts in audit.run().values() for text in texts] == []


def assert_razorpay_agrees() -> None:
    """The pretend Razorpay has the money that our ledger has, captured and given back, and no receipt twice."""
    razorpay = gateway._client()
    payments, refunds = (listing.all({"count": 100})["items"] for listing in (razorpay.payment, razorpay.refund))
    at_razorpay = {("capture", item["id"], item["amount"]) for item in payments if item["captured"]}
    at_razorpay |= {("refund", item["id"], item["amount"]) for item in refunds}
    ours = LedgerEntry.objects.filter(kind__in=["capture", "refund"]).values_list("kind", "entity_id", "amount")
    assert set(ours) == at_razorpay
    receipts = receipts_at_razorpay()
    assert len(receipts) == len(set(receipts)), "a Razorpay order twice"
