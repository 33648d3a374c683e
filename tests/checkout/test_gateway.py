"""The door to Razorpay: every way in which the network or the SDK can fail is one error, in time and in silence."""

import logging
from typing import Any

import pytest
import requests
from pytest_django import Settings

from checkout import gateway, transport
from checkout.gateway import GatewayError
from tests.checkout import faults
from tests.checkout.faults import Fault, FaultyRazorpay
from tests.programs import Simulator

pytestmark = pytest.mark.once

ORDER = "order_AAAAAAAAAAAAAA"
PAYMENT = "pay_AAAAAAAAAAAAAA"
HTML = "<html><body>Bad Gateway</body></html>"

# fault, status of the error, may it have worked, will the same call fail again
FAULTS: dict[str, tuple[Fault, int, bool, bool]] = {
    "no answer": (faults.hang, 0, True, False),
    "one byte at a time": (faults.drip, 0, True, False),
    "a header without end": (faults.drip_headers, 0, True, False),
    "more than fits": (faults.flood, 0, True, False),
    "reset": (faults.reset, 0, True, False),
    "half an answer": (faults.truncate, 0, True, False),
    "500 as HTML": (faults.answer(500, HTML, "text/html"), 500, True, False),
    "502 empty": (faults.answer(502, ""), 502, True, False),
    "500 as JSON": (faults.refuse(500, "We are facing some trouble", "SERVER_ERROR"), 500, True, False),
    "200 with HTML": (faults.answer(200, HTML, "text/html"), 200, True, False),
    "200 with a list": (faults.answer(200, []), 200, True, False),
    "200 with nothing": (faults.answer(200, ""), 200, True, False),
    "204": (faults.answer(204, ""), 204, True, False),
    "200 with half of a JSON": (faults.answer(200, '{"id": "order_'), 200, True, False),
    "wrong key": (faults.refuse(401, "Authentication failed"), 401, False, False),
    "forbidden": (faults.refuse(403, "Access denied"), 403, False, False),
    "slow down": (faults.refuse(429, "Too many requests"), 429, False, False),
    "busy": (faults.refuse(409, "Another operation is in progress"), 409, False, False),
    "bad input": (faults.refuse(400, "The amount must be at least INR 1.00", field="amount"), 400, False, True),
    "redirect": (faults.answer(302, "", Location="http://127.0.0.1:9/elsewhere"), 302, False, False),
    "an error that is a text": (faults.answer(400, {"error": "no"}), 400, False, True),
    "an error that is a list": (faults.answer(400, ["no"]), 400, False, True),
}


@pytest.mark.timeout(20)
@pytest.mark.covers("B7", "B8", "B10")
@pytest.mark.parametrize("name", FAULTS)
def test_every_failure_is_one_error(name: str, faulty: FaultyRazorpay, capfd: pytest.CaptureFixture[str]) -> None:
    fault, status, ambiguous, is_refusal = FAULTS[name]
    faulty.plan(fault)
    with pytest.raises(GatewayError) as caught:
        gateway.create_order(amount=100, receipt="r-1", notes={})
    error = caught.value
    assert (error.status, error.ambiguous, error.is_refusal) == (status, ambiguous, is_refusal)
    assert len(faulty.calls) == 1, "never repeated behind our back"
    assert error.customer_text
    assert capfd.readouterr().out == "", "the SDK prints"


@pytest.mark.covers("B9")
@pytest.mark.parametrize(
    "entity",
    [
        {"id": "order_x/../../payments", "amount": 100, "currency": "INR"},
        {"id": ORDER, "amount": "100", "currency": "INR"},
        {"id": ORDER, "amount": True, "currency": "INR"},
        {"id": ORDER, "amount": 100.0, "currency": "INR"},
        {"id": ORDER, "amount": -100, "currency": "INR"},
        {"id": ORDER, "amount": 100, "currency": "inr"},
        {"id": ORDER, "amount": 100, "currency": "INR", "entity": "payment"},
        {"items": []},
    ],
)
def test_an_entity_of_the_wrong_shape_is_refused(entity: dict[str, object], faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.answer(200, entity))
    with pytest.raises(GatewayError) as caught:
        gateway.create_order(amount=100, receipt="r-1", notes={})
    assert (caught.value.status, caught.value.ambiguous) == (200, True)


def test_a_list_without_items_is_refused(faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.answer(200, {"entity": "collection"}))
    with pytest.raises(GatewayError):
        gateway.find_orders("r-1")


def test_nobody_listens_and_no_such_host(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    for url in ("http://127.0.0.1:9", "http://no-such-host.invalid"):
        settings.RAZORPAY_API_URL = url
        with pytest.raises(GatewayError) as caught:
            gateway.fetch_order(ORDER)
        assert (caught.value.status, caught.value.ambiguous) == (0, True)
    assert capfd.readouterr().out == ""


def test_without_keys_nothing_is_sent(settings: Settings, faulty: FaultyRazorpay) -> None:
    for name in ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET"):
        old = getattr(settings, name)
        setattr(settings, name, "")
        with pytest.raises(GatewayError):
            gateway.fetch_order(ORDER)
        setattr(settings, name, old)
    assert faulty.calls == []


@pytest.mark.covers("D4")
@pytest.mark.parametrize(
    "text", ["", "order_", "../orders/x?y=1", ORDER + "\n", "order_AAAAAAAAAAAAA|", "ordér_AAAAAAAAAAAAAA"]
)
def test_a_malformed_id_never_reaches_the_address(text: str, faulty: FaultyRazorpay) -> None:
    for call in (gateway.fetch_order, gateway.fetch_order_payments, gateway.fetch_payment):
        with pytest.raises(GatewayError):
            call(text)
    with pytest.raises(GatewayError):
        gateway.capture(text, amount=1, currency="INR")
    assert faulty.calls == []


@pytest.mark.covers("B14")
def test_limits_of_receipt_and_notes(simulator: Simulator) -> None:
    fits = {f"k{number}": "n" * 256 for number in range(15)}
    assert gateway.create_order(amount=100, receipt="r" * 40, notes=fits).receipt == "r" * 40
    for receipt, notes in (("r" * 41, {}), ("r", {**fits, "one": "more"}), ("r", {"k": "n" * 257})):
        with pytest.raises(ValueError, match="at most"):
            gateway.create_order(amount=100, receipt=receipt, notes=notes)


def test_the_refusal_keeps_what_razorpay_said(faulty: FaultyRazorpay) -> None:
    faulty.plan(
        faults.refuse(400, "Nope", reason="input_validation_failed", field="receipt", metadata={"order_id": ORDER})
    )
    with pytest.raises(GatewayError) as caught:
        gateway.create_order(amount=100, receipt="r-1", notes={})
    error = caught.value
    assert (error.code, error.reason, error.field) == ("BAD_REQUEST_ERROR", "input_validation_failed", "receipt")
    assert error.order_id == ORDER
    assert "Nope" in str(error)
    assert "Nope" not in error.customer_text


def test_an_order_id_in_an_error_is_believed_only_when_it_is_one(faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.refuse(400, "Nope", metadata={"order_id": "../../payments"}))
    with pytest.raises(GatewayError) as caught:
        gateway.create_order(amount=100, receipt="r-1", notes={})
    assert caught.value.order_id == ""


def test_every_call_has_a_timeout_and_none_follows_redirects(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    send = requests.Session.send

    def watched(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        seen.append((options["timeout"], options["allow_redirects"]))
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", watched)
    order = gateway.create_order(amount=100, receipt="r-1", notes={})
    with transport.within(60):
        gateway.find_orders("r-1")
    gateway.list_payments(since=0, until=2_000_000_000)
    assert seen == [((2.0, 2.0), False)] * 3
    with transport.within(1.5), transport.within(60):
        gateway.fetch_order(order.order_id)
    (connect, read), _redirects = seen.pop()
    assert 0 < connect == read <= 1.5
    with transport.within(0.01), pytest.raises(GatewayError) as caught:
        gateway.fetch_order(order.order_id)
    assert (caught.value.ambiguous, caught.value.is_refusal) == (False, False)
    assert len(seen) == 3, "nothing was sent"


def test_an_empty_answer_to_a_list_is_a_list(simulator: Simulator) -> None:
    assert gateway.find_orders("never-used") == []
    assert gateway.list_payments(since=0, until=2_000_000_000) == ([], False, {})


@pytest.mark.covers("F2", "F3")
def test_after_a_failed_capture_the_payment_itself_is_asked(simulator: Simulator, faulty: FaultyRazorpay) -> None:
    order = gateway.create_order(amount=100, receipt="r-1", notes={})
    payment = simulator.control("pay", order_id=order.order_id, outcome="authorized")["razorpay_payment_id"]
    faulty.plan(faults.lose_answer, on="capture")
    assert gateway.capture(payment, amount=100, currency="INR").status == "captured"
    assert gateway.capture(payment, amount=100, currency="INR").status == "captured", "captured already"


def test_capture_sends_each_amount_as_it_is(simulator: Simulator) -> None:
    """The SDK writes the amount into its own default dict: a second capture would send the first one's currency."""
    for amount in (100, 250):
        order = gateway.create_order(amount=amount, receipt=f"r-{amount}", notes={})
        payment = simulator.control("pay", order_id=order.order_id, outcome="authorized")["razorpay_payment_id"]
        assert gateway.capture(payment, amount=amount, currency="INR").amount == amount


@pytest.mark.covers("K7")
def test_no_secret_is_logged_or_printed(
    settings: Settings, faulty: FaultyRazorpay, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    for fault in (faults.hang, faults.reset, faults.refuse(401, "Authentication failed"), faults.answer(500, HTML)):
        faulty.plan(fault)
        with pytest.raises(GatewayError) as caught:
            gateway.create_order(amount=100, receipt="r-1", notes={})
        texts += [str(caught.value), repr(caught.value)]
    out = capfd.readouterr()
    everything = "\n".join([caplog.text, out.out, out.err, *texts])
    assert settings.RAZORPAY_KEY_SECRET not in everything
    assert "Basic " not in everything


def test_another_key_in_the_settings_takes_effect_at_once(settings: Settings, simulator: Simulator) -> None:
    gateway.create_order(amount=100, receipt="r-1", notes={})
    settings.RAZORPAY_KEY_SECRET = "another"
    with pytest.raises(GatewayError) as caught:
        gateway.create_order(amount=100, receipt="r-2", notes={})
    assert caught.value.status == 401
