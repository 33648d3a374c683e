"""Which browsers have been in the admin: only those are asked who they are when a page for everybody is shown."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "bar"
ADMIN = "/admin/"


class RememberStaff:
    """Leaves a cookie in the browser of who comes into the admin. It proves nothing; the session does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info == ADMIN and response.status_code == 200 and COOKIE not in request.COOKIES:
            response.set_cookie(
                COOKIE,
                "1",
                max_age=settings.SESSION_COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
