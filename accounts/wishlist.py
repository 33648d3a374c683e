"""The wishlist of an account: few rows, the same on every device, and only while its owner is logged in there.

The list of a browser without an account stays in the browser (`static/js/keeping.js`). At login the script sends what
it has once, and from then on what is pressed; a cookie that says nothing else tells it that there is an account.
"""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import Kept
from catalog.cards import for_sale
from catalog.keeping import MOST

COOKIE = "wishlist"


def numbers(account: User) -> list[int]:
    """Return the numbers of the product pages that an account keeps, the latest first."""
    return list(account.kept.values_list("page_id", flat=True))


def entries(account: User) -> list[dict[str, object]]:
    """Return what the browser remembers of each: number and title."""
    return [{"id": pk, "title": title} for pk, title in account.kept.values_list("page_id", "page__title")]


@transaction.atomic
def change(account: User, *, keep: Sequence[int] = (), drop: Sequence[int] = ()) -> None:
    """Put product pages on top of the list, the first of them first, and take others off. The oldest beyond 48 go.

    What is on the list stays where it is, and what is not for sale is passed over.
    """
    # Two browsers at once are one after the other; an account that is just being closed keeps nothing.
    if not User.objects.select_for_update().filter(pk=account.pk).exists():
        return
    rows = Kept.objects.filter(account=account)
    rows.filter(page__in=drop).delete()
    known = set(rows.values_list("page_id", flat=True))
    here = set(for_sale().filter(pk__in=keep).values_list("pk", flat=True)) - known
    Kept.objects.bulk_create(Kept(account=account, page_id=pk) for pk in reversed(keep) if pk in here)
    rows.filter(pk__in=list(rows.values_list("pk", flat=True)[MOST:])).delete()


def mark(account: User) -> str:
    """Return what tells the list of one account from that of another in a shared browser, and nothing else."""
    return salted_hmac("accounts.wishlist", str(account.pk)).hexdigest()[:16]


def remember(response: HttpResponse, account: User) -> None:
    """Let the script know that the list of this browser is an account's now, as long as the session lasts."""
    response.set_cookie(
        COOKIE,
        mark(account),
        max_age=settings.ACCOUNT_SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """Let the script know that nobody is logged in: it removes the account's list from the browser."""
    response.delete_cookie(COOKIE, samesite="Lax")
