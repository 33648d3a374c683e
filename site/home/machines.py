"""What machines ask for: the sitemap, the rules for robots, the merchant feed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import path
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe
from wagtail.contrib.sitemaps import views

from catalog import merchant_feed
from catalog.addresses import absolute
from catalog.models import ShopSettings
from checkout import throttle
from checkout.views.answers import retry_after
from home.sitemap import ShopSitemap, fingerprint

SITEMAPS = {"pages": ShopSitemap}
FRESH = 10 * 60
# Orders and other pages that say noindex are left open: who may not read a page cannot read that either.
ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /cart/
Disallow: /checkout/
Disallow: /payments/
Disallow: /webhooks/

Sitemap: {sitemap}
"""
View = Callable[..., HttpResponseBase]


def _for_machines(view: View) -> View:
    """Let anybody keep the answer of a view for a while, and nobody have it made too often."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, **names: Any) -> HttpResponseBase:
        if seconds := throttle.wait(throttle.MACHINES, throttle.client_address(request)):
            text = throttle.text(seconds)
            return retry_after(render(request, "429.html", {"text": text}, status=429), seconds)
        response = view(request, **names)
        patch_cache_control(response, public=True, max_age=FRESH)
        return response

    return answer


@_for_machines
def robots(request: HttpRequest) -> HttpResponse:
    """Say what is not worth a visit, and where the sitemap is."""
    return HttpResponse(ROBOTS.format(sitemap=absolute("/sitemap.xml")), content_type="text/plain; charset=utf-8")


@_for_machines
@condition(etag_func=lambda request: fingerprint())
def sitemap_index(request: HttpRequest) -> HttpResponseBase:
    """List the parts of the sitemap."""
    response: HttpResponseBase = views.index(request, SITEMAPS, sitemap_url_name="sitemap")
    return response


@_for_machines
@condition(etag_func=lambda request, section: fingerprint())
def sitemap(request: HttpRequest, section: str) -> HttpResponseBase:
    """Answer with one part of the sitemap, `?p=2` say."""
    response: HttpResponseBase = views.sitemap(request, SITEMAPS, section=section)
    return response


@_for_machines
@condition(etag_func=lambda request: merchant_feed.fingerprint(ShopSettings.for_request(request)))
def feed(request: HttpRequest) -> HttpResponseBase:
    """Stream Google's merchant feed."""
    if request.method == "HEAD":
        return HttpResponse(content_type="application/xml; charset=utf-8")
    pieces = merchant_feed.write(ShopSettings.for_request(request))
    return StreamingHttpResponse(pieces, content_type="application/xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=FRESH)
def icon(request: HttpRequest, name: str) -> HttpResponse:
    """Lead whoever asks at the root for the shop's mark, as phones and old browsers do, to the picture."""
    return redirect(static(f"img/{name}"))


ICONS = ("favicon.ico", "apple-touch-icon.png")
urlpatterns = [
    *(path(name, icon, {"name": name}) for name in ICONS),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", sitemap, name="sitemap"),
    path("feeds/google-merchant.xml", feed, name="merchant_feed"),
]
