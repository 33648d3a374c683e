"""`python -m bench.orders`: how long the admin takes to find an order among a hundred thousand.

DATABASE_URL names the database; what it lacks of the orders is made first, once. Without one it is a file of SQLite in
`var/`. On PostgreSQL: `python -m tests.postgres .venv/bin/python -m bench.orders`.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ORDERS, ROUNDS, AT_MOST = 100_000, 9, 50.0
FILE = Path(__file__).resolve().parents[1] / "var/bench-orders.sqlite3"
FIRST = ["Asha", "Rohan", "Meera", "Kabir", "Divya", "Arjun", "Farah", "Joseph", "Imran", "Gurpreet", "Tenzin", "Om"]
LAST = ["Kulkarni", "Mehta", "Iyer", "Khan", "Reddy", "Singh", "Das", "Nair", "Bose", "Gill", "Bhutia", "Rao", "Verma"]


def prepare(count: int) -> None:
    """Make the orders that are missing, each with a payment; the longest part of the first run."""
    from django.core.management import call_command
    from django.db import connection

    from checkout.models import Order

    call_command("migrate", verbosity=0)
    missing = range(Order.objects.count(), count)
    for start in missing[::5_000]:
        _make(range(start, min(start + 5_000, count)))
    with connection.cursor() as cursor:
        # Both databases plan by what they counted, and PostgreSQL reads an index alone where a vacuum has been.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _make(numbers: range) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from checkout.models import Order, Payment

    chance, now, found = random.Random(numbers.start), timezone.now(), []
    for number in numbers:
        first, last = chance.choice(FIRST), chance.choice(LAST)
        amount = chance.randrange(500_00, 20_000_00)
        order = Order(
            number=f"CG26-{number:06d}",
            status=chance.choice(["delivered", "delivered", "delivered", "paid", "shipped", "expired"]),
            checkout_key=f"key-{number}",
            cart_digest="0" * 64,
            email=f"{first}.{last}{number}@example.in".lower(),
            phone=f"+91{chance.randrange(7_000_000_000, 9_999_999_999)}",
            full_name=f"{first} {last}",
            address_line1=f"{chance.randrange(1, 400)} Prabhat Road",
            city="Pune",
            state="27",
            postcode="411004",
            subtotal=amount,
            total=amount,
            tracking_number=f"EB{number:09d}IN",
            carrier="India Post",
            invoice_number=f"CG/2627/{number:06d}",
            expires_at=now,
            paid_at=now - timedelta(minutes=number),
        )
        found.append(order)
    made = Order.objects.bulk_create(found)
    Payment.objects.bulk_create(
        Payment(order=order, razorpay_payment_id=f"pay_{order.number[5:]:>014}", amount=order.total, status="captured")
        for order in made
    )


def questions() -> dict[str, str]:
    """Return what staff type, by what it is."""
    from checkout.models import Order

    order = Order.objects.order_by("pk")[ORDERS // 2]
    payment = order.payments.get()
    return {
        "number": order.number,
        "its digits": order.number[-6:],
        "e-mail": order.email,
        "part of an e-mail": order.email.partition("@")[0],
        "phone": f"{order.phone[3:8]} {order.phone[8:]}",
        "end of a phone": order.phone[-5:],
        "name": order.full_name,
        "part of a name": order.full_name.split()[1][:4].lower(),
        "payment": payment.razorpay_payment_id,
        "AWB": order.tracking_number,
        "invoice": str(order.invoice_number),
        "nothing": "zzzz",
    }


def times(act: Callable[[], object]) -> Iterator[float]:
    """Do it several times and yield the milliseconds of each."""
    for _round in range(ROUNDS):
        start = time.perf_counter()
        act()
        yield (time.perf_counter() - start) * 1000


def main() -> int:
    """Print a line for each question; 1 when one of them takes too long."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{FILE}")
    import django

    django.setup()
    from checkout.admin.search import find
    from checkout.models import Order

    prepare(ORDERS)
    late = 0
    print(f"{'what is typed':<20}{'found':>8}{'median ms':>12}{'worst ms':>12}")
    for name, text in questions().items():

        def ask(text: str = text) -> tuple[int, int]:
            found = find(Order.objects.order_by("-created_at", "-pk"), text)
            # What the list of the admin asks for: how many there are, and the first page of them.
            return found.count(), len(found[:50])

        count, _page = ask()
        taken = sorted(times(ask))
        late += statistics.median(taken) > AT_MOST
        print(f"{name:<20}{count:>8}{statistics.median(taken):>12.1f}{taken[-1]:>12.1f}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
