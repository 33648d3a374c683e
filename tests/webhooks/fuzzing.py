"""Bodies for the webhook: real-shaped events aimed at our own orders, and bent by a generator with a seed."""

import json
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from checkout.models import RazorpayOrder

SHAPES = [path.read_bytes() for path in sorted(Path(__file__).with_name("samples").glob("*.json"))]
MONEY = ("payment.captured", "order.paid", "refund.processed")
# Money is in half of what Razorpay sends, and in half of what is made here.
SHAPES += 3 * [shape for shape in SHAPES if json.loads(shape)["event"] in MONEY]
CROWD = [f"pay_{number:014d}" for number in range(10_000)]
DEEP: Any = None
for _level in range(300):
    DEEP = [DEEP] if _level % 2 else {"a": DEEP}
ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, -5, 99, 100, 100.7, 1e308, -0.0),
    *(2**31, 2**31 - 1, 2**63, 2**63 - 1, -(2**63), 2**64, 10**15, 10**15 + 1, 10**400),
    *("", " ", "0", "100", "189900", "1e3", "true", "null", "INR", "inr", "USD", "₹", "INR\x00", "INR "),
    *("captured", "Captured", "refunded", "failed", "processed", "pending", "lost", "won", "paid", "authorized"),
    *("payment", "order", "refund", "event", "payment.captured", "order.paid", "refund.processed"),
    *("\x00", "\ud800", "a\udfffb", "\u202eabc", "é" * 300, "x" * 10_000, "' OR 1=1 --", "<script>", "%s", "{}"),
    *("pay_", "pay_../../../../x", "pay_ABCDEFGHIJKLMN\n", "order_ABCDEFGHIJKLMN", "rfnd_ABCDEFGHIJKLMN", "p" * 41),
    *([], {}, [[]], [{}], {"entity": None}, {"": ""}, DEEP),
]
TOKENS = [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"1" * 5_000, b"0.1", b"01", b"-0", b"1" * 4_000]
Place = tuple[Any, Any]


class Generator:
    """Makes one body after another. The same seed and the same orders make the same bodies."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def body(self, attempts: Sequence[RazorpayOrder]) -> bytes:
        """Return the body of an event about one of `attempts`; about one in five is not bent at all."""
        event = self.aimed(json.loads(self.random.choice(SHAPES)), *self.random.choices(attempts, k=2))
        for _bend in range(self.random.choice([0, 0, 1, 1, 1, 2, 3, 8])):
            self.random.choice(BENDS)(self, event)
        raw = self.written(event)
        for _bend in range(self.random.choice([0, 0, 0, 0, 1, 2])):
            raw = self.random.choice(RAW_BENDS)(self, raw)
        return raw

    def aimed(self, event: dict[str, Any], attempt: RazorpayOrder, other: RazorpayOrder) -> dict[str, Any]:
        """Let an event speak of an attempt, of one of its payments (or another's), and of a refund of it."""
        number = self.random.randrange(3)
        payment_id = f"pay_{(other if self.random.random() < 0.05 else attempt).pk:010d}{number:04d}"
        amount = attempt.amount if self.random.random() < 0.8 else self.random.randrange(2 * attempt.amount)
        due = self.random.choice([0, 0, 0, attempt.amount])
        known: dict[str, dict[str, Any]] = {
            "payment": {
                "id": payment_id,
                "order_id": attempt.razorpay_order_id,
                "amount": amount,
                "amount_refunded": self.random.choice([0, 0, 0, amount // 2, amount]),
            },
            "order": {
                "id": attempt.razorpay_order_id,
                "amount": attempt.amount,
                "amount_due": due,
                "amount_paid": attempt.amount - due,
                "receipt": attempt.receipt,
            },
            "refund": {
                "id": f"rfnd_{attempt.pk:08d}{number:04d}{self.random.randrange(2):02d}",
                "payment_id": payment_id,
                "amount": self.random.choice([amount, amount // 2, 1, 2 * amount]),
            },
            "dispute": {"id": f"disp_{attempt.pk:010d}{number:04d}", "payment_id": payment_id, "amount": amount},
        }
        for kind, values in known.items():
            if kind in event["payload"]:
                event["payload"][kind]["entity"].update(values)
        return event

    def places(self, value: Any) -> list[Place]:
        """Return every place in `value` that holds something: its container and the key or number there."""
        found: list[Place] = []
        waiting = [value]
        while waiting:
            holder = waiting.pop()
            keys = list(holder) if isinstance(holder, dict) else range(len(holder))
            found += [(holder, key) for key in keys]
            waiting += [holder[key] for key in keys if isinstance(holder[key], (dict, list))]
            if len(found) > 400:
                break
        return found

    def place(self, event: Any) -> Place:
        """Return one of these places; the few that decide about money as often as all others."""
        places = self.places(event) or [({"": None}, "")]
        telling = [(holder, key) for holder, key in places if key in TELLING]
        return self.random.choice(telling if telling and self.random.random() < 0.5 else places)

    def written(self, event: Any) -> bytes:
        """Return an event as JSON, in one of the ways in which the same JSON can be written."""
        separators = self.random.choice([(",", ":"), (", ", ": "), (" , ", " : ")])
        as_ascii = self.random.random() < 0.5
        text = json.dumps(event, ensure_ascii=as_ascii, separators=separators, sort_keys=self.random.random() < 0.3)
        return text.encode("utf-8", "surrogatepass")


TELLING = frozenset(
    {"id", "amount", "currency", "status", "order_id", "payment_id", "entity", "event", "amount_refunded", "payload"}
    | {"amount_due", "amount_paid", "amount_deducted", "phase", "respond_by", "fee", "tax", "receipt", "notes"}
)


def put_odd(make: Generator, event: Any) -> None:
    """Put something odd in the place of a value."""
    holder, key = make.place(event)
    holder[key] = deepcopy(make.random.choice(ODD))


def drop(make: Generator, event: Any) -> None:
    """Leave a value out."""
    holder, key = make.place(event)
    del holder[key]


def wrap(make: Generator, event: Any) -> None:
    """Put a value into a list or an object."""
    holder, key = make.place(event)
    holder[key] = make.random.choice([[holder[key]], {"entity": holder[key]}, str(holder[key])[:200]])


def swap(make: Generator, event: Any) -> None:
    """Let two values change places; one must not be inside the other."""
    (one, key), (other, name) = make.place(event), make.place(event)
    if not isinstance(one[key], dict | list) and not isinstance(other[name], dict | list):
        one[key], other[name] = other[name], one[key]


def rename(make: Generator, event: Any) -> None:
    """Write a key a little differently."""
    holder, key = make.place(event)
    if isinstance(key, str) and isinstance(holder, dict):
        holder[make.random.choice([key.upper(), key + " ", key + "\x00", "\ud800", "k" * 10_000])] = holder.pop(key)


def crowd(make: Generator, event: Any) -> None:
    """Add ten thousand ids."""
    holder, key = make.place(event)
    holder[key] = list(CROWD)


def twist(make: Generator, event: Any) -> None:
    """Turn a number by one, its sign or its type."""
    numbers = [(h, k) for h, k in make.places(event) if isinstance(h[k], int) and not isinstance(h[k], bool)]
    if numbers:
        holder, key = make.random.choice(numbers)
        value = holder[key]
        holder[key] = make.random.choice(
            [value + 1, value - 1, -value, float(max(min(value, 10**15), -(10**15))), str(value)[:40], [value]]
        )


def flip(make: Generator, raw: bytes) -> bytes:
    """Change one byte."""
    place = make.random.randrange(len(raw) + 1)
    return raw[:place] + bytes([make.random.randrange(256)]) + raw[place + 1 :]


def cut(make: Generator, raw: bytes) -> bytes:
    """End early."""
    return raw[: make.random.randrange(len(raw) + 1)]


def insert(make: Generator, raw: bytes) -> bytes:
    """Add what does not belong there."""
    odd = [
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"[" * 2_000,
        b'{"a":' * 2_000,
        b" " * 5_000,
        b"\\ud800",
    ]
    place = make.random.choice([0, len(raw), make.random.randrange(len(raw) + 1)])
    return raw[:place] + make.random.choice(odd) + raw[place:]


def number(make: Generator, raw: bytes) -> bytes:
    """Write a number that JSON or Python has trouble with."""
    before, colon, after = raw.partition(b'"amount":')
    return before + colon + make.random.choice(TOKENS) + b',"amount_":' + after if colon else raw


def twice(make: Generator, raw: bytes) -> bytes:
    """Give an object a key twice, or write the whole body twice."""
    before, colon, after = raw.partition(b'"status":')
    again = b'"status":' + make.random.choice([b'"failed",', b'"captured",', b"null,", b"[],"])
    return before + again + colon + after if colon and make.random.random() < 0.7 else raw + raw


def recode(make: Generator, raw: bytes) -> bytes:
    """Write it in another encoding."""
    text = raw.decode("utf-8", "replace")
    return text.encode(make.random.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7"]), "replace")


BENDS: Sequence[Callable[[Generator, Any], None]] = (
    [put_odd] * 8 + [twist] * 6 + [drop, wrap, swap, rename] * 3 + [crowd]
)
RAW_BENDS: Sequence[Callable[[Generator, bytes], bytes]] = [flip] * 4 + [cut, insert, number, twice] * 3 + [recode]
