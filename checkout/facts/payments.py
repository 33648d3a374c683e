"""What Razorpay says of a payment."""

from dataclasses import dataclass

from checkout.facts.ids import is_order_id, is_payment_id
from checkout.facts.reading import BadFacts, currency, entity, optional_paise, paise, text
from checkout.status import PaymentStatus


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment at Razorpay. Amounts are paise. `order_id` is empty for a payment that was made without an order."""

    payment_id: str
    order_id: str
    status: PaymentStatus
    amount: int
    currency: str
    method: str = ""
    fee: int | None = None
    tax: int | None = None
    amount_refunded: int = 0
    error_reason: str = ""
    error_description: str = ""
    email: str = ""
    contact: str = ""
    captured: bool = False

    @property
    def was_captured(self) -> bool:
        """Whether the shop ever had this money. The flag alone proves nothing: samples have it true on failed ones."""
        return self.status == PaymentStatus.CAPTURED or (self.status == PaymentStatus.REFUNDED and self.captured)


def payment_facts(value: object) -> PaymentFacts:
    """Read a Razorpay payment entity. Raises BadFacts."""
    data = entity(value, "payment")
    if not is_payment_id(data.get("id")):
        raise BadFacts("payment id is malformed")
    order_id = data.get("order_id")
    if order_id not in (None, "") and not is_order_id(order_id):
        raise BadFacts("order id of the payment is malformed")
    status = data.get("status")
    if status not in PaymentStatus.values:
        raise BadFacts("payment status is unknown")
    amount = paise(data, "amount")
    # Razorpay takes ₹1 and more; nothing must never pay for something.
    if amount < 1:
        raise BadFacts("a payment of nothing")
    amount_refunded = paise(data, "amount_refunded", default=0)
    if amount_refunded > amount:
        raise BadFacts("more refunded than paid")
    return PaymentFacts(
        payment_id=data["id"],
        order_id=order_id or "",
        status=PaymentStatus(status),
        amount=amount,
        currency=currency(data),
        method=text(data, "method", 20),
        fee=optional_paise(data, "fee"),
        tax=optional_paise(data, "tax"),
        amount_refunded=amount_refunded,
        error_reason=text(data, "error_reason", 80),
        error_description=text(data, "error_description", 255),
        email=text(data, "email", 254),
        contact=text(data, "contact", 20),
        captured=data.get("captured") is True,
    )
