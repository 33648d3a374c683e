"""The ground of a life: where it begins, its clock, what must be true of it, and how it ends.

After each few steps the audit looks at the rows. At the end everybody catches up, and then the shop and Razorpay must
tell the same story to the paisa.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine, invariant
from requests.adapters import HTTPAdapter

from checkout import audit, finding, ledger
from checkout.models import AttentionCase, Order, Payment, Refund
from checkout.status import BOUGHT, OrderStatus
from tests import effort
from tests.clock import Clock
from tests.proofs.wire import Razorpay
from webhooks import catching_up

# Found at any moment; that nothing waits for ever is only true once somebody has looked.
AT_ANY_MOMENT = [name for name in audit.INVARIANTS if not name.startswith("O5")]
Row = TypeVar("Row", bound=Model)


class Ground(RuleBasedStateMachine):
    """One life without events, on a database that forgets it afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.patches = pytest.MonkeyPatch()
        self.clock = Clock(self.patches)
        self.razorpay = Razorpay()
        self.patches.setattr(HTTPAdapter, "send", self.razorpay.adapter())
        self.patches.setattr(finding, "PAUSES", (0.0,) * len(finding.PAUSES))
        self.buyers = self.paid = self.steps = 0
        self.is_changed = False
        connection.execute_wrappers.append(self._watch)

    def pass_time(self, minutes: int) -> None:
        """Let time pass, here and there."""
        self.clock.move(minutes=minutes)
        self.razorpay.control("clock", advance=60 * minutes)

    @invariant()
    def the_books_hold(self) -> None:
        """The audit finds nothing."""
        effort.count("steps")
        self.steps += 1
        if not self.is_changed or self.steps % effort.AUDIT_EVERY:
            return
        self.is_changed = False
        found = {name: list(audit.INVARIANTS[name]()) for name in AT_ANY_MOMENT}
        assert not any(found.values()), {name: texts for name, texts in found.items() if texts}
        self._what_was_cancelled_stays_so()

    def _what_was_cancelled_stays_so(self) -> None:
        """Only a person makes an order that was cancelled or mismatched a bought one."""
        revived = Order.objects.filter(status__in=BOUGHT, events__status=OrderStatus.CANCELLED)
        accepted = Payment.objects.filter(fulfils=True).exclude(accepted_by=None)
        assert not (found := revived.exclude(payments__in=accepted)), f"bought after they were cancelled: {found}"

    def teardown(self) -> None:
        """Let everybody catch up, compare both sides, and forget it all."""
        try:
            self._catch_up()
            self._compare()
            effort.count("orders", Order.objects.count())
            effort.count("orders paid", Order.objects.exclude(paid_at=None).count())
            effort.count("payments", Payment.objects.count())
            effort.count("refunds", Refund.objects.count())
            effort.count("cases", AttentionCase.objects.count())
        finally:
            connection.execute_wrappers.remove(self._watch)
            self.patches.undo()
            self.razorpay.simulator.close()
            transaction.savepoint_rollback(self.before)
            # What broke inside a transaction broke this life only.
            transaction.set_rollback(False)
            effort.count("lives")

    def _watch(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.is_changed |= sql.startswith(("INSERT", "UPDATE", "DELETE"))
        return execute(sql, *rest)

    def _catch_up(self) -> None:
        self.razorpay.lost.clear()
        # Once a day the search for what nobody told goes back as far as late money may lie.
        for minutes in (61, 25 * 60):
            self.pass_time(minutes)
            catching_up.catch_up()
        assert not any((found := audit.run()).values()), {name: texts for name, texts in found.items() if texts}
        self._what_was_cancelled_stays_so()

    def _compare(self) -> None:
        """Every captured paisa at Razorpay is in the ledger, and so is everything that went back of it."""
        back: dict[str, int] = {}
        for doc in self.razorpay.known("refund"):
            if doc["status"] == "processed":
                back[doc["payment_id"]] = back.get(doc["payment_id"], 0) + doc["amount"]
        theirs = {
            doc["id"]: (doc["amount"], back.get(doc["id"], 0))
            for doc in self.razorpay.known("payment")
            if doc["captured"]
        }
        ours = {
            payment.razorpay_payment_id: (captured, ledger.returned(payment))
            for payment in Payment.objects.all()
            if (captured := ledger.captured(payment))
        }
        assert ours == theirs, (
            f"here and not there: {ours.items() - theirs.items()}, there: {theirs.items() - ours.items()}"
        )
        for order in Order.objects.filter(status=OrderStatus.PENDING):
            assert order.expires_at > timezone.now(), f"{order} waits though its time is over"


def pick(rows: QuerySet[Row], at: int) -> Row | None:
    """Return one of the rows, the same one for the same number, or None when there is none."""
    found: Sequence[Row] = list(rows.order_by("pk").distinct())
    return found[at % len(found)] if found else None
