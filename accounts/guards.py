"""What stands before the pages of accounts: a limit of tries, and the question who is there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from checkout import belonging, throttle
from checkout.views.answers import keep_unlisted, retry_after

View = Callable[..., Any]

# One address is that of many people; one mailbox is somebody's, and nobody may fill it.
TRIES = RateLimitItemPerMinute(300, 10, "account-tries")
MAILS_TO_ADDRESS = RateLimitItemPerHour(6, 1, "account-mails-to-address")
PASSWORDS_OF_ADDRESS = RateLimitItemPerHour(30, 1, "account-passwords-of-address")


def limited(view: View) -> View:
    """Let a form be posted only so often: from one address, and for one email address, whether it is known or not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and (seconds := _too_often(request)):
            response = render(request, "429.html", {"text": throttle.text(seconds)}, status=429)
            return keep_unlisted(retry_after(response, seconds))
        answer: HttpResponse = view(request, *args, **kwargs)
        return keep_unlisted(answer)

    return guarded


def for_shoppers(view: View) -> View:
    """Show a page to whoever is logged in as a shopper, and lead everybody else to the door."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if belonging.account_of(request):
            answer: HttpResponse = limited(view)(request, *args, **kwargs)
            return answer
        if request.user.is_authenticated:
            return keep_unlisted(render(request, "accounts/staff.html", status=403))
        wanted = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("accounts:orders")
        return keep_unlisted(redirect_to_login(wanted, reverse("account_login")))

    return guarded


def _too_often(request: HttpRequest) -> int:
    seconds = throttle.wait(TRIES, throttle.client_address(request))
    for name, limit in (("email", MAILS_TO_ADDRESS), ("login", PASSWORDS_OF_ADDRESS)):
        if not seconds and (address := request.POST.get(name, "").strip().casefold()[:254]):
            seconds = throttle.wait(limit, address)
    return seconds
