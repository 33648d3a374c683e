"""What no view should have to think of: requests that are malformed below the level of any form."""

import logging
import re
from collections.abc import Callable, Iterable
from io import BytesIO
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from wagtail.contrib.redirects.middleware import RedirectMiddleware

logger = logging.getLogger(__name__)

NUL = "\x00"
MAX_UNANNOUNCED = 1_000_000
MAX_DISCARDED = 8_000_000
BOUNDARY = re.compile(r';\s*(boundary=(?:"[^"]+"|[^\s;"]+))', re.IGNORECASE)


class RefuseNul:
    """Answer 400 to a NUL character in path, query or cookies: PostgreSQL fails on it deep inside a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or NUL in query or "%00" in query:
            return self.refuse(request)
        if any(NUL in value for value in request.COOKIES.values()):
            return self.refuse(request)
        return self.get_response(request)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """Answer without an exception: a flood of such requests must not fill the log with tracebacks."""
        return HttpResponse(get_template("400.html").render(), status=400)


class BusyDatabase:
    """Answer 503 when the database gave up waiting: trying again helps, and nothing was written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Turn a lock timeout, a statement timeout or a lost connection into 503 with Retry-After."""
        if not isinstance(error, OperationalError):
            return None
        logger.error("The database could not answer in time.", exc_info=error)
        # Without the request, since its session would ask the database again.
        return HttpResponse(get_template("503.html").render(), status=503, headers={"Retry-After": "5"})


class Redirects(RedirectMiddleware):
    """Send visitors of an address that a page has left to the new one; an address that is not known stays a 404."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Look for a redirect. A database that is away turns no 404 into a 500."""
        try:
            found: HttpResponseBase = super().process_response(request, response)
        except DatabaseError:
            logger.exception("No redirect was looked for.")
            return response
        return found


class PlainContentType:
    """Leave of the Content-Type header only the type and the boundary, before Django reads it.

    Django builds the request outside its own error handling, and lets the header choose the codec for the address:
    `charset=hex` or a broken extended parameter is an exception there. Every form of this shop is UTF-8.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        media_type, separator, parameters = environ.get("CONTENT_TYPE", "").partition(";")
        if separator:
            boundary = BOUNDARY.search(separator + parameters)
            environ["CONTENT_TYPE"] = f"{media_type.strip()}; {boundary[1]}" if boundary else media_type.strip()
        return self.application(environ, start_response)


class KnownLength:
    """Read a body that came without a Content-Length, and tell Django how long it is. Above a megabyte answer 413.

    Chunked bodies and HTTP/2 need no length, and Django takes a body without one for empty: a webhook's signature would
    never match. The server must say that its input ends (`wsgi.input_terminated`), or reading would wait for ever.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        has_body = environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH", "DELETE")
        if has_body and not environ.get("CONTENT_LENGTH") and environ.get("wsgi.input_terminated"):
            body = self.read(environ["wsgi.input"], MAX_UNANNOUNCED + 1)
            if len(body) > MAX_UNANNOUNCED:
                # More is read and discarded, so that the sender gets the answer.
                self.read(environ["wsgi.input"], MAX_DISCARDED, keep=False)
                start_response("413 Content Too Large", [("Content-Length", "0")])
                return [b""]
            environ["CONTENT_LENGTH"], environ["wsgi.input"] = str(len(body)), BytesIO(body)
        return self.application(environ, start_response)

    def read(self, stream: InputStream, limit: int, *, keep: bool = True) -> bytes:
        """Read until the end or `limit`, in pieces: granian's `read` without a size loses what follows one."""
        parts, left = [], limit
        while left > 0 and (part := stream.read(min(left, 65_536))):
            left -= len(part)
            parts += [part] if keep else []
        return b"".join(parts)
