"""Every time that a visitor reads is India's: on each public page that can be reached, in mails and on papers.

All happens at 1:32 at night in India, when it is still the day before in UTC. Seen to fail: with UTC as the shop's time
zone the last test finds what the others look for.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from checkout import emails, orders, papers, payments, refunds
from checkout.models import Order, Refund
from checkout.status import OrderStatus
from home.models import ContactPage, ContentPage, HomePage, JournalIndexPage
from tests.checkout.admin.people import in_role
from tests.checkout.orders import cart_with, opened, paid, place, refund_of
from tests.checkout.papers.reading import text
from tests.clock import Clock
from tests.factories import make_product
from tests.home.test_journal import tell

pytestmark = [pytest.mark.django_db, pytest.mark.covers("MT6"), pytest.mark.once]
MOMENT = dt.datetime(2026, 10, 13, 20, 2, tzinfo=dt.UTC)
TIMES = re.compile(r"\b(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap]\.?m\b)?", re.IGNORECASE)
ADDRESSES = re.compile(r"https?://\S+")
DATES = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:Oct(?:ober)?)\b|\bOct(?:ober)?\.?\s+(\d{1,2})\b|2026-10-(\d{2})\b"
)


class Words(HTMLParser):
    """The words of a page, as they are read, and where it leads to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, and leave out what nobody reads."""
        self._hidden += tag in ("script", "style")
        self.links += [value or "" for name, value in attrs if tag == "a" and name == "href"]

    def handle_endtag(self, tag: str) -> None:
        """Read again."""
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        """Read."""
        self.texts += [] if self._hidden else [data]


@dataclass
class Story:
    """What happened: an order of each kind, and everything that can be read of it."""

    orders: dict[str, Order] = field(default_factory=dict)
    refund: Refund | None = None


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Story:
    """Orders that are unpaid, paid, sent, refunded and cancelled, within half an hour of one night."""
    clock = Clock(monkeypatch, MOMENT)
    model = make_product("CG43-TX-0007", on_hand=20)
    home, told = HomePage.objects.get(), Story()
    journal = home.add_child(instance=JournalIndexPage(title="Journal", slug="journal"))
    tell(journal, "Taxi", products=[model.page])
    home.add_child(instance=ContactPage(title="Contact", slug="contact"))
    terms = home.add_child(instance=ContentPage(title="Terms", slug="terms", body="<p>Plain.</p>", shows_date=True))
    terms.save_revision().publish()
    for number, name in enumerate(("unpaid", "paid", "sent", "refunded", "cancelled")):
        order = place(cart_with(model), key=f"key-of-form-{number}", phone=f"+9198765432{number:02}")
        told.orders[name] = order
        if name not in ("unpaid", "cancelled"):
            payments.record(paid(opened(order)))
    orders.cancel(told.orders["cancelled"].pk, text="by the buyer")
    staff = in_role("staff")
    for status in (OrderStatus.PACKED, OrderStatus.SHIPPED):
        orders.advance(told.orders["sent"].pk, status, user=staff, carrier="India Post", tracking_number="EX1")
    payment = told.orders["refunded"].payments.get()
    told.refund = refunds.request(payment_id=payment.pk, amount=1000, reason="a dent")
    refunds.record(refund_of(told.refund))
    told.refund.refresh_from_db()
    clock.move(minutes=22)
    return told


def pages(story: Story, client: Client) -> Iterator[tuple[str, str]]:
    """Follow every link from the first page and from the pages of the orders, and return the words of each page."""
    wanted = ["/", *(order.get_absolute_url() for order in story.orders.values())]
    wanted += [
        f"{story.orders['unpaid'].get_absolute_url()}pay/",
        "/wishlist/",
        "/checkout/",
        "/journal/",
        "/contact/",
        "/terms/",
    ]
    seen: set[str] = set()
    while wanted:
        path = wanted.pop().partition("#")[0].removeprefix("http://localhost")
        if path in seen or not path.startswith("/") or path.startswith(("/media/", "/static/", "/admin/")):
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        found = Words(answer.content.decode())
        wanted += [link for link in found.links if "?" not in link]
        yield path, " ".join(found.texts)


def letters() -> Iterator[tuple[str, str]]:
    """Return the words of every mail that is sent."""
    emails.remind()
    emails.send_waiting()
    for message in mail.outbox:
        yield f"mail: {message.subject}", str(message.body)
        for part, _kind in getattr(message, "alternatives", []):
            yield f"mail in HTML: {message.subject}", " ".join(Words(str(part)).texts)


def printed(story: Story) -> Iterator[tuple[str, str]]:
    """Return the words of an invoice and of a credit note."""
    assert story.refund is not None
    order = Order.objects.get(pk=story.orders["refunded"].pk)
    yield "invoice", text(papers.invoice(order))
    yield "credit note", text(papers.credit_note(story.refund, order))


def everything(story: Story) -> dict[str, str]:
    """Return all that a visitor can read, by where it stands."""
    return dict([*pages(story, Client()), *letters(), *printed(story)])


def strays(words: dict[str, str]) -> list[str]:
    """Return the times and dates that are not of that night in India."""
    found = []
    for where, text_of in words.items():
        said = ADDRESSES.sub("", text_of)
        found += [f"{where}: {match[0]}" for match in TIMES.finditer(said) if not _is_that_night(match)]
        found += [
            f"{where}: {match[0]}" for match in DATES.finditer(said) if int(next(filter(None, match.groups()))) < 14
        ]
    return found


def _is_that_night(match: re.Match[str]) -> bool:
    hour, _minute, half = match.groups()
    if int(hour) > 23 or (half is None and match[0].strip() in SCALES):
        return True
    return int(hour) in (1, 2) and (half or "").lower().startswith("a")


SCALES = {"1:12", "1:18", "1:24", "1:32", "1:43", "1:50", "1:64", "1:87"}


def test_all_times_are_indias(story: Story) -> None:
    words = everything(story)
    assert strays(words) == []
    order = story.orders
    for name, least in {
        "/terms/": "14 October 2026",
        order["unpaid"].get_absolute_url(): "2:02 am",
        f"{order['unpaid'].get_absolute_url()}pay/": "2:02 am",
        order["paid"].get_absolute_url(): "14 Oct 2026, 1:32 am",
        order["sent"].get_absolute_url(): "14 Oct 2026, 1:32 am",
        order["refunded"].get_absolute_url(): "14 Oct 2026, 1:32 am",
        "invoice": "14 Oct 2026, 1:32 am",
        "credit note": "14 Oct 2026",
    }.items():
        assert least in " ".join(words[name].split()), name
    assert {"/shop/", "/shop/cg43-tx-0007/", "/cart/", "/journal/", "/journal/taxi/", "/contact/"} <= words.keys()
    assert sum(name.startswith("mail") for name in words) >= 10
    assert any("2:02 am" in said for name, said in words.items() if name.startswith("mail: One step"))


def test_a_time_of_another_zone_is_found(story: Story, settings: Settings) -> None:
    settings.TIME_ZONE = "UTC"
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]
    try:
        found = strays(everything(story))
    finally:
        settings.TIME_ZONE = "Asia/Kolkata"
        timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]
    assert {where.partition(":")[0] for where in found} >= {"mail", "invoice", "credit note"}
    assert any(story.orders["paid"].get_absolute_url() in where for where in found)
