"""docs/simulator.md names everything that can be played, and nothing else."""

import json
import re

import pytest

from razorpay_simulator import control, faults, paying, switches
from tests.razorpay_simulator.harness import ROOT, Running

TEXT = (ROOT / "docs" / "simulator.md").read_text()
NAMED = set(re.findall(r"`([^`\n]+)`", TEXT))


@pytest.mark.covers("M6", "M7", "M8")
def test_the_document_names_all_actions_faults_switches_and_outcomes() -> None:
    table = TEXT.partition("| action |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(control.POSTS)
    for names in (faults.CALL_KINDS, faults.WEBHOOK_KINDS, switches.SWITCHES, paying.OUTCOMES, paying.SECONDS):
        assert set(names) <= NAMED
    for choices in (switches.RECEIPTS, switches.REFUND_OUTCOMES):
        assert set(choices) <= NAMED
    assert {f"/_simulator/{name}" for name in control.GETS} <= NAMED


@pytest.mark.covers("M6", "M11")
def test_the_commands_of_the_document_are_understood(fresh: Running) -> None:
    commands = re.findall(r"^play (\w+)(?: '(.*)')?$", TEXT, re.MULTILINE)
    assert len(commands) > 3
    for action, body in commands:
        data = json.loads(body or "{}")
        if "order_id" in data:
            data["order_id"] = fresh.order()["id"]
        assert fresh.call("POST", f"/_simulator/{action}", data).status == 200
