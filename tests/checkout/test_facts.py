"""What Razorpay says of its entities is read to the letter: every field in its place, nothing malformed believed."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from checkout.facts import (
    BadFacts,
    OrderFacts,
    PaymentFacts,
    RefundFacts,
    dispute_facts,
    order_facts,
    payment_facts,
    refund_facts,
)
from checkout.status import PaymentStatus, RefundStatus

pytestmark = pytest.mark.once

TAIL = "Aa1Bb2Cc3Dd4Ee"
ORDER = {
    "id": f"order_{TAIL}",
    "entity": "order",
    "amount": 189_900,
    "amount_paid": 100_000,
    "amount_due": 89_900,
    "currency": "INR",
    "status": "attempted",
    "receipt": "CG-7-1",
    "notes": {"mark": "cart-1"},
}
PAYMENT = {
    "id": f"pay_{TAIL}",
    "entity": "payment",
    "order_id": f"order_{TAIL}",
    "amount": 189_900,
    "currency": "INR",
    "status": "captured",
    "method": "upi",
    "fee": 4_482,
    "tax": 684,
    "amount_refunded": 100,
    "captured": True,
    "error_reason": "payment_timed_out",
    "error_description": "Too slow.",
    "email": "asha@example.in",
    "contact": "+919876543210",
}
REFUND = {
    "id": f"rfnd_{TAIL}",
    "entity": "refund",
    "payment_id": f"pay_{TAIL}",
    "amount": 500,
    "currency": "INR",
    "status": "processed",
    "notes": {"refund": "refund-key"},
    "acquirer_data": {"arn": "10000000000000"},
    "speed_processed": "instant",
}
DISPUTE = {
    "id": f"disp_{TAIL}",
    "entity": "dispute",
    "payment_id": f"pay_{TAIL}",
    "amount": 39_000,
    "amount_deducted": 1,
    "currency": "INR",
    "status": "open",
    "phase": "chargeback",
    "reason_code": "goods_not_received",
    "respond_by": 1_796_000_000,
}
READERS: list[tuple[Callable[[object], Any], dict[str, Any]]] = [
    (order_facts, ORDER),
    (payment_facts, PAYMENT),
    (refund_facts, REFUND),
    (dispute_facts, DISPUTE),
]


def without(entity: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entity.items() if name not in names}


def test_every_field_of_an_order() -> None:
    assert asdict(order_facts(ORDER)) == {
        **without(ORDER, "id", "entity", "notes"),
        "order_id": ORDER["id"],
        "mark": "cart-1",
    }
    bare = order_facts(without(ORDER, "amount_paid", "amount_due"))
    assert (bare.amount_paid, bare.amount_due) == (0, 0)
    without_mark: list[object] = [[], None, "mark", {}]
    for notes in without_mark:
        assert order_facts({**ORDER, "notes": notes}).mark == ""
    assert order_facts({**ORDER, "notes": {"mark": "x" * 41}}).mark == "x" * 40


def test_an_order_is_settled_when_it_is_paid_and_nothing_is_due() -> None:
    def is_settled(status: str, due: int) -> bool:
        return order_facts({**ORDER, "status": status, "amount_due": due}).is_settled

    assert is_settled("paid", 0)
    assert not is_settled("paid", 1)
    assert not is_settled("attempted", 0)


def test_every_field_of_a_payment() -> None:
    assert asdict(payment_facts(PAYMENT)) == {**without(PAYMENT, "id", "entity"), "payment_id": PAYMENT["id"]}
    bare = payment_facts(without(PAYMENT, "order_id", "fee", "tax", "amount_refunded", "captured"))
    assert (bare.order_id, bare.fee, bare.tax, bare.amount_refunded, bare.captured) == ("", None, None, 0, False)
    assert payment_facts({**PAYMENT, "order_id": ""}).order_id == ""
    assert payment_facts({**PAYMENT, "order_id": None}).order_id == ""
    assert payment_facts({**PAYMENT, "captured": 1}).captured is False


@pytest.mark.parametrize(
    ("status", "captured", "had"),
    [
        ("created", True, False),
        ("failed", True, False),
        ("authorized", True, False),
        ("captured", False, True),
        ("captured", True, True),
        ("refunded", True, True),
        ("refunded", False, False),
    ],
)
def test_whose_money_the_shop_ever_had(status: str, captured: bool, had: bool) -> None:
    assert payment_facts({**PAYMENT, "status": status, "captured": captured}).was_captured is had


def test_no_more_is_refunded_than_was_paid() -> None:
    assert payment_facts({**PAYMENT, "amount_refunded": 189_900}).amount_refunded == 189_900
    with pytest.raises(BadFacts, match="more refunded"):
        payment_facts({**PAYMENT, "amount_refunded": 189_901})


def test_every_field_of_a_refund() -> None:
    facts = refund_facts(REFUND)
    copied = without(REFUND, "id", "entity", "notes", "acquirer_data", "speed_processed")
    assert asdict(facts) == {
        **copied,
        "refund_id": REFUND["id"],
        "key": "refund-key",
        "speed": "instant",
        "arn": "10000000000000",
    }
    without_key: list[object] = [[], None, "refund-key", {}]
    for notes in without_key:
        bare = refund_facts({**REFUND, "notes": notes, "acquirer_data": notes})
        assert (bare.key, bare.arn) == ("", "")


def test_a_refund_without_a_status_is_on_its_way() -> None:
    assert refund_facts(without(REFUND, "status")).status == "pending"
    assert refund_facts({**REFUND, "status": None}).status == "pending"
    for status in ("pending", "processed", "failed"):
        assert refund_facts({**REFUND, "status": status}).status == status
    with pytest.raises(BadFacts, match="status"):
        refund_facts({**REFUND, "status": "requested"})


@pytest.mark.parametrize(
    ("read", "entity"),
    [(refund_facts, REFUND), (payment_facts, {**PAYMENT, "amount_refunded": 0})],
    ids=["refund", "payment"],
)
def test_money_is_at_least_one_paisa(read: Callable[[object], Any], entity: dict[str, Any]) -> None:
    assert read({**entity, "amount": 1}).amount == 1
    for nothing in (0, -0):
        with pytest.raises(BadFacts, match="nothing"):
            read({**entity, "amount": nothing})


def test_every_field_of_a_dispute() -> None:
    assert asdict(dispute_facts(DISPUTE)) == {**without(DISPUTE, "id", "entity"), "dispute_id": DISPUTE["id"]}
    assert dispute_facts(without(DISPUTE, "amount_deducted")).amount_deducted == 0
    for status in ("open", "under_review", "won", "lost", "closed"):
        assert dispute_facts({**DISPUTE, "status": status}).status == status


TOO_LONG = [
    (order_facts, ORDER, {"status": 20, "receipt": 40}),
    (
        payment_facts,
        PAYMENT,
        {"method": 20, "error_reason": 80, "error_description": 255, "email": 254, "contact": 20},
    ),
    (dispute_facts, DISPUTE, {"phase": 20, "reason_code": 80}),
]


@pytest.mark.parametrize(("read", "entity", "limits"), TOO_LONG, ids=["order", "payment", "dispute"])
def test_texts_are_cut(read: Callable[[object], Any], entity: dict[str, Any], limits: dict[str, int]) -> None:
    facts = asdict(read({**entity, **dict.fromkeys(limits, "x" * 300)}))
    assert {name: len(facts[name]) for name in limits} == limits


def test_the_texts_of_a_refund_are_cut() -> None:
    long = "x" * 300
    facts = refund_facts({**REFUND, "notes": {"refund": long}, "speed_processed": long, "acquirer_data": {"arn": long}})
    assert (len(facts.key), len(facts.speed), facts.arn) == (64, 20, "")


@pytest.mark.parametrize("arn", ["74332744091234567890123", "433912345678", "HDFCN52026112700012345", "1000-0000/0000"])
def test_a_banks_reference_is_kept(arn: str) -> None:
    assert refund_facts({**REFUND, "acquirer_data": {"arn": arn}}).arn == arn


@pytest.mark.parametrize(
    "arn", [None, "", 10**13, "123", "x" * 41, "<b>1234567</b>", "1234 5678", "1234567\n", ["1234567"]]
)
def test_what_is_no_banks_reference_is_none(arn: object) -> None:
    assert refund_facts({**REFUND, "acquirer_data": {"arn": arn}}).arn == ""


@pytest.mark.parametrize(("read", "entity"), READERS, ids=["order", "payment", "refund", "dispute"])
def test_what_is_malformed_is_not_believed(read: Callable[[object], Any], entity: dict[str, Any]) -> None:
    wrong: dict[str, list[object]] = {
        "entity": ["other", None],
        "id": [None, "", f"X{entity['id']}", f"{entity['id']}0"],
        "amount": [None, -1, 1.5, "1", True],
        "currency": [None, "inr", "RUPEE"],
    }
    if "payment_id" in entity:
        wrong["payment_id"] = [None, "", "pay_1"]
    if "order_id" in entity:
        wrong["order_id"] = ["order_1", 0, False, []]
    if entity is not ORDER:
        wrong["status"] = ["unheard_of", 5]
    for name, values in wrong.items():
        for value in values:
            with pytest.raises(BadFacts):
                read({**entity, name: value})
    for name in ("amount_paid", "amount_due", "fee", "tax", "amount_refunded", "amount_deducted"):
        if name in entity:
            with pytest.raises(BadFacts, match=name):
                read({**entity, name: -1})


def test_what_nobody_said_is_empty() -> None:
    refund = RefundFacts("rfnd_1", "pay_1", RefundStatus.PENDING, 1, "INR")
    assert (refund.key, refund.speed, refund.arn) == ("", "", "")
    assert OrderFacts("order_1", 1, "INR", "paid", 1, 0, "CG-7-1").mark == ""
    short = PaymentFacts("pay_1", "", PaymentStatus.FAILED, 1, "INR")
    assert asdict(short) == {
        "payment_id": "pay_1",
        "order_id": "",
        "status": "failed",
        "amount": 1,
        "currency": "INR",
        "method": "",
        "fee": None,
        "tax": None,
        "amount_refunded": 0,
        "error_reason": "",
        "error_description": "",
        "email": "",
        "contact": "",
        "captured": False,
    }
