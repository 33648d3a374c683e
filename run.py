#!/usr/bin/env python3
"""`make run`: the whole shop on this machine, from nothing: packages, database, demo shop, simulator, worker, server.

The first half runs on the system's Python with the standard library alone; when the packages are there, this program
starts itself again inside `.venv`. It reads `.env` to know the keys and whether the simulator is wanted.
"""

import hashlib
import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DOT_ENV = ROOT / ".env"
VAR = ROOT / "var"
LOOPBACK = ("localhost", "127.0.0.1")
LINE = re.compile(r"^([A-Z_]+)=(.*)$", re.MULTILINE)


class Refusal(Exception):
    """Something that the person at the keyboard has to change; the text says what."""


# --- Packages -------------------------------------------------------------------------------------------------------


def install(*files: str) -> None:
    """Make `.venv` if it is missing, and install the pinned packages of `files` if they changed since the last time."""
    if not works(PYTHON):
        say("Making .venv")
        if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode:
            raise Refusal("Python could not make a virtual environment. On Debian: apt-get install python3-venv")
    stamp = VENV / f"{'+'.join(Path(file).stem for file in files)}.installed"
    wanted = hashlib.sha256(b"".join((ROOT / file).read_bytes() for file in files)).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say(f"Installing the packages of {' and '.join(files)}")
    pip = [str(PYTHON), "-m", "pip"]
    quick = ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps", "--require-hashes"]
    requirements = [part for file in files for part in ("-r", str(ROOT / file))]
    if subprocess.run([*pip, "install", *quick, *requirements], check=False).returncode:
        raise Refusal("The packages could not be installed; pip says why above.")
    stamp.write_text(wanted)


def works(python: Path) -> bool:
    """Tell whether `python` starts and has pip: a moved or half-made environment does not."""
    try:
        return subprocess.run([str(python), "-c", "import pip"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


# --- .env -----------------------------------------------------------------------------------------------------------


def port_lines(port: int) -> dict[str, str]:
    """Return the values that depend on the port. Shop and simulator are two sites to a browser, as with Razorpay."""
    simulator = f"http://localhost:{port + 1}"
    return {
        "SITE_URL": f"http://127.0.0.1:{port}",
        "RAZORPAY_API_URL": simulator,
        "RAZORPAY_CHECKOUT_JS_URL": f"{simulator}/v1/checkout.js",
    }


def first_dot_env(port: int) -> str:
    """Return the text of a new `.env`: a production configuration with keys of its own, paid through the simulator."""
    lines = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEBUG": "False",
        "EMAIL_URL": "filemail:///var/mail",
        "RAZORPAY_KEY_ID": f"rzp_test_sim{secrets.token_hex(6)}",
        "RAZORPAY_KEY_SECRET": secrets.token_urlsafe(24),
        "RAZORPAY_WEBHOOK_SECRET": secrets.token_urlsafe(24),
        **port_lines(port),
    }
    head = "# Written by `make run` with keys for the simulator. .env.example explains every variable.\n"
    return head + "".join(f"{name}={value}\n" for name, value in lines.items())


def with_port(text: str, port: int) -> str:
    """Return `.env`'s text for another port. Only addresses of this machine change, and only with the simulator."""
    values = dict(LINE.findall(text))
    if not is_here(values.get("RAZORPAY_API_URL", "")):
        return text
    new = port_lines(port)

    def line(match: re.Match[str]) -> str:
        name, value = match.groups()
        return f"{name}={new[name]}" if name in new and is_here(value) else match[0]

    return LINE.sub(line, text)


def is_here(url: str) -> bool:
    """Tell whether `url` is an address of this machine."""
    return urlsplit(url.strip()).hostname in LOOPBACK


def write_dot_env(port: int) -> None:
    """Write `.env` on the first run, and follow PORT on a later one."""
    if not DOT_ENV.exists():
        say("Writing .env with new random keys")
        DOT_ENV.touch(mode=0o600)
        DOT_ENV.write_text(first_dot_env(port))
    old = DOT_ENV.read_text()
    new = with_port(old, port)
    if new != old:
        DOT_ENV.write_text(new)


def configuration() -> dict[str, str]:
    """Return what this program has to know of the configuration: the environment over `.env`, as the shop reads it."""
    lines = {name: value.strip().strip("'\"") for name, value in LINE.findall(DOT_ENV.read_text())}
    return {**lines, **os.environ}


# --- Getting ready --------------------------------------------------------------------------------------------------


def check_port_of_simulator(port: int) -> None:
    """Raise Refusal when the simulator's port is taken, before anything is written."""
    text = DOT_ENV.read_text() if DOT_ENV.exists() else first_dot_env(port)
    url = {**dict(LINE.findall(with_port(text, port))), **os.environ}.get("RAZORPAY_API_URL", "")
    if is_here(url):
        check_port(urlsplit(url).port or 80)


def check_port(port: int) -> None:
    """Raise Refusal when somebody listens on `port` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            text = f"Port {port} is taken ({error.strerror}), perhaps by another `make run`."
            raise Refusal(f"{text} Stop it, or use another port: make run PORT={port + 100}") from error


def prepare() -> None:
    """Bring database and static files up to date, side by side."""
    say("Preparing database and static files")
    stamp = VENV / "static.collected"
    is_collected = stamp.is_file() and stamp.read_text() == state_of_static_files()
    collect = [str(PYTHON), "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity=0"]
    with subprocess.Popen([str(PYTHON), "-c", ""] if is_collected else collect, cwd=ROOT) as collecting:
        try:
            migrated = subprocess.run([str(PYTHON), "run.py", "prepare-database"], cwd=ROOT, check=False)
        except KeyboardInterrupt:
            collecting.terminate()
            raise
    if collecting.returncode or migrated.returncode:
        raise Refusal("The shop could not be prepared; the reason stands above.")
    stamp.write_text(state_of_static_files())


def state_of_static_files() -> str:
    """Return a text that changes when collecting would change anything: the folder, the packages or a file of ours."""
    static_root = ROOT / configuration().get("STATIC_ROOT", "staticfiles")
    files = sorted(path for path in ROOT.glob("static/**/*") if path.is_file())
    facts = [
        str(static_root),
        str((static_root / "staticfiles.json").exists()),
        (ROOT / "requirements.txt").read_text(),
    ]
    facts += [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def prepare_database() -> None:
    """Migrate, and load the demo shop when there is no catalogue. Runs in a process of its own, inside `.venv`."""
    import gc

    # Migrating builds and drops many thousand classes; looking for garbage all the time costs a fifth of it.
    gc.disable()
    sys.path.insert(1, str(ROOT / "site"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    gc.enable()
    from catalog.models import CatalogPage

    if not CatalogPage.objects.exists():
        call_command("load_demo_shop")


# --- Running --------------------------------------------------------------------------------------------------------


def simulator_options(values: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the simulator's options as environment variables: everybody on the machine may read arguments."""
    VAR.mkdir(exist_ok=True)
    options = {
        "PORT": str(urlsplit(values["RAZORPAY_API_URL"]).port),
        "PUBLIC_URL": values["RAZORPAY_API_URL"],
        "KEY_ID": values["RAZORPAY_KEY_ID"],
        "KEY_SECRET": values["RAZORPAY_KEY_SECRET"],
        "WEBHOOK_SECRET": values["RAZORPAY_WEBHOOK_SECRET"].split(",")[0],
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/webhooks/razorpay/",
        "STATE": str(VAR / "razorpay-simulator.sqlite3"),
        "QUIET": "1",
    }
    return {f"RAZORPAY_SIMULATOR_{name}": value for name, value in options.items()}


def banner(values: Mapping[str, str], port: int) -> str:
    """Return what a person wants to know when the shop is up."""
    shop = f"http://127.0.0.1:{port}"
    lines = ["", f"  The shop           {shop}/", f"  The admin          {shop}/admin/"]
    lines += [f"                     {name} / {password}  ({role})" for name, password, role in demo_logins()]
    if is_here(values.get("RAZORPAY_API_URL", "")):
        simulator = values["RAZORPAY_API_URL"]
        lines += [
            f"  Pretend Razorpay   {simulator}/_simulator/",
            "                     pay by UPI with success@razorpay",
        ]
    mail = values.get("EMAIL_URL", "")
    if mail.startswith("filemail:///"):
        lines += [f"  Mails              {ROOT / mail.removeprefix('filemail:///')}/"]
    return "\n".join([*lines, "  Stop               Ctrl-C", ""])


def demo_logins() -> list[tuple[str, str, str]]:
    """Return user name, password and role of the demo shop's staff, as the file that makes them says."""
    import ast

    tree = ast.parse((ROOT / "site" / "home" / "demo" / "people.py").read_text())
    for node in tree.body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if (
            isinstance(target, ast.Name)
            and target.id == "DEMO_USERS"
            and isinstance(node, ast.AnnAssign)
            and node.value
        ):
            return list(ast.literal_eval(node.value))
    return []


def announce_when_ready(values: Mapping[str, str], port: int, started: float) -> None:
    """Print the banner as soon as the shop answers."""
    # Nothing answers earlier, and the manager forks its processes meanwhile: a thread should be idle then.
    time.sleep(1)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready/", timeout=5):
                print(banner(values, port), flush=True)
                say(f"Ready after {time.time() - started:.0f} seconds")
                return
        except OSError:
            time.sleep(0.1)
    say("The shop does not answer after a minute; its lines above may say why.")


def run(port: int, started: float) -> int:
    """Start everything, and stop everything when one of them ends or a signal comes. Return the exit code."""
    from honcho.manager import Manager

    values = configuration()
    env = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    manager = Manager()
    if is_here(values.get("RAZORPAY_API_URL", "")):
        simulator = {**env, **simulator_options(values, port)}
        manager.add_process("razorpay", program("-m", "razorpay_simulator"), env=simulator, cwd=str(ROOT))
    manager.add_process("worker", again_and_again("manage.py", "worker"), env=env, cwd=str(ROOT))
    manager.add_process("shop", program("manage.py", "serve"), env=env, cwd=str(ROOT))
    threading.Thread(target=announce_when_ready, args=(values, port, started), daemon=True).start()
    manager.loop()
    stopped_by_person = manager.returncode in (130, 143)
    return 0 if stopped_by_person else int(manager.returncode or 1)


def program(*arguments: str) -> str:
    """Return the shell's line for a program of `.venv`, which takes the shell's place so that signals reach it."""
    return "exec " + shlex.join([str(PYTHON), *arguments])


def again_and_again(*arguments: str) -> str:
    """Return the shell's line for a program that is started anew when it dies: a dead worker must not stop the shop."""
    return f"trap exit TERM INT; while :; do {shlex.join([str(PYTHON), *arguments])}; sleep 1; done"


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"-- {text}", flush=True)


def wanted_port() -> int:
    """Return PORT as a number; the port after it is the simulator's."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65_535:
        raise Refusal(f"PORT={text} is not a port: use a number from 1 to 65534.")
    return int(text)


def main(arguments: list[str]) -> int:
    """Run the whole shop; `install FILE...` and `prepare-database` are its steps that others use too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    step, files = (arguments[0] if arguments else ""), arguments[1:]
    try:
        if step == "install":
            install(*files)
        elif step == "prepare-database":
            prepare_database()
        elif step == "installed":
            return run_installed(wanted_port(), float(files[0]))
        else:
            started = time.time()
            port = wanted_port()
            check_port(port)
            check_port_of_simulator(port)
            install("requirements.txt")
            os.chdir(ROOT)
            os.execv(PYTHON, [str(PYTHON), "run.py", "installed", str(started)])  # noqa: S606 - the same program, in .venv.
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130
    return 0


def run_installed(port: int, started: float) -> int:
    """Go on inside `.venv`."""
    write_dot_env(port)
    prepare()
    return run(port, started)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts it with an older one should read why it stops.
        sys.exit("The shop needs Python 3.11 or newer. Choose one with: make run PYTHON=python3.12")
    sys.exit(main(sys.argv[1:]))
