"""What no view should have to think of: requests that are malformed below the level of any form."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

NUL = "\x00"


class MalformedRequest(SuspiciousOperation):
    """A request that no browser sends. Django answers 400 and notes it in the log of django.security."""


class RefuseMalformedRequests:
    """Answer 400 to a NUL character in path, query or cookies, and read every form as UTF-8.

    PostgreSQL cannot store NUL and fails on it deep inside a query. A character set that the client declares decides
    how Django decodes query and form, and some of Python's codecs (`hex`, `idna`) fail on ordinary text.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding is not None and request.encoding.lower() != "utf-8":
            request.encoding = "utf-8"
        query = request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or NUL in query or "%00" in query:
            raise MalformedRequest("NUL character in the address")
        if any(NUL in value for value in request.COOKIES.values()):
            raise MalformedRequest("NUL character in a cookie")
        return self.get_response(request)
