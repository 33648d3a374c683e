"""A program that lives a story over and over, and each time kills itself one step later.

`python -m tests.checkout.crashing STORY` runs on the database and the pretend Razorpay that its environment names. A
step is a statement that writes, the moment before and after each COMMIT, and before and after each call to Razorpay.
After each kill another process makes one pass of reconciliation, proves the books, and lets the buyer go on. It prints
how many steps it died at, or what was wrong after which.
"""

import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter


class Fuse:
    """Kills this process at the n-th step."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def burn(self) -> None:
        """Come one step closer."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def light(self) -> None:
        """Begin to count steps, unless there is nothing to count to."""
        if not self.left:
            return
        commit, send = connection._commit, HTTPAdapter.send  # type: ignore[attr-defined]

        def burning_commit() -> None:
            self.burn()
            commit()
            self.burn()

        def burning_send(adapter: HTTPAdapter, request: PreparedRequest, **options: Any) -> Response:
            if "_simulator" in str(request.url):
                return send(adapter, request, **options)
            self.burn()
            response = send(adapter, request, **options)
            self.burn()
            return response

        def burning_execute(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            result = execute(sql, *rest)
            if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
                self.burn()
            return result

        connection._commit = burning_commit  # type: ignore[attr-defined]
        HTTPAdapter.send = burning_send  # type: ignore[assignment, method-assign]
        connection.execute_wrappers.append(burning_execute)


def buy(fuse: Fuse) -> None:
    """From the cart to the mail, with every report that Razorpay and the browser make."""
    from checkout import emails
    from checkout.models import RazorpayOrder
    from tests.checkout import reports
    from tests.factories import Buyer

    fuse.light()
    buyer = Buyer()
    buyer.add("CG43-TX-0007", 2)
    body = buyer.check_out().json()
    triple = reports.pay(simulator(), body["razorpay"]["order_id"])
    attempt = RazorpayOrder.objects.get(razorpay_order_id=triple["razorpay_order_id"])
    entity = reports.payment_entity(attempt, id=triple["razorpay_payment_id"])
    buyer.client.post("/payments/verify/", triple)
    reports.deliver(reports.event("payment.captured", payment=entity))
    reports.deliver(reports.event("order.paid", payment=entity, order=reports.order_entity(attempt)))
    emails.send_waiting()


def be_told_by_webhook(fuse: Fuse) -> None:
    """Paid, and the webhook is the only one to tell."""
    from checkout.models import RazorpayOrder
    from tests.checkout import reports

    triple = reports.pay(simulator(), opened_order())
    attempt = RazorpayOrder.objects.get(razorpay_order_id=triple["razorpay_order_id"])
    fuse.light()
    entity = reports.payment_entity(attempt, id=triple["razorpay_payment_id"])
    reports.deliver(reports.event("payment.captured", payment=entity))


def catch_up(fuse: Fuse) -> None:
    """Paid but only authorized, and nobody told the shop."""
    from tests.checkout import reports

    reports.pay(simulator(), opened_order(), "authorized")
    fuse.light()
    call_command("reconcile", stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115 - this process is about to die.


def give_up(fuse: Fuse) -> None:
    """The time of an unpaid order is over."""
    from checkout.models import Order
    from tests.checkout.orders import make_overdue

    opened_order()
    make_overdue(Order.objects.latest("pk"))
    fuse.light()
    call_command("reconcile", stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115 - this process is about to die.


STORIES: dict[str, Callable[[Fuse], None]] = {
    "buy": buy,
    "be_told_by_webhook": be_told_by_webhook,
    "catch_up": catch_up,
    "give_up": give_up,
}


def opened_order() -> str:
    """Check out and return the id at Razorpay."""
    from tests.factories import Buyer

    return str(Buyer().buy("CG43-TX-0007")[1]["razorpay"]["order_id"])


def simulator() -> Any:
    """Return the pretend Razorpay of this environment."""
    from pathlib import Path

    from tests.programs import Simulator

    return Simulator(port=int(settings.RAZORPAY_API_URL.rpartition(":")[2]), log=Path(os.devnull))


def recover() -> None:
    """Start again: one pass of reconciliation, proof, the buyer goes on, proof."""
    from django.utils import timezone

    from checkout import attempts
    from checkout.models import Order, RazorpayOrder
    from checkout.reconciliation import LATE_MONEY

    call_command("reconcile", stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115 - this process ends soon.
    prove()
    # The lease of the holder that was killed is over.
    RazorpayOrder.objects.filter(claimed_until__gt=timezone.now()).update(claimed_until=timezone.now())
    waiting = list(Order.objects.filter(status="pending"))
    for order in waiting:
        attempt = attempts.open_payment(order)
        simulator().control("pay", order_id=attempt.razorpay_order_id, outcome="success")
    if waiting:
        call_command("reconcile", stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115 - this process ends soon.
        prove()
    assert not Order.objects.filter(status="pending").exists()
    # Orders of earlier kills are too old to be asked about again.
    Order.objects.update(created_at=timezone.now() - 2 * LATE_MONEY)


def prove() -> None:
    """Books, and the same money on both sides: nothing lost, nothing doubled."""
    from checkout import audit, gateway
    from checkout.models import Payment

    assert not any(audit.run().values()), audit.run()
    razorpay = gateway._client()
    receipts = [order["receipt"] for order in all_of(razorpay.order.all)]
    assert len(receipts) == len(set(receipts)), f"a Razorpay order twice: {sorted(receipts)}"
    captured = {(item["id"], item["amount"]) for item in all_of(razorpay.payment.all) if item["status"] == "captured"}
    ours = set(Payment.objects.filter(fulfils=True).values_list("razorpay_payment_id", "amount"))
    assert captured == ours, f"only at Razorpay: {captured - ours}, only here: {ours - captured}"


def all_of(listing: Callable[[dict[str, int]], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every item of a list."""
    pages = (listing({"count": 100, "skip": skip})["items"] for skip in itertools.count(0, 100))
    return [item for page in itertools.takewhile(bool, pages) for item in page]


def in_another_process(act: Callable[[], None]) -> int:
    """Do it in a fork and return how it ended: 0, an exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            act()
        # Whatever it is: a fork must not go on to live its parent's life.
        except BaseException as error:  # noqa: BLE001 (see above)
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(name: str) -> int:
    """Live the story until it is over before the fuse is."""
    # Once without an accident, so that the forks find everything loaded; connections must not be shared with them.
    STORIES[name](Fuse(0))
    recover()
    connections.close_all()
    for step in itertools.count(1):
        ended = in_another_process(lambda step=step: STORIES[name](Fuse(step)))  # type: ignore[misc]
        if in_another_process(recover) != 0:
            sys.stdout.write(f"{name}: the kill at step {step} left something behind\n")
            return 1
        if ended == 0:
            sys.stdout.write(f"{name}: died at {step - 1} steps\n")
            return 0
        if ended != -signal.SIGKILL:
            return 1
    return 1


if __name__ == "__main__":
    django.setup()
    sys.exit(main(sys.argv[1]))
