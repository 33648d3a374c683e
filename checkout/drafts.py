"""What was typed into a checkout that was refused, kept with the cart, so that nobody types it twice.

It is personal: it goes as soon as the order is placed, after `AGE` at the latest, and with a buyer who is forgotten.
"""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.forms import BaseForm
from django.utils import timezone

from checkout.models import Cart, CheckoutDraft, Order

AGE = timedelta(days=3)
# The longest of the form's own limits; more than that is no address.
LONGEST = 254


def keep(cart: Cart, form: BaseForm) -> None:
    """Write down what stands in the visible fields of a posted form, good or not."""
    names = [field.name for field in form.visible_fields()]
    # PostgreSQL stores no NUL.
    typed = {name: str(form.data.get(name, "")).replace("\x00", "")[:LONGEST] for name in names}
    CheckoutDraft.objects.update_or_create(cart=cart, defaults={"typed": typed})


def recall(cart: Cart | None) -> dict[str, str]:
    """Return what was typed into the checkout of this cart, by name of the field. Writes nothing."""
    found = _of(cart) if cart else None
    return dict(found.typed) if found and found.updated_at > timezone.now() - AGE else {}


def forget(cart: Cart) -> None:
    """Forget what was typed: it stands in an order now."""
    if found := _of(cart):
        found.delete()


def forget_buyer(order: Order) -> None:
    """Forget what the buyer of an order has typed since, into the same cart or with the same address."""
    CheckoutDraft.objects.filter(Q(cart=order.cart_id) | Q(typed__email__iexact=order.email)).delete()


def forget_account(account: User) -> None:
    """Forget what was typed into the checkout of an account."""
    CheckoutDraft.objects.filter(cart__account=account).delete()


def follow(cart: Cart, kept: Cart) -> None:
    """Bring along what was typed when one cart is poured into another one."""
    if found := _of(cart):
        CheckoutDraft.objects.filter(cart=kept).delete()
        found.cart = kept
        found.save(update_fields=["cart"])


def tidy() -> int:
    """Forget what is older than `AGE`; return how many drafts that were."""
    return CheckoutDraft.objects.filter(updated_at__lt=timezone.now() - AGE).delete()[0]


def _of(cart: Cart) -> CheckoutDraft | None:
    # Looking for what is not there must not cost another query: `carts.find` has looked already.
    return getattr(cart, "draft", None)
