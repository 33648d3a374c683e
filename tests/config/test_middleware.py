"""Requests that no browser sends get 400, and never 500."""

from http.cookies import SimpleCookie
from io import BytesIO
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config import middleware
from config.middleware import BusyDatabase, KnownLength, PlainContentType

pytestmark = pytest.mark.once


def status_for(**extra: str) -> str:
    """Return the status line of the whole WSGI application for a GET of /health/live/."""
    environ: WSGIEnvironment = {"PATH_INFO": "/health/live/", "QUERY_STRING": "q=%C3%A9", "wsgi.input": BytesIO()}
    environ.update(extra)
    setup_testing_defaults(environ)
    seen: list[str] = []

    def start_response(status: str, headers: object, exc_info: object = None) -> object:
        seen.append(status)
        return None

    starter: StartResponse = start_response  # type: ignore[assignment]
    list(PlainContentType(WSGIHandler())(environ, starter))
    return seen[0]


HOSTILE_TYPES = [
    "text/plain; charset=hex",
    "text/plain; charset=idna",
    "application/x-www-form-urlencoded; charset=utf-16",
    "text/plain; name*=bogus''x",
    "multipart/form-data; boundary=x; charset=hex",
    "multipart/form-data; charset=hex",
    ";;;",
    "\xff; \x00=\xff",
]


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", HOSTILE_TYPES)
def test_no_content_type_breaks_the_request(content_type: str) -> None:
    assert status_for(CONTENT_TYPE=content_type, HTTP_HOST="127.0.0.1") == "200 OK"


@pytest.mark.django_db
def test_without_the_guard_a_character_set_breaks_django() -> None:
    """The reason for PlainContentType: the day this fails, Django has learnt it and the guard may go."""
    environ: WSGIEnvironment = {"QUERY_STRING": "q=1", "CONTENT_TYPE": "text/plain; charset=hex"}
    setup_testing_defaults(environ)
    with pytest.raises(LookupError):
        WSGIHandler()(environ, lambda *_: None)  # type: ignore[arg-type]


def test_the_boundary_survives() -> None:
    kept: list[str] = []

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        kept.append(environ["CONTENT_TYPE"])
        return []

    guard = PlainContentType(application)
    guard({"CONTENT_TYPE": 'multipart/form-data; charset=utf-8; boundary="a b"'}, lambda *_: None)  # type: ignore[arg-type]
    guard({"CONTENT_TYPE": "multipart/form-data; boundary=----x"}, lambda *_: None)  # type: ignore[arg-type]
    assert kept == ['multipart/form-data; boundary="a b"', "multipart/form-data; boundary=----x"]


@pytest.mark.parametrize("address", ["/?q=%00", "/shop/%00/", "/%00"])
def test_nul_in_the_address(client: Client, address: str, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get(address).status_code == 400
    assert all(record.exc_info is None for record in caplog.records), "a flood must not fill the log with tracebacks"


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_the_words_that_were_asked_for() -> None:
    client = Client(enforce_csrf_checks=True)
    script = client.post("/cart/add/", {"sku": "X"}, headers={"accept": "application/json"})
    assert (script.status_code, list(script.json()["errors"])) == (403, ["form"])
    page = client.post("/cart/add/", {"sku": "X"}, headers={"accept": "text/html"})
    assert (page.status_code, "text/html" in page["Content-Type"]) == (403, True)


def test_nul_in_a_cookie(client: Client) -> None:
    """A quoted cookie value may carry octal escapes, which Django decodes."""
    client.cookies = SimpleCookie()
    response = client.get("/health/live/", HTTP_COOKIE=r'sessionid="\000\000"')
    assert response.status_code == 400


def test_foreign_host(client: Client) -> None:
    assert client.get("/health/live/", headers={"host": "evil.example"}).status_code == 400


def test_a_database_that_gave_up_waiting_is_busy_and_not_broken(rf: RequestFactory) -> None:
    guard = BusyDatabase(lambda request: HttpResponse())
    answer = guard.process_exception(rf.get("/cart/"), OperationalError("canceling statement due to lock timeout"))
    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert b"Nothing was lost" in answer.content


def test_a_broken_rule_of_the_database_is_not_called_busy(rf: RequestFactory) -> None:
    guard = BusyDatabase(lambda request: HttpResponse())
    assert guard.process_exception(rf.get("/cart/"), IntegrityError("unique")) is None


class Granian:
    """A body as granian hands it out: `read` without a size gives nothing more after a first piece."""

    def __init__(self, body: bytes) -> None:
        self.stream = BytesIO(body)
        self.has_begun = False

    def read(self, size: int = -1) -> bytes:
        if size < 0 and self.has_begun:
            return b""
        self.has_begun = True
        return self.stream.read(size)


def length_and_body(body: bytes, **changes: object) -> tuple[object, bytes, int]:
    """Return the length and the body that the application is given for a POST, and how much was left unread."""
    seen: list[tuple[object, bytes]] = []
    stream = Granian(body)
    environ: WSGIEnvironment = {"REQUEST_METHOD": "POST", "wsgi.input": stream, "wsgi.input_terminated": True}
    environ.update(changes)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        seen.append((environ.get("CONTENT_LENGTH"), environ["wsgi.input"].read()))
        return []

    def start_response(status: str, headers: object, exc_info: object = None) -> object:
        seen.append((status, b""))
        return None

    starter: StartResponse = start_response  # type: ignore[assignment]
    list(KnownLength(application)(environ, starter))
    ((length, given),) = seen
    return length, given, len(stream.stream.read())


@pytest.mark.covers("E6")
def test_a_body_without_a_length_gets_one() -> None:
    body = b"x" * 200_000
    assert length_and_body(body) == ("200000", body, 0)
    assert length_and_body(b"") == ("0", b"", 0)
    assert length_and_body(body, CONTENT_LENGTH="")[0] == "200000", "as some servers say that there is none"


@pytest.mark.covers("E6")
def test_a_body_without_a_length_has_the_same_limits_as_one_with() -> None:
    assert length_and_body(b"x" * middleware.MAX_UNANNOUNCED)[0] == str(middleware.MAX_UNANNOUNCED)
    assert length_and_body(b"x" * (middleware.MAX_UNANNOUNCED + 1)) == ("413 Content Too Large", b"", 0)
    assert length_and_body(b"x" * 10_000_000)[2] > 900_000, "a flood is not read to its end"


def test_what_has_a_length_or_no_end_or_no_body_is_left_alone() -> None:
    assert length_and_body(b"body", CONTENT_LENGTH="4") == ("4", b"body", 0)
    assert length_and_body(b"body", REQUEST_METHOD="GET") == (None, b"body", 0)
    assert length_and_body(b"body", **{"wsgi.input_terminated": False}) == (None, b"body", 0)
