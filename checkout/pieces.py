"""Pieces: how many of each line of an order are still to be sent once refunds are taken off."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.db.models import Case, F, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from checkout.models import Order, OrderLine
from checkout.status import RefundStatus

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Pieces(TypedDict):
    """What is counted of a line: pieces that are refunded or back on the shelf, and all others."""

    gone: int
    left: int


Counted: TypeAlias = "QuerySet[WithAnnotations[OrderLine, Pieces]]"
# A refund that failed gives its pieces back to the buyer, except those that are on the shelf by now.
_IS_FAILED = When(refund_lines__refund__status=RefundStatus.FAILED, then=F("refund_lines__restocked"))
_GONE = Coalesce(Sum(Case(_IS_FAILED, default=F("refund_lines__quantity"))), 0)


def count(lines: QuerySet[OrderLine]) -> Counted:
    """Return the lines, each with its pieces counted."""
    return lines.annotate(gone=_GONE).annotate(left=F("quantity") - F("gone"))


def of(order: Order) -> Counted:
    """Return the counted lines of an order."""
    return count(order.lines.all())


def is_any_left(order: Order) -> bool:
    """Tell whether a piece of the order is left to send."""
    return of(order).filter(left__gt=0).exists()


def not_to_send(orders: Iterable[Order]) -> Counted:
    """Return the lines of which fewer pieces are sent than were bought. Parcels that left the shop have none."""
    here = [order.pk for order in orders if order.address_may_change]
    return count(OrderLine.objects.filter(order__in=here)).filter(gone__gt=0).select_related("order").order_by("pk")
