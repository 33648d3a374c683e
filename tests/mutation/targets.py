"""Which source is tried, and the tests that must notice every mistake in it."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.txt")


@dataclass(frozen=True)
class Target:
    """A file, the tests of its rules, and the names that are tried when it is not the whole file."""

    file: str
    tests: tuple[str, ...]
    only: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The name by which it is imported."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def source(self) -> str:
        """Its text."""
        return (ROOT / self.file).read_text()


FACTS = ("tests/checkout/test_facts.py", "tests/checkout/test_reading.py")
SIGNATURES = (
    "HEX_SHA256",
    "checkout_signature_is_valid",
    "webhook_signature_is_valid",
    "secrets_by_key",
    "_hmac_matches",
)

TARGETS = [
    Target("catalog/money.py", ("tests/catalog/test_money.py",)),
    Target("catalog/fields.py", ("tests/catalog/test_money.py",), ("RupeeField",)),
    Target("catalog/tax.py", ("tests/catalog/test_tax.py",)),
    Target("catalog/states.py", ("tests/catalog/test_tax.py",), ("state_name",)),
    Target("checkout/status.py", ("tests/checkout/test_status.py",)),
    Target("checkout/gateway.py", ("tests/checkout/test_signatures.py",), SIGNATURES),
    Target("checkout/refunds/bounds.py", ("tests/checkout/test_bounds.py",)),
    Target("checkout/facts/ids.py", FACTS),
    Target("checkout/facts/reading.py", FACTS),
    Target("checkout/facts/payments.py", FACTS),
    Target("checkout/facts/orders.py", FACTS),
    Target("checkout/facts/refunds.py", FACTS),
    Target("checkout/facts/disputes.py", FACTS),
    Target("checkout/comparison.py", ("tests/checkout/test_comparison.py",)),
    Target("checkout/invoices.py", ("tests/checkout/test_invoices.py",)),
    Target("checkout/contradictions.py", ("tests/checkout/test_contradictions.py",)),
    Target(
        "checkout/judgement.py",
        ("tests/checkout/test_judging.py", "tests/checkout/test_judgement.py", "tests/checkout/test_foreign_money.py"),
    ),
    Target("checkout/ledger.py", ("tests/checkout/test_ledger.py",)),
]


def equivalents() -> dict[str, str]:
    """Return the mistakes that change nothing that anybody could see, with the reason why."""
    lines = [line for line in EQUIVALENT.read_text().splitlines() if line and not line.startswith("#")]
    return dict(zip(lines[::2], lines[1::2], strict=True))
