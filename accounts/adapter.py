"""How allauth does in this shop what it leaves open: mail through the worker, one cart, and a door of its own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import letters, wishlist
from accounts.backend import works_here
from checkout import belonging, throttle
from checkout import cart as carts


class ShopAdapter(DefaultAccountAdapter):
    """The shop's answers to allauth's questions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This is not the code of the last email. It can be tried three times."),
        "too_many_login_attempts": _("That was the third wrong code. Ask for a new one."),
        "email_password_mismatch": _("Address and password do not fit together."),
        "email_taken": _("This address belongs to another account."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Promise a letter. Mail servers are slow, and their pace must not tell who has an account."""
        letters.promise(to=email, template=template_prefix, context=context)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Let nobody in who works here, should a way ever lead around the door."""
        if works_here(user):
            return redirect("account_login")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Lead back to the door whoever has the password of an account that staff have closed."""
        return redirect("account_login")

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session, with a new key, as one of a shopper."""
        user.backend = settings.SHOPPER_BACKEND
        super().login(request, user)
        request.session.set_expiry(settings.ACCOUNT_SESSION_COOKIE_AGE)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Bring cart and guest orders together with the account. The browser goes on with its cart and wishlist."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        belonging.claim(user)
        carts.remember(response, belonging.join(carts.find(request), user))
        wishlist.remember(response, user)
        return response

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Take a new address; the orders of the old one stay with the account."""
        with transaction.atomic():
            belonging.claim(email_address.user)
            return bool(super().confirm_email(request, email_address))

    def is_safe_url(self, url: str | None) -> bool:
        """Lead on only within this shop, and only by a path."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the throttles count by."""
        return throttle.client_address(request)
