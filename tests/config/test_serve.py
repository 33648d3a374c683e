"""The production server as a real process: it starts, answers, replaces what dies, and ends when told."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from config.management.commands.serve import SECONDS_TO_FINISH, Interrupt
from tests.programs import MANAGE, answers, free_port, running, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]


@dataclass
class Server:
    """A running `manage.py serve`."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def children(self) -> set[int]:
        """Return the process ids of its workers."""
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(pid) for pid in listing.split()}


@pytest.fixture(scope="module")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A STATIC_ROOT that was empty when the server started on it."""
    folder = tmp_path_factory.mktemp("serve")
    port = free_port()
    environment = {"PORT": str(port), "STATIC_ROOT": str(folder / "static"), "WEB_CONCURRENCY": "1"}
    environment["DATABASE_URL"] = f"sqlite:///{folder}/db.sqlite3"
    ready = answers(f"http://127.0.0.1:{port}/health/live/")
    with running([*MANAGE, "serve"], log=folder / "log", env=environment, ready=ready):
        return folder / "static"


@pytest.fixture
def server(static_root: Path, tmp_path: Path) -> Iterator[Server]:
    """`manage.py serve` with two processes on an empty database, static files collected."""
    for folder in ("images", "documents"):
        (tmp_path / "media" / folder).mkdir(parents=True)
    (tmp_path / "media" / "images" / "car.png").write_bytes(b"\x89PNG")
    (tmp_path / "media" / "documents" / "secret.pdf").write_bytes(b"%PDF")
    port = free_port()
    environment = {
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "STATIC_ROOT": str(static_root),
        "MEDIA_ROOT": str(tmp_path / "media"),
    }
    url, log = f"http://127.0.0.1:{port}", tmp_path / "log"
    with running([*MANAGE, "serve"], log=log, env=environment, ready=answers(f"{url}/health/live/")) as process:
        yield Server(url, process, log)


def test_it_serves_health_static_files_and_pictures(server: Server, static_root: Path) -> None:
    ready = requests.get(f"{server.url}/health/ready/", timeout=10)
    assert (ready.status_code, ready.json()["migrations"]) == (503, "pending")
    manifest = json.loads((static_root / "staticfiles.json").read_text())
    style = requests.get(f"{server.url}/static/{manifest['paths']['wagtailadmin/css/core.css']}", timeout=10)
    assert style.status_code == 200
    assert "immutable" in style.headers["Cache-Control"]
    assert style.headers["Content-Encoding"] in ("br", "gzip")
    picture = requests.get(f"{server.url}/media/images/car.png", timeout=10)
    assert picture.status_code == 200
    assert picture.headers["Cache-Control"] == "public, max-age=2592000"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture.headers["Content-Security-Policy"]


def test_sigterm_ends_it_and_leaves_nothing(server: Server) -> None:
    workers = server.children()
    assert len(workers) == 2
    server.process.terminate()
    assert server.process.wait(2 * SECONDS_TO_FINISH) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_a_signal_that_another_thread_takes_ends_the_wait() -> None:
    """Python's handler then runs when the main thread runs again: with `threading.Event` it slept on."""
    interrupt = Interrupt()
    before = signal.signal(signal.SIGUSR1, lambda *_: interrupt.set())
    thread = threading.Timer(0.2, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGUSR1))
    try:
        thread.start()
        assert interrupt.wait(5)
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)


def test_a_killed_process_is_replaced(server: Server) -> None:
    victim = min(server.children())
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: len(server.children() - {victim}) == 2, "no replacement", seconds=20)
    wait_until(answers(f"{server.url}/health/live/"), "no answer", seconds=20)
    assert server.process.poll() is None
    server.process.terminate()
    assert server.process.wait(2 * SECONDS_TO_FINISH) == 0
