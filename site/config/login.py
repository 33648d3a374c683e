"""What somebody sees whose login is locked after too many wrong passwords."""

import math
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def locked_out(request: HttpRequest, original: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Answer 429 in place of the login form. The name is not repeated: it may be a password in the wrong field."""
    seconds = math.ceil(settings.AXES_COOLOFF_TIME.total_seconds())
    text = _("Too many wrong passwords. Wait %(minutes)d minutes, then try again or ask the owner for a new password.")
    context = {"text": text % {"minutes": math.ceil(seconds / 60)}}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
