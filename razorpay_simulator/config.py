"""The options of the program: command line first, then RAZORPAY_SIMULATOR_... variables, then defaults."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PREFIX = "RAZORPAY_SIMULATOR_"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that stays fixed while the program runs; `max_amount` is in paise."""

    host: str
    port: int
    public_url: str
    key_id: str
    key_secret: str
    webhook_url: str
    webhook_secret: str
    state: Path
    webhooks: bool
    quiet: bool
    max_amount: int
    seed: str = ""


def parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    """Describe the options; each reads its default from the environment."""
    options = argparse.ArgumentParser(
        prog="python -m razorpay_simulator",
        description=__package__ and "Pretends to be Razorpay for development and tests. No money ever moves.",
        epilog="Each option can also come from the environment: --webhook-url from "
        f"{PREFIX}WEBHOOK_URL and so on (flags: {PREFIX}NO_WEBHOOKS=1, {PREFIX}QUIET=1).",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )

    def add(name: str, default: str, text: str, kind: type = str) -> None:
        variable = PREFIX + name.upper().replace("-", "_")
        options.add_argument(f"--{name}", default=environ.get(variable, default), type=kind, help=text)

    def flag(name: str, text: str) -> None:
        variable = PREFIX + name.upper().replace("-", "_")
        wanted = environ.get(variable, "").lower() in {"1", "true", "yes", "on"}
        options.add_argument(f"--{name}", action="store_true", default=wanted, help=text)

    add("host", "127.0.0.1", "address to listen on; ::1 is added when it is a loopback address")
    add("port", "9000", "port to listen on", int)
    add("public-url", "", "address that browsers use (empty: http://localhost:PORT)")
    add("webhook-url", "", "where events are posted (empty: nowhere)")
    add("webhook-secret", "simulator-webhook-secret", "signs webhooks")
    add("key-id", "rzp_test_simulator00", "API key id; live keys are refused")
    add("key-secret", "simulator-key-secret", "API key secret")
    add("state", "razorpay-simulator.sqlite3", "file that keeps every order, payment, refund and event")
    add("max-amount", "50000000", "largest order in paise", int)
    add("seed", "", "makes ids repeat themselves from run to run (empty: nobody can know them)")
    flag("no-webhooks", "list events but send none")
    flag("quiet", "no line per request")
    return options


def read(arguments: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Parse and check the options; leaves with exit code 2 when they make no sense."""
    options = parser(os.environ if environ is None else environ)
    found = options.parse_args(arguments)
    if not found.key_id.startswith("rzp_test_"):
        options.error(f"The simulator never works with live keys: {found.key_id[:9]!r} is not rzp_test_.")
    if not found.key_secret or not found.webhook_secret:
        options.error("An empty secret would let anybody sign: give --key-secret and --webhook-secret.")
    return Config(
        host=found.host,
        port=found.port,
        public_url=(found.public_url or f"http://localhost:{found.port}").rstrip("/"),
        key_id=found.key_id,
        key_secret=found.key_secret,
        webhook_url=found.webhook_url,
        webhook_secret=found.webhook_secret,
        state=Path(found.state),
        webhooks=not found.no_webhooks,
        quiet=found.quiet,
        max_amount=found.max_amount,
        seed=found.seed,
    )
