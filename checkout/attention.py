"""Cases that a person must decide: opening, counting and closing them."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from checkout.models import AttentionCase, Order, Payment
from checkout.models.attention import CaseKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def open_case(kind: CaseKind, text: str, *, order: Order | None = None, payment: Payment | None = None) -> None:
    """Put something before staff, once: the same kind for the same payment (or order) is not opened twice."""
    if payment is not None:
        AttentionCase.objects.get_or_create(kind=kind, payment=payment, defaults={"order": order, "text": text[:255]})
        return
    AttentionCase.objects.get_or_create(
        kind=kind, order=order, payment=None, closed_at=None, defaults={"text": text[:255]}
    )


def close_matched(payment: Payment, order: Order) -> None:
    """Close the case of money without an order, now that its order is known."""
    if payment.pk:
        AttentionCase.objects.filter(payment=payment, kind=CaseKind.UNMATCHED_MONEY, closed_at=None).update(
            closed_at=timezone.now(), resolution=f"Belongs to {order.number}"
        )


def count_open() -> int:
    """Return how many cases wait for a person."""
    return AttentionCase.objects.filter(closed_at=None).count()


def close(case: AttentionCase, *, user: "AbstractBaseUser", resolution: str) -> None:
    """Close a case with the words of the person who decided it. Closing it again changes nothing."""
    with transaction.atomic():
        AttentionCase.objects.filter(pk=case.pk, closed_at=None).update(
            closed_at=timezone.now(), closed_by=user, resolution=resolution[:255]
        )
