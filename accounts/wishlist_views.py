"""The wishlist of whoever is logged in: a page that works without JavaScript, and what the script asks and tells."""

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from limits import RateLimitItemPerMinute

from accounts import wishlist
from accounts.guards import for_shoppers
from catalog import keeping
from checkout import belonging, throttle
from checkout.views.answers import errors, keep_unlisted, retry_after, see_other, wants_json

# Presses of hearts by one account.
HEARTS = RateLimitItemPerMinute(120, 1, "hearts")


@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest) -> HttpResponse:
    """Show the list, or change it by `keep` and `drop`, numbers of product pages like "12,7"."""
    return keep_unlisted(_answer(request)) if wants_json(request) else _page(request)


def _answer(request: HttpRequest) -> HttpResponse:
    account = belonging.account_of(request)
    if account is None:
        response = errors(401, account=[_("You are not logged in any more.")])
        wishlist.forget(response)
        return response
    if request.method == "POST":
        if seconds := throttle.wait(HEARTS, str(account.pk)):
            return retry_after(errors(429, account=[throttle.text(seconds)]), seconds)
        _change(request, account)
    return JsonResponse({"of": wishlist.mark(account), "list": wishlist.entries(account)})


@for_shoppers
def _page(request: HttpRequest) -> HttpResponse:
    account = belonging.account_of(request)
    assert account is not None  # noqa: S101 - `for_shoppers` has let nobody else through.
    if request.method == "POST":
        _change(request, account)
        return see_other(reverse("accounts:wishlist"))
    found = keeping.look(wishlist.numbers(account), request)
    return TemplateResponse(request, "accounts/wishlist.html", {"kept": found})


def _change(request: HttpRequest, account: User) -> None:
    keep, drop = (keeping.numbers(request.POST.get(name, "")) for name in ("keep", "drop"))
    wishlist.change(account, keep=keep, drop=drop)
