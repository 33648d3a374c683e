"""Finding the Razorpay order of an attempt, or making it: what is done about answers that were lost.

Razorpay makes a second order when the first answer is lost and the call is repeated, unless the account forbids it. So
the receipt is looked up first, and twice, since lists may not show yet what is new.
"""

import time

from checkout import gateway, orders
from checkout.facts import OrderFacts
from checkout.gateway import WRONG_ANSWER, GatewayError
from checkout.models import RazorpayOrder
from checkout.transport import seconds_left

# Seconds before each further call, as far as the time of the request allows.
PAUSES = (0.5, 1.0, 1.0, 2.0)
LOOKS = 2
# Not worth beginning a call with less.
LEAST = 0.5


def find_or_create(attempt: RazorpayOrder) -> OrderFacts | None:
    """Return the Razorpay order of this attempt, or None when one with its receipt exists that must not be used.

    Raises GatewayError when there is no usable answer in time, or none that would help to repeat.
    """
    looks = 0 if attempt.tries > 1 else LOOKS
    pauses = iter(PAUSES)
    while True:
        try:
            if looks >= LOOKS:
                return _create(attempt)
            found = _look_up(attempt)
            if found:
                return _usable(attempt, found)
            looks += 1
            problem = GatewayError(detail="Razorpay's list has no order with our receipt")
        except GatewayError as error:
            if error.code == WRONG_ANSWER or not (error.ambiguous or error.status in (408, 409, 429)):
                raise
            problem = error
            # It may have been made all the same.
            looks = 0 if error.ambiguous and looks >= LOOKS else looks
        _pause(next(pauses, None), problem)


def adopt(facts: OrderFacts) -> RazorpayOrder | None:
    """Return the attempt that a reported Razorpay order was made for, when the answer that told its id was lost."""
    waiting = RazorpayOrder.objects.filter(receipt=facts.receipt, razorpay_order_id=None)
    attempt = waiting.select_related("order").first()
    if attempt is None or _usable(attempt, facts) is None:
        return None
    waiting.update(razorpay_order_id=facts.order_id)
    attempt.refresh_from_db(fields=["razorpay_order_id"])
    return attempt if attempt.razorpay_order_id == facts.order_id else None


def _pause(seconds: float | None, problem: GatewayError) -> None:
    if seconds is None or seconds_left() < seconds + LEAST:
        raise problem
    time.sleep(seconds)


def _create(attempt: RazorpayOrder) -> OrderFacts | None:
    notes = {"order": attempt.order.number, "mark": attempt.mark}
    try:
        facts = gateway.create_order(amount=attempt.amount, receipt=attempt.receipt, notes=notes)
    except GatewayError as error:
        if not error.is_known_receipt:
            raise
        found = _known(attempt, error)
        if found is None:
            raise
        return _usable(attempt, found)
    if _usable(attempt, facts) is None:
        raise GatewayError(detail="the created order differs from what was asked for", status=200, code=WRONG_ANSWER)
    return facts


def _known(attempt: RazorpayOrder, error: GatewayError) -> OrderFacts | None:
    """Return the order that an account refuses to make twice."""
    if not error.order_id:
        return _look_up(attempt)
    facts = gateway.fetch_order(error.order_id)
    return facts if facts.receipt == attempt.receipt else None


def _look_up(attempt: RazorpayOrder) -> OrderFacts | None:
    """Return the order with our receipt that serves best, and note the others: no browser has seen them."""
    found = gateway.find_orders(attempt.receipt)
    found.sort(key=lambda facts: (_usable(attempt, facts) is not None, facts.status != "created"), reverse=True)
    for twin in found[1:]:
        if _is_mark_of(attempt, twin):
            orders.note(attempt.order, "razorpay_twin", twin.order_id)
    return found[0] if found else None


def _is_mark_of(attempt: RazorpayOrder, facts: OrderFacts) -> bool:
    # One without a mark was made by hand or by an older release.
    return facts.mark in ("", attempt.mark)


def _usable(attempt: RazorpayOrder, facts: OrderFacts) -> OrderFacts | None:
    same = (facts.amount, facts.currency, facts.receipt) == (attempt.amount, attempt.currency, attempt.receipt)
    return facts if same and _is_mark_of(attempt, facts) else None
