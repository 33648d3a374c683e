"""HTML pages: templates from the assets folder, every value escaped."""

import re
from html import escape
from string import Template
from urllib.parse import urlsplit

from razorpay_simulator.wire import Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: http: https:; "
    "base-uri 'none'"
)


class Markup(str):
    """HTML that is already safe."""

    __slots__ = ()


def fill(template: str, **values: str) -> Markup:
    """Put values into a template; all but Markup is escaped."""
    safe = {name: value if isinstance(value, Markup) else escape(value) for name, value in values.items()}
    return Markup(Template(template).substitute(safe))


def html_response(page: Markup, status: int = 200) -> Response:
    """Answer with a page; checkout pages may stand in a frame of any site."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    return Response(status, page.encode(), "text/html; charset=utf-8", headers)


def control_response(page: Markup, status: int = 200) -> Response:
    """Answer with a page of the control room: in no frame, with forms that stay here."""
    response = html_response(page, status)
    response.headers["Content-Security-Policy"] += "; frame-ancestors 'none'; form-action 'self'"
    return response


def rupees(amount: int, currency: str = "INR") -> str:
    """Write paise as people read them: ₹1,899 when whole, else ₹1,23,456.50 (lakh grouping)."""
    whole, rest = divmod(amount, 100)
    if currency != "INR":
        return f"{currency} {whole:,}.{rest:02}"
    head, tail = str(whole)[:-3], str(whole)[-3:]
    grouped = re.sub(r"(?<=\d)(?=(?:\d\d)+$)", ",", head)
    text = f"{grouped},{tail}" if head else tail
    return f"₹{text}.{rest:02}" if rest else f"₹{text}"


def web_address(value: str) -> str:
    """Return an http(s) address, or nothing when it is another kind of link."""
    parts = urlsplit(value)
    return value if parts.scheme in {"http", "https"} and parts.netloc else ""


def hidden_fields(fields: dict[str, str]) -> Markup:
    """Return hidden inputs."""
    rows = [fill('<input type="hidden" name="$n" value="$v">', n=name, v=value) for name, value in fields.items()]
    return Markup("\n".join(rows))
