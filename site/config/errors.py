"""Answers to requests that no view sees."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as html_csrf_failure
from django.views.defaults import page_not_found

from checkout.views.answers import errors, wants_json


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without its token: 403, as JSON for a script and as a page for a person."""
    if wants_json(request):
        return errors(403, form=[_("This page had gone stale. Load it again and repeat what you did.")])
    return html_csrf_failure(request, reason)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 with a page that helps, and when the database is away with one that needs none."""
    try:
        return page_not_found(request, exception)
    except DatabaseError:
        return HttpResponseNotFound(render_to_string("404_bare.html"))
