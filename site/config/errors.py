"""Answers to requests that no view sees."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotFound
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from wagtail.models import Page

from checkout import cart as carts
from checkout.models import CheckoutPage
from checkout.views import checkout
from checkout.views.answers import errors, wants_json

logger = logging.getLogger(__name__)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without its token: 403, as JSON for a script and as a page for a person.

    Who was at the checkout gets the form back as it was filled in.
    """
    if wants_json(request):
        return errors(403, form=[_("This page had gone stale. Load it again and repeat what you did.")])
    try:
        page = Page.find_for_request(request, request.path)
        again = checkout.stale(page, request) if isinstance(page, CheckoutPage) else None
        has_cart = again is None and carts.count_pieces(request) > 0
    except DatabaseError:
        logger.exception("A stale form was answered without looking for its cart.")
        again, has_cart = None, False
    return again or HttpResponseForbidden(render_to_string("403_csrf.html", {"has_cart": has_cart}))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 with a page that helps, and when the database is away with one that needs none."""
    try:
        return page_not_found(request, exception)
    except DatabaseError:
        logger.exception("The page for what is not found was answered without the database.")
        return HttpResponseNotFound(render_to_string("404_bare.html"))
