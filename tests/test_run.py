"""run.py's own decisions; that it starts the whole shop is seen by running it."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parents[1]


def values(text: str) -> dict[str, str]:
    """Return the variables of a .env text."""
    return dict(run.LINE.findall(text))


def test_the_first_dot_env_has_random_keys_for_the_simulator() -> None:
    one, other = values(run.first_dot_env(8000)), values(run.first_dot_env(8000))
    assert one["DEBUG"] == "False"
    assert one["SITE_URL"] == "http://127.0.0.1:8000"
    assert one["RAZORPAY_API_URL"] == "http://localhost:8001"
    assert one["RAZORPAY_CHECKOUT_JS_URL"] == "http://localhost:8001/v1/checkout.js"
    assert one["RAZORPAY_KEY_ID"].startswith("rzp_test_sim")
    assert len(one["SECRET_KEY"]) >= 50
    secrets = ("SECRET_KEY", "RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET")
    assert all(one[name] != other[name] for name in secrets)
    assert len({one[name] for name in secrets}) == 4


def test_another_port_changes_the_addresses_and_nothing_else() -> None:
    before = run.first_dot_env(8000) + "# a note\nRESERVATION_MINUTES=5\n"
    after = run.with_port(before, 9100)
    changed = {name for name, value in values(after).items() if values(before)[name] != value}
    assert changed == {"SITE_URL", "RAZORPAY_API_URL", "RAZORPAY_CHECKOUT_JS_URL"}
    assert values(after)["RAZORPAY_API_URL"] == "http://localhost:9101"
    assert after.endswith("# a note\nRESERVATION_MINUTES=5\n")
    assert run.with_port(after, 8000) == before


@pytest.mark.parametrize("api", ["RAZORPAY_API_URL=https://api.razorpay.com\n", "RAZORPAY_API_URL=\n", ""])
def test_a_dot_env_for_razorpay_itself_is_not_touched(api: str) -> None:
    text = f"SITE_URL=http://127.0.0.1:8000\n{api}"
    assert run.with_port(text, 9100) == text


def test_a_site_of_its_own_stays() -> None:
    text = "SITE_URL=https://shop.example.in\nRAZORPAY_API_URL=http://localhost:8001\n"
    assert values(run.with_port(text, 9100))["SITE_URL"] == "https://shop.example.in"


def test_a_taken_port_is_told_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(run.Refusal, match="make run PORT="):
        run.check_port(taken.getsockname()[1])


@pytest.mark.parametrize("port", ["0", "65535", "shop", "-1"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py")],
        env={"PORT": port},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert f"PORT={port} is not a port" in done.stderr


def test_the_banner_names_the_demo_logins() -> None:
    logins = run.demo_logins()
    assert {name for name, _, _ in logins} >= {"editor", "owner"}
    banner = run.banner(values(run.first_dot_env(8000)), 8000)
    for expected in ("http://127.0.0.1:8000/admin/", "http://localhost:8001/_simulator/", "var/mail/", "Ctrl-C"):
        assert expected in banner
    assert all(f"{name} / {password}" in banner for name, password, _ in logins)
