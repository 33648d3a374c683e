"""Answers to requests that no view sees."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as html_csrf_failure

from checkout.views.answers import errors, wants_json


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without its token: 403, as JSON for a script and as a page for a person."""
    if wants_json(request):
        return errors(403, form=[_("This page had gone stale. Load it again and repeat what you did.")])
    return html_csrf_failure(request, reason)
