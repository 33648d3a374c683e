"""What Razorpay says of an order."""

from dataclasses import dataclass

from checkout.facts.ids import is_order_id
from checkout.facts.reading import BadFacts, currency, entity, paise, text


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """A Razorpay order. Amounts are paise. `mark` is what this shop wrote into its notes, if anything."""

    order_id: str
    amount: int
    currency: str
    status: str
    amount_paid: int
    amount_due: int
    receipt: str
    mark: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether Razorpay holds the whole amount of this order."""
        return self.status == "paid" and self.amount_due == 0


def order_facts(value: object) -> OrderFacts:
    """Read a Razorpay order entity. Raises BadFacts."""
    data = entity(value, "order")
    if not is_order_id(data.get("id")):
        raise BadFacts("order id is malformed")
    notes = data.get("notes")
    return OrderFacts(
        order_id=data["id"],
        amount=paise(data, "amount"),
        currency=currency(data),
        status=text(data, "status", 20),
        amount_paid=paise(data, "amount_paid", default=0),
        amount_due=paise(data, "amount_due", default=0),
        receipt=text(data, "receipt", 40),
        # Razorpay writes empty notes as a list.
        mark=text(notes, "mark", 40) if isinstance(notes, dict) else "",
    )
