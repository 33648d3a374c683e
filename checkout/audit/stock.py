"""S: stock."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import Combinable

from catalog import stock
from catalog.models import Stock, StockMovement
from checkout.models import Order, OrderEvent, OrderLine, RefundLine
from checkout.status import BOUGHT, OrderStatus

Moved = dict[tuple[str, int], int]


def within_limits() -> Iterator[str]:
    """For every variant: 0 <= reserved <= on hand."""
    for row in Stock.objects.filter(Q(reserved__lt=0) | Q(reserved__gt=F("on_hand"))).select_related("variant"):
        yield f"{row.variant.sku}: {row.reserved} reserved of {row.on_hand}"


def adds_up() -> Iterator[str]:
    """For every variant: both figures are the sums of the movements, and reserved is what PENDING orders hold."""
    yield from stock.verify()
    held = dict(
        OrderLine.objects.filter(order__status=OrderStatus.PENDING)
        .values_list("variant_id")
        .annotate(n=Sum("quantity"))
        .values_list("variant_id", "n")
    )
    for variant_id, sku, reserved in Stock.objects.values_list("variant_id", "variant__sku", "reserved"):
        if reserved != held.get(variant_id, 0):
            yield f"{sku}: {reserved} reserved, {held.get(variant_id, 0)} in open orders"


def moved_as_ordered() -> Iterator[str]:
    """What was bought was sold once; more never comes back than went out.

    What was sold and then cancelled came back, except pieces for which a refund says that they did not.
    """
    sold, returned = _moved("sell"), _moved("return")
    bought = {
        (number, variant_id): quantity
        for number, variant_id, quantity in OrderLine.objects.filter(order__status__in=BOUGHT).values_list(
            "order__number", "variant_id", "quantity"
        )
    }
    for (number, variant_id), quantity in bought.items():
        if -sold.get((number, variant_id), 0) != quantity:
            yield f"{number}: {quantity} of variant {variant_id} ordered, {-sold.get((number, variant_id), 0)} sold"
    cancelled = set(Order.objects.filter(status=OrderStatus.CANCELLED).values_list("number", flat=True))
    gone = _refunded(F("quantity") - F("restocked"))
    for (number, variant_id), quantity in sold.items():
        back = returned.get((number, variant_id), 0)
        is_explained = number in cancelled and back + gone.get((number, variant_id), 0) >= -quantity
        if (number, variant_id) not in bought and not is_explained:
            yield f"{number}: variant {variant_id} was sold without a paid order"
        if back > -quantity:
            yield f"{number}: {back} of variant {variant_id} came back, {-quantity} went out"
    yield from _restocked(returned, cancelled)


def not_sent_from_the_shelf() -> Iterator[str]:
    """No parcel was sent after all of its pieces were back on the shelf, where others can buy them."""
    shipped = OrderEvent.objects.filter(order__number=OuterRef("reference"), status=OrderStatus.SHIPPED)
    before = StockMovement.objects.filter(kind="return", at__lt=Subquery(shipped.values("at")[:1]))
    back = dict(before.values_list("reference").annotate(n=Sum("on_hand_delta")).order_by())
    for order in Order.objects.filter(number__in=back).annotate(pieces=Sum("lines__quantity")):
        if back[order.number] >= order.pieces:
            yield f"{order.number} was sent when all of its pieces were back on the shelf"


def _restocked(returned: Moved, cancelled: set[str]) -> Iterator[str]:
    for (number, variant_id), n in _refunded(F("restocked")).items():
        back = returned.get((number, variant_id), 0)
        if back < n or (back != n and number not in cancelled):
            yield f"{number}: {n} of variant {variant_id} put back by refunds, {back} returned"


def _refunded(pieces: Combinable) -> Moved:
    """Return the sums of some pieces of refund lines, by order and variant."""
    keys = ("order_line__order__number", "order_line__variant_id")
    sums = RefundLine.objects.values_list(*keys).annotate(n=Sum(pieces)).order_by().values_list(*keys, "n")
    return {(number, variant_id): n for number, variant_id, n in sums}


def _moved(kind: str) -> Moved:
    moved: Moved = defaultdict(int)
    for reference, variant_id, delta in StockMovement.objects.filter(kind=kind).values_list(
        "reference", "stock__variant_id", "on_hand_delta"
    ):
        moved[reference, variant_id] += delta
    return dict(moved)
