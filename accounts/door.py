"""Coming in: an address, and the code that was sent there, or a password. allauth's views with the shop's pages."""

from typing import Any

import axes.utils
from allauth.account import views as allauth_views
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts import forms, letters, shoppers, wishlist
from checkout import cart as carts
from checkout import throttle
from checkout.views.answers import list_errors


class Plain:
    """A form that is refused says so with its status, and lists what is wrong."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the list of mistakes."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        form = context.get("form")
        return {**context, "errors": list_errors(form) if form is not None and form.is_bound else []}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Answer 400 in place of 200."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = 400
        return response


class Door(Plain, allauth_views.RequestLoginCodeView):
    """Ask for an address and send a code there. Whether it is known makes no difference that could be seen."""

    form_class = forms.DoorForm
    template_name = "accounts/door.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Send the code to the account of the address, or to staff the word that their door is another one."""
        email = form.cleaned_data["email"]
        # One transaction, whatever is written in it: an account that begins takes no longer than one that is there.
        with transaction.atomic():
            form._user = shoppers.find_or_begin(email)
            if form._user is None:
                letters.promise(to=email, template="account/email/no_code", context={})
            response: HttpResponse = super().form_valid(form)
        return response


class CodeDoor(Plain, allauth_views.ConfirmLoginCodeView):
    """Take the code."""

    form_class = forms.LoginCodeForm
    template_name = "accounts/code.html"


class PasswordDoor(Plain, allauth_views.LoginView):
    """Take address and password."""

    form_class = forms.PasswordDoorForm
    template_name = "accounts/password_door.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Let the shopper in, and forgive the wrong passwords before the right one."""
        address = throttle.client_address(self.request)
        axes.utils.reset(ip=address, username=form.cleaned_data["login"].lower())
        response: HttpResponse = super().form_valid(form)
        return response


class NewEmail(Plain, allauth_views.EmailView):
    """Ask for another address of the account, and send a code there."""

    form_class = forms.NewEmailForm
    template_name = "accounts/email.html"


class EmailCode(Plain, allauth_views.ConfirmEmailVerificationCodeView):
    """Take the code that was sent to the new address."""

    form_class = forms.EmailCodeForm
    template_name = "accounts/email_code.html"


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out, or give up coming in. Cart and wishlist stay with the account, not with the browser."""
    is_known = request.user.is_authenticated
    response: HttpResponse = allauth_views.logout(request)
    if is_known:
        carts.forget(response)
        wishlist.forget(response)
    return response
