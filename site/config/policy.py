"""What a page of the shop may load, as Content-Security-Policy: its own files, and on the pay page Razorpay's scripts.

Django brings this along from 6.0 on. The admin is left alone: Wagtail's pages hold scripts and styles of their own.
"""

from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"
FREE = ("/admin/", "/documents/")
PAY = "checkout:order_pay"
ALWAYS = {"object-src": ["'none'"], "base-uri": ["'none'"], "frame-ancestors": ["'none'"]}


class ContentPolicy:
    """Tells browsers on every page of the shop what they may load, unless the view has said so itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        # Django's own page about an exception is one page with everything in it.
        is_debugging = settings.DEBUG and response.status_code >= 400
        if is_page and not is_debugging and not request.path_info.startswith(FREE):
            match = request.resolver_match
            response.headers.setdefault(HEADER, _of_paying() if match and match.view_name == PAY else _of_shop())
        return response


@cache
def _of_shop() -> str:
    media = [place] if (place := _origin(default_storage.url("x"))) else []
    own = ["'self'"]
    return _written(
        {
            "default-src": own,
            "img-src": [*own, "data:", *media],
            "media-src": [*own, *media],
            "form-action": own,
            "frame-src": ["'none'"],
            **ALWAYS,
        }
    )


@cache
def _of_paying() -> str:
    """Return the policy of the pay page: what Razorpay's script loads is its own affair, but for more scripts."""
    scripts = ["'self'", _origin(settings.RAZORPAY_CHECKOUT_JS_URL), "https://*.razorpay.com"]
    return _written({"script-src": scripts, **ALWAYS})


def _written(policy: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items())


def _origin(url: str) -> str:
    """Return scheme and host of an address, nothing when it is one of this host."""
    parts = urlsplit(url)
    return f"{parts.scheme or 'https'}://{parts.netloc}" if parts.netloc else ""
