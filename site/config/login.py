"""Wrong passwords: by which name they are counted, and what somebody sees whose login is locked after too many."""

import math
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def locked_out(request: HttpRequest, original: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Answer 429 in place of the login form. The name is not repeated: it may be a password in the wrong field."""
    seconds = math.ceil(settings.AXES_COOLOFF_TIME.total_seconds())
    if request.path.startswith("/admin/"):
        text = _(
            "Too many wrong passwords. Wait %(minutes)d minutes, then try again or ask the owner for a new password."
        )
    else:
        text = _("Too many wrong passwords. Wait %(minutes)d minutes, or log in with a code by email.")
    context = {"text": text % {"minutes": math.ceil(seconds / 60)}}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def typed_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """Return by which name wrong passwords are counted: that of staff, or the address of a shopper."""
    found = credentials or {"username": request.POST.get("username"), "email": request.POST.get("login")}
    name: str | None = found.get("username") or found.get("email")
    return name.lower() if name and not found.get("username") else name
