"""Webhooks that get lost, come twice, late or in another order, and what is done about it by hand.

Control: with `_note` of webhooks.py not disabling anything, the test of the whole day fails.
"""

from collections.abc import Callable
from typing import Any

import pytest

from razorpay_simulator.signatures import sign
from tests.razorpay_simulator.harness import WEBHOOK_SECRET, Receiver, Running, wait_until

HOUR = 3600
Start = Callable[..., Running]
PURCHASE = ["payment.authorized", "payment.captured", "order.paid"]


@pytest.fixture
def paused(start: Start, receiver: Receiver) -> Running:
    """A simulator that sends nothing by itself."""
    simulator = start("--webhook-url", receiver.url)
    simulator.control("webhooks", enabled=False)
    return simulator


def buy(simulator: Running) -> None:
    simulator.pay(simulator.order()["id"])


def settled(simulator: Running) -> set[str]:
    return {event["state"] for event in simulator.events()}


def in_order(receiver: Receiver) -> list[str]:
    return [entry.event for entry in receiver.received]


@pytest.mark.covers("M7")
def test_a_dropped_event_never_comes_until_it_is_replayed(start: Start, receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    simulator.control("faults", on="WEBHOOK payment.captured", kind="drop")
    buy(simulator)
    wait_until(lambda: settled(simulator) == {"delivered", "dropped"})
    assert receiver.names() == ["order.paid", "payment.authorized"]
    lost = next(event for event in simulator.events() if event["state"] == "dropped")
    assert simulator.control("replay")["replayed"] == [lost["event_id"]]
    wait_until(lambda: settled(simulator) == {"delivered"})
    assert receiver.names() == sorted(PURCHASE)
    assert simulator.control("replay")["replayed"] == []


@pytest.mark.covers("M7")
def test_a_duplicate_has_the_same_id_and_body(start: Start, receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    simulator.control("faults", on="WEBHOOK *", kind="duplicate", times=0)
    buy(simulator)
    wait_until(lambda: settled(simulator) == {"delivered"})
    assert len(receiver.received) == 6
    assert len({(entry.event_id, entry.body, entry.signature) for entry in receiver.received}) == 3
    assert [event["attempts"] for event in simulator.events()] == [2, 2, 2]


@pytest.mark.covers("M7", "M11")
def test_a_delayed_event_waits_for_the_clock(start: Start, receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    simulator.control("clock", at=1_800_000_000)
    simulator.control("faults", on="WEBHOOK payment.*", kind="delay", seconds=90, times=2)
    buy(simulator)
    wait_until(lambda: "delivered" in settled(simulator))
    simulator.control("clock", advance=89)
    assert in_order(receiver) == ["order.paid"]
    simulator.control("clock", advance=1)
    wait_until(lambda: settled(simulator) == {"delivered"})
    assert receiver.names() == sorted(PURCHASE)


@pytest.mark.covers("M7")
def test_events_come_in_reverse(start: Start, receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    simulator.control("webhooks", one_at_a_time=True)
    simulator.control("faults", on="WEBHOOK *", kind="reorder", times=3, seconds=3600)
    buy(simulator)
    wait_until(lambda: settled(simulator) == {"delivered"})
    assert in_order(receiver) == PURCHASE[::-1]
    buy(simulator)
    wait_until(lambda: len(receiver.received) == 6)
    assert in_order(receiver)[3:] == PURCHASE


@pytest.mark.covers("M7")
def test_events_are_delivered_by_hand_in_any_order(paused: Running, receiver: Receiver) -> None:
    buy(paused)
    first, second, third = (event["event_id"] for event in paused.events())
    receiver.statuses = [500, 200, 200, 200]
    told = paused.control("deliver", event_ids=[third, first, third, second])["items"]
    assert [(item["event_id"], item["status"]) for item in told] == [
        (third, 500),
        (first, 200),
        (third, 200),
        (second, 200),
    ]
    assert [entry.event_id for entry in receiver.received] == [third, first, third, second]
    assert settled(paused) == {"delivered"}
    for wrong in ([], ["nothing"], None, [first] * 501):
        assert paused.call("POST", "/_simulator/deliver", {"event_ids": wrong}).status == 400


@pytest.mark.covers("M7")
def test_retries_keep_the_old_secret_and_replays_have_the_new_one(paused: Running, receiver: Receiver) -> None:
    buy(paused)
    paused.control("webhooks", secret="a new secret")
    paused.pay(paused.order()["id"], "failure")
    ids = [event["event_id"] for event in paused.events()]
    paused.control("deliver", event_ids=[ids[0], ids[-1]])
    assert signers(receiver) == [WEBHOOK_SECRET, "a new secret"]
    paused.control("faults", on="WEBHOOK payment.failed", kind="previous_secret")
    paused.pay(paused.order()["id"], "failure")
    paused.control("faults", on="WEBHOOK payment.failed", kind="wrong_secret")
    paused.pay(paused.order()["id"], "failure")
    paused.control("deliver", event_ids=[event["event_id"] for event in paused.events()[-2:]])
    assert signers(receiver)[2:] == [WEBHOOK_SECRET, ""]
    paused.control("replay", event_id=ids[1])
    paused.control("deliver", event_ids=[ids[1]])
    assert signers(receiver)[4:] == ["a new secret"]
    assert b"a new secret" not in paused.call("GET", "/_simulator/").body


def signers(receiver: Receiver) -> list[str]:
    """Return with which secret each event was signed; empty for none of them."""
    secrets = (WEBHOOK_SECRET, "a new secret")
    return [
        next((secret for secret in secrets if sign(entry.body, secret) == entry.signature), "")
        for entry in receiver.received
    ]


@pytest.mark.covers("M7", "M11")
def test_a_webhook_that_fails_for_a_day_is_disabled(start: Start, receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    simulator.control("clock", at=1_800_000_000)
    receiver.statuses = [500] * 50
    simulator.pay(simulator.order()["id"], "failure")
    wait_until(lambda: simulator.events()[0]["attempts"] == 1)
    simulator.control("clock", advance=23 * HOUR)
    wait_until(lambda: simulator.events()[0]["attempts"] == 2)
    assert webhook(simulator)["disabled"] is False
    simulator.control("clock", advance=HOUR)
    wait_until(lambda: webhook(simulator)["disabled"])
    assert settled(simulator) == {"expired"}
    buy(simulator)
    assert [event["state"] for event in simulator.events()] == ["expired", "missed", "missed", "missed"]
    simulator.kill()
    simulator.start()
    assert webhook(simulator)["disabled"] is True
    receiver.statuses = []
    assert len(simulator.control("replay")["replayed"]) == 4
    wait_until(lambda: settled(simulator) == {"delivered"})
    assert webhook(simulator)["disabled"] is False


def webhook(simulator: Running) -> dict[str, Any]:
    return dict(simulator.call("GET", "/_simulator/events").json["webhooks"])


@pytest.mark.covers("M7", "M11")
def test_nothing_older_than_a_week_is_replayed(paused: Running) -> None:
    paused.control("clock", at=1_800_000_000)
    paused.pay(paused.order()["id"], "failure")
    event_id = paused.events()[0]["event_id"]
    paused.control("clock", advance=7 * 24 * HOUR + 1)
    assert paused.control("replay")["replayed"] == []
    assert paused.call("POST", "/_simulator/replay", {"event_id": event_id}).status == 400
    assert paused.control("redeliver", event_id=event_id)["state"] == "pending"


@pytest.mark.covers("M7")
def test_a_disabled_webhook_is_switched_on_by_hand(start: Start, receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    simulator.control("clock", at=1_800_000_000)
    receiver.statuses = [500]
    simulator.pay(simulator.order()["id"], "failure")
    wait_until(lambda: simulator.events()[0]["attempts"] == 1)
    receiver.statuses = [500]
    simulator.control("clock", advance=25 * HOUR)
    wait_until(lambda: webhook(simulator)["disabled"])
    simulator.control("webhooks", enabled=True)
    buy(simulator)
    wait_until(lambda: [event["state"] for event in simulator.events()] == ["expired", *["delivered"] * 3])


@pytest.mark.covers("M7", "M11")
def test_webhooks_are_shuffled_and_lost_by_a_seed(start: Start, receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url, "--seed", "7")

    def fates(seed: int) -> list[Any]:
        simulator.control("reset")
        simulator.control("webhooks", enabled=False)
        simulator.control("clock", at=1_800_000_000)
        simulator.control("chaos", probability=0.6, seed=seed, seconds=0)
        simulator.control("clear_faults")
        kinds = ["drop", "duplicate", "delay", "reorder"]
        simulator.control("faults", on="WEBHOOK *", kind=kinds, times=0, probability=0.6, seed=seed, seconds=10)
        for _ in range(6):
            buy(simulator)
        return [(event["state"], event["next_at"]) for event in simulator.events()]

    first = fates(7)
    assert first == fates(7)
    assert first != fates(8)
    assert {state for state, _ in first} == {"pending", "dropped"}
    assert len({moment for _, moment in first}) > 3


@pytest.mark.covers("M6", "M7")
def test_chaos_ends_when_the_faults_are_cleared(start: Start, receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    rows = simulator.control("chaos", probability=1, seed=3, seconds=0)["items"]
    assert [row["on"] for row in rows] == ["* *", "WEBHOOK *"]
    simulator.control("clear_faults")
    buy(simulator)
    wait_until(lambda: settled(simulator) == {"delivered"})
