"""What a page may load, as Content-Security-Policy: its own files, on the pay page Razorpay's scripts, and in the admin
what Wagtail's pages bring along.

django-csp writes the header; Django has its own from 6.0 on.
"""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADMIN, DOOR = "/admin/", "/admin/login/"
PAY = "checkout:order_pay"
ALWAYS = {"object-src": [NONE], "base-uri": [NONE]}


class ContentPolicy(CSPMiddleware):
    """Tells browsers on every page what they may load, unless the view has said so itself."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Return the policy of a page; of what is no page, none.

        A preview is made by a request within that of the admin, which says what its frame may load.
        """
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        is_within = getattr(request, "is_dummy", False)
        return PolicyParts(config=_of(request) if is_page and not is_within and not report_only else {})


def _of(request: HttpRequest) -> dict[str, Any]:
    if request.path_info.startswith(ADMIN) and request.path_info != DOOR:
        return _of_admin()
    match = request.resolver_match
    return _of_paying() if match and match.view_name == PAY else _of_shop()


@cache
def _of_shop() -> dict[str, Any]:
    return {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *_media()],
        "media-src": [SELF, *_media()],
        "form-action": [SELF],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        **ALWAYS,
    }


@cache
def _of_paying() -> dict[str, Any]:
    """Return the policy of the pay page: what Razorpay's script loads is its own affair, but for more scripts."""
    scripts = [SELF, _origin(settings.RAZORPAY_CHECKOUT_JS_URL), "https://*.razorpay.com"]
    return {"script-src": scripts, "frame-ancestors": [NONE], **ALWAYS}


@cache
def _of_admin() -> dict[str, Any]:
    """Return the policy of the admin. Widgets and the editor bring inline scripts and styles; previews are frames."""
    return {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:", *_media()],
        "media-src": [SELF, "blob:", *_media()],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        **ALWAYS,
    }


def _media() -> list[str]:
    return [place] if (place := _origin(default_storage.url("x"))) else []


def _origin(url: str) -> str:
    """Return scheme and host of an address, nothing when it is one of this host."""
    parts = urlsplit(url)
    return f"{parts.scheme or 'https'}://{parts.netloc}" if parts.netloc else ""
