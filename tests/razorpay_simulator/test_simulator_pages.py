"""The control room as a person uses it: pages, forms, labels; in a browser also on a phone.

Control: with `back` of control.act not checked, the form of a stranger leads away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import html5lib
import pytest

from tests.razorpay_simulator.harness import Answer, Running

FORM = {"Content_Type": "application/x-www-form-urlencoded"}
BAND = b"Test mode: no money moves"


@dataclass
class Shown:
    """A form of a page: what it says when it is sent as it stands."""

    action: str
    button: str
    values: dict[str, str]
    labels: set[str]


def forms(page: bytes) -> list[Shown]:
    document = html5lib.parse(page.decode(), namespaceHTMLElements=False)
    return [shown(form) for form in document.iter("form")]


def shown(form: Any) -> Shown:
    values = {field.get("name"): field.get("value", "") for field in form.iter("input")}
    for select in form.iter("select"):
        options = list(select.iter("option"))
        chosen = next((option for option in options if option.get("selected") is not None), options[0])
        values[select.get("name")] = chosen.get("value")
    visible = [field for field in form.iter() if field.tag in {"input", "select"} and field.get("type") != "hidden"]
    labelled = {label.get("for") for label in form.iter("label")}
    assert {field.get("id") for field in visible} == labelled, form.get("action")
    button = "".join(next(form.iter("button")).itertext())
    return Shown(form.get("action"), button, values, labelled)


def send(simulator: Running, form: Shown, **changes: str) -> Answer:
    body = urlencode({**form.values, **changes}).encode()
    return simulator.call("POST", form.action, body, **FORM)


def play(simulator: Running, entity_id: str) -> dict[str, Shown]:
    """Return the forms of the page about one thing, by their button."""
    page = simulator.call("GET", f"/_simulator/play?id={entity_id}")
    assert page.status == 200, page.body
    assert BAND in page.body
    return {form.button: form for form in forms(page.body)}


@pytest.fixture
def everything(fresh: Running) -> dict[str, str]:
    """One of each kind, by kind."""
    payment_id = fresh.pay(fresh.order(50000)["id"])["razorpay_payment_id"]
    fresh.control("switches", refunds="pending")
    found = {
        "order": fresh.order()["id"],
        "captured": payment_id,
        "failed": fresh.pay(fresh.order()["id"], "failure")["razorpay_payment_id"],
        "authorized": fresh.pay(fresh.order()["id"], "authorized")["razorpay_payment_id"],
        "refund": fresh.control("refund", payment_id=payment_id, amount=100)["id"],
        "dispute": fresh.control("dispute", payment_id=payment_id, amount=100)["id"],
        "downtime": fresh.control("downtime")["id"],
        "settlement": fresh.control("settle")["id"],
    }
    return {**found, "event": fresh.events()[0]["event_id"]}


@pytest.mark.covers("M8")
def test_everything_can_be_played_by_hand(fresh: Running, everything: dict[str, str]) -> None:
    def state(kind: str, entity_id: str) -> str:
        return str(fresh.api("GET", f"/{kind}/{entity_id}").json["status"])

    assert send(fresh, play(fresh, everything["order"])["Pay"], outcome="upi_retry").status == 303
    assert state("orders", everything["order"]) == "paid"
    assert send(fresh, play(fresh, everything["failed"])["Authorize late"]).status == 303
    assert state("payments", everything["failed"]) == "captured"
    assert send(fresh, play(fresh, everything["authorized"])["Give it back"]).status == 303
    assert state("payments", everything["authorized"]) == "refunded"
    assert send(fresh, play(fresh, everything["captured"])["Refund"], amount="200").status == 303
    assert send(fresh, play(fresh, everything["captured"])["Open a dispute"], amount="300").status == 303
    assert send(fresh, play(fresh, everything["refund"])["Decide"], status="failed").status == 303
    assert state("refunds", everything["refund"]) == "failed"
    assert play(fresh, everything["refund"]) == {}
    assert send(fresh, play(fresh, everything["dispute"])["Let it happen"], status="lost").status == 303
    assert state("disputes", everything["dispute"]) == "lost"
    assert send(fresh, play(fresh, everything["downtime"])["Tell the shop"], status="resolved").status == 303
    assert play(fresh, everything["downtime"]) == play(fresh, everything["settlement"]) == {}
    answer = send(fresh, play(fresh, everything["event"])["Redeliver"])
    assert answer.headers["Location"] == f"/_simulator/play?id={everything['event']}"


@pytest.mark.covers("M8")
def test_every_form_of_the_desk_works_as_it_stands(fresh: Running) -> None:
    page = fresh.call("GET", "/_simulator/desk")
    assert BAND in page.body
    found = forms(page.body)
    assert len(found) > 12
    before = fresh.call("GET", "/_simulator/switches").json
    for form in found:
        changes = {"at": "2026-04-01T10:00:00+05:30"} if "at" in form.values else {}
        answer = send(fresh, form, **changes)
        assert (answer.status, answer.headers["Location"]) == (303, "/_simulator/desk"), (form.action, answer.body)
        if form.action.endswith("/switches"):
            assert fresh.call("GET", "/_simulator/switches").json == before
        fresh.control("clear_faults")
    assert fresh.api("GET", "/orders").json["count"] == 0


@pytest.mark.covers("M6")
def test_the_desk_shows_what_is_to_come(fresh: Running) -> None:
    fresh.control("faults", on="GET /v1/orders/:id", kind="bad_gateway", times=3)
    fresh.control("clock", at="2026-04-01T10:00:00+05:30")
    body = fresh.call("GET", "/_simulator/desk").body.decode()
    assert "<td>GET /v1/orders/:id</td><td>bad_gateway</td><td>3</td>" in body
    assert "The clock shows 01 Apr 04:30:00 UTC and stands still." in body


@pytest.mark.covers("M8")
def test_what_cannot_be_done_is_told_in_words(fresh: Running, everything: dict[str, str]) -> None:
    form = play(fresh, everything["captured"])["Refund"]
    answer = send(fresh, form, amount="<b>")
    assert (answer.status, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert b"amount is a whole number of paise" in answer.body
    assert f'<a href="/_simulator/play?id={everything["captured"]}">Back</a>'.encode() in answer.body
    for elsewhere in ("https://evil.example/", "//evil.example/", '"><script>'):
        assert send(fresh, form, amount="100", back=elsewhere).headers["Location"] == "/_simulator/"
    assert fresh.call("GET", "/_simulator/play?id=nothing").status == 404
    assert fresh.call("GET", "/_simulator/play").status == 404


@pytest.mark.covers("M10")
@pytest.mark.parametrize("path", ["", "desk", "play?id=pay_AAAAAAAAAAAAAA"])
def test_no_page_is_open_to_other_hosts(fresh: Running, path: str) -> None:
    assert fresh.call("GET", f"/_simulator/{path}", Host="evil.example").status == 403


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit_a_phone(
    phone: Any, fresh: Running, everything: dict[str, str], scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    phone.emulate_media(color_scheme=scheme)
    fresh.control("faults", on="WEBHOOK *", kind="drop")
    for path in ("", "desk", *(f"play?id={entity_id}" for entity_id in everything.values())):
        phone.goto(f"{fresh.url}/_simulator/{path}")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = axe.run(phone).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == [], path


def test_a_person_plays_a_late_payment_on_a_phone(phone: Any, fresh: Running, everything: dict[str, str]) -> None:
    phone.goto(f"{fresh.url}/_simulator/")
    phone.get_by_role("link", name=everything["failed"]).click()
    phone.get_by_label("What then").select_option("authorized")
    phone.get_by_role("button", name="Authorize late").click()
    phone.get_by_role("heading", name="Payment authorized").wait_for()
    phone.get_by_role("link", name="Faults and switches").click()
    phone.get_by_label("A receipt that comes again is").select_option("refused")
    phone.get_by_role("button", name="Turn switches").click()
    assert fresh.call("GET", "/_simulator/switches").json["receipts"] == "refused"
