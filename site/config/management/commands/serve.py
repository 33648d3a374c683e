"""The production server: granian on HOST:PORT with WEB_CONCURRENCY processes."""

import threading
import time
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connections
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from config.checks import refuse_to_serve_when_misconfigured

APPLICATION = "config.wsgi:application"
# Requests that may wait in one process before new connections wait in the kernel's queue.
BACKPRESSURE = 64
BACKLOG = 1024
SECONDS_TO_FINISH = 15


class Command(BaseCommand):
    """Serve the shop, its static files and its local media. Starts no worker: run `manage.py worker` beside it."""

    help = "Serve the shop on HOST:PORT with WEB_CONCURRENCY processes. SIGTERM ends it gracefully."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Host, port and number of processes come from the environment; options override them."""
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--processes", type=int, default=settings.WEB_CONCURRENCY)

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a wrong configuration, then serve until SIGTERM or SIGINT."""
        try:
            refuse_to_serve_when_misconfigured()
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem)) from problem
        self.collect_static_files()
        self.load_application()
        # The processes are forked from this one and must not share its connections.
        connections.close_all()
        host, port, processes = options["host"], options["port"], options["processes"]
        self.stdout.write(f"Serving on http://{host}:{port} with {processes} processes.")
        self.stdout.flush()
        server(host, port, processes).serve()

    def load_application(self) -> None:
        """Import everything before the processes are forked.

        They start in a moment then and share the memory of the code. And no SIGTERM meets one that is still importing,
        which would swallow it and keep the server from ending.
        """
        import_module(APPLICATION.partition(":")[0])
        import_module(settings.ROOT_URLCONF)

    def collect_static_files(self) -> None:
        """Collect once: a later release collects by itself, since only its own step knows that files changed."""
        if not isinstance(staticfiles_storage, ManifestFilesMixin) or staticfiles_storage.read_manifest():
            return
        self.stdout.write("Collecting static files, since STATIC_ROOT has none.")
        call_command("collectstatic", interactive=False, verbosity=0)
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = staticfiles_storage.load_manifest()


def server(host: str, port: int, processes: int) -> MPServer:
    """Return a granian server of the WSGI application that replaces processes which die."""
    if not 0 < port < 65_536:
        raise CommandError("The port must be between 1 and 65535.")
    found = MPServer(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=settings.WEB_THREADS,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=SECONDS_TO_FINISH,
        log_level=LogLevels.warning,
        websockets=False,
    )
    found.main_loop_interrupt = Interrupt()
    return found


class Interrupt(threading.Event):
    """What granian's main thread waits for, and its signal handlers set in that same thread.

    With the usual event a SIGTERM that comes just before the wait begins does not end it, and one that comes while the
    event's own lock is held waits for itself: the server would go on for ever. This one has no lock, and looks.
    """

    def __init__(self) -> None:
        super().__init__()
        self._has_come = False

    def is_set(self) -> bool:
        """Tell whether it was set."""
        return self._has_come

    def set(self) -> None:
        """Set it, at any moment and from anywhere."""
        self._has_come = True

    def clear(self) -> None:
        """Begin anew."""
        self._has_come = False

    def wait(self, timeout: float | None = None) -> bool:
        """Return once it is set, within a tenth of a second, or when `timeout` seconds are over."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self._has_come and (end is None or time.monotonic() < end):
            time.sleep(0.1)
        return self._has_come
