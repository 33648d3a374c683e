"""Programs that tests start beside themselves: the pretend Razorpay, the shop's server, commands."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[1]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
PATIENCE = 60.0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def answers(url: str) -> Callable[[], bool]:
    """Return a question: does `url` answer 200 now?"""

    def ask() -> bool:
        try:
            return requests.get(url, timeout=2).status_code == 200
        except requests.RequestException:
            return False

    return ask


def wait_until(question: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Return when `question` says yes; raise TimeoutError with `what` when it does not in time."""
    end = time.monotonic() + seconds
    while not question():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


@contextmanager
def running(
    command: Sequence[str], *, log: Path, ready: Callable[[], bool], env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` until the block ends, in a process group of its own, from the moment that it is `ready`."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **(env or {})}
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        wait_until(lambda: process.poll() is not None or ready(), f"{command} is not ready:\n{log.read_text()}")
        if process.poll() is not None:
            raise RuntimeError(f"{command} ended with {process.returncode}:\n{log.read_text()}")
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], seconds: float = 20) -> int:
    """End `process` by SIGTERM and what is left of its group by SIGKILL; return its exit code."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return -1
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running pretend Razorpay. Browsers reach it at `public_url`, another site than the shop."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        """The address for the API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def public_url(self) -> str:
        """The address for browsers."""
        return f"http://localhost:{self.port}"

    def control(self, action: str, **data: Any) -> dict[str, Any]:
        """Ask the control room for `action` ("pay", "webhooks", ...) with `data`; return its answer."""
        response = requests.post(f"{self.url}/_simulator/{action}", json=data, timeout=10)
        response.raise_for_status()
        return dict(response.json())

    def events(self) -> list[dict[str, Any]]:
        """Return all webhook events, oldest first, with the state of their delivery."""
        return list(
            requests.get(f"{self.url}/_simulator/events", headers={"Accept": "application/json"}, timeout=30).json()[
                "items"
            ]
        )


@contextmanager
def running_simulator(folder: Path, *, webhook_url: str = "", port: int | None = None) -> Iterator[Simulator]:
    """Run the pretend Razorpay with the keys of this environment; what it knows is kept in `folder`."""
    program = Simulator(port=port or free_port(), log=folder / "razorpay-simulator.log")
    options = {
        "port": str(program.port),
        "key-id": os.environ["RAZORPAY_KEY_ID"],
        "key-secret": os.environ["RAZORPAY_KEY_SECRET"],
        "webhook-secret": os.environ["RAZORPAY_WEBHOOK_SECRET"].split(",")[0],
        "webhook-url": webhook_url,
        "state": str(folder / "razorpay-simulator.sqlite3"),
    }
    command = [sys.executable, "-m", "razorpay_simulator", *(f"--{name}={value}" for name, value in options.items())]
    with running(command, log=program.log, ready=answers(f"{program.url}/_simulator/")):
        yield program
