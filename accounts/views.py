"""The pages of somebody who is logged in: own orders, details, password, and closing the account."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django import forms
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import shoppers, wishlist
from accounts.forms import PASSWORD_NEEDED, DetailsForm
from checkout import belonging, tracker
from checkout import cart as carts
from checkout.fields import WORDS
from checkout.views.answers import list_errors, see_other

ORDERS_ON_A_PAGE = 10
# Seconds after a code in which nobody is asked for the old password: it may be what was forgotten.
FRESH = 900


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Show the orders of the account, newest first."""
    found = belonging.orders_of(_user(request)).prefetch_related("lines", "payments__refunds", "events")
    page = Paginator(found, ORDERS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(order, tracker.headline(order)) for order in page]
    return TemplateResponse(request, "accounts/orders.html", {"rows": rows, "page_obj": page})


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Show and change the name."""
    form = DetailsForm(request.POST if request.method == "POST" else None, instance=_user(request))
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Your details are saved."))
        return see_other(reverse("accounts:orders"))
    return _form_page(request, "accounts/details.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Set or change the password. All other sessions of the account end."""
    user = _user(request)
    needs_old = user.has_usable_password() and not _came_by_code(request, user)
    kind = PasswordChangeForm if needs_old else SetPasswordForm
    form = kind(user, request.POST if request.method == "POST" else None)
    for name, field in form.fields.items():
        field.error_messages |= {**WORDS, "required": PASSWORD_NEEDED[name]}
    form.fields["new_password1"].help_text = _("At least 12 characters, and none that many people use")
    if form.is_bound and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        get_adapter(request).send_notification_mail("account/email/password_changed", user)
        messages.success(request, _("Your password is set."))
        return see_other(reverse("accounts:orders"))
    return _form_page(request, "accounts/password.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Tell what closing means, and close the account when that is posted."""
    user = _user(request)
    if request.method != "POST":
        return TemplateResponse(request, "accounts/close.html", {"email": user.email})
    try:
        shoppers.close(User.objects.get(pk=user.pk))
    except ProtectedError:
        messages.error(request, _("This account cannot be closed here. Write to us and we will help."))
        return see_other(reverse("accounts:orders"))
    logout(request)
    messages.success(request, _("Your account is closed."))
    response = see_other("/")
    carts.forget(response)
    wishlist.forget(response)
    return response


def _user(request: HttpRequest) -> User:
    """Return the shopper, whom `guards.for_shoppers` has let through."""
    user = belonging.account_of(request)
    if user is None:
        raise TypeError("This page is for shoppers.")
    return user


def _came_by_code(request: HttpRequest, user: User) -> bool:
    records: list[dict[str, Any]] = get_authentication_records(request, user)
    return any(one["method"] == "code" and one["at"] > time.time() - FRESH for one in records)


def _form_page(request: HttpRequest, template: str, form: forms.BaseForm) -> HttpResponse:
    form.use_required_attribute = False
    context = {"form": form, "errors": list_errors(form)}
    return TemplateResponse(request, template, context, status=400 if form.is_bound else 200)
