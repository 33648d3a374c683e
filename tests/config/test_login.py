"""Guessing passwords at the admin's login.

The control, as it was seen: without the lockout sixty wrong passwords are followed by a login with the right one.
"""

import datetime as dt
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from tests.checkout.orders import SKU
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PASSWORD = "a-password-of-the-owner"
ADDRESS = "203.0.113.7"
MOST = 5


@pytest.fixture(autouse=True)
def owner(settings: Settings) -> User:
    """Somebody who may enter, with the lockout on."""
    settings.AXES_ENABLED = True
    user = User.objects.create_user("owner", password=PASSWORD)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user


def log_in(password: str = PASSWORD, name: str = "owner", address: str = ADDRESS, **headers: str) -> Any:
    """Post the login form from a browser without cookies."""
    client = Client(REMOTE_ADDR=address)
    return client.post("/admin/login/", {"username": name, "password": password}, headers=headers)


def fail(times: int = MOST, **where: str) -> list[int]:
    return [log_in("wrong", **where).status_code for _time in range(times)]


def test_five_wrong_passwords_close_the_door_to_the_right_one() -> None:
    assert fail() == [200, 200, 200, 200, 429]
    answer = log_in()
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Wait 15 minutes" in answer.content.decode()
    assert "sessionid" not in answer.cookies


def test_nobody_else_is_locked_out() -> None:
    User.objects.create_user("staff", password=PASSWORD)
    fail()
    assert log_in(address="203.0.113.8").status_code == 302, "the owner at another address"
    assert log_in(name="staff").status_code == 302, "somebody else at the same address"


@pytest.mark.parametrize("behind_proxy", [False, True])
def test_made_up_addresses_and_browsers_lift_nothing(behind_proxy: bool, settings: Settings) -> None:
    settings.BEHIND_PROXY = behind_proxy
    proxy = f", {ADDRESS}" if behind_proxy else ""
    for number in range(MOST):
        log_in("wrong", **{"x-forwarded-for": f"198.51.100.{number}{proxy}", "user-agent": f"browser {number}"})
    assert log_in(**{"x-forwarded-for": f"198.51.100.99{proxy}"}).status_code == 429


def test_the_door_opens_again_after_a_quarter_of_an_hour() -> None:
    fail()
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=14))
    assert log_in().status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=15, seconds=1))
    assert log_in().status_code == 302


def test_trying_while_it_is_closed_does_not_keep_it_closed() -> None:
    fail()
    before = AccessAttempt.objects.get().attempt_time
    assert set(fail()) == {429}
    assert AccessAttempt.objects.get().attempt_time == before


def test_a_right_password_forgives_the_wrong_ones() -> None:
    for _round in range(3):
        assert fail(MOST - 1) == [200] * 4
        assert log_in().status_code == 302


def test_the_command_opens_the_door(capsys: pytest.CaptureFixture[str]) -> None:
    fail()
    call_command("axes_reset")
    assert log_in().status_code == 302


def test_the_switch_lifts_the_lockout(settings: Settings) -> None:
    settings.AXES_ENABLED = False
    assert set(fail(60)) == {200}
    assert log_in().status_code == 302


def test_no_password_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    secret = "typed-into-the-wrong-field"
    log_in("wrong-but-secret", name=secret)
    kept = AccessAttempt.objects.get()
    assert "wrong-but-secret" not in str(vars(kept)) + caplog.text
    assert secret not in kept.post_data + caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("username", "\x00owner"),
        ("username", "ß" * 10_000),
        ("username", "\ud800"),
        ("password", "\x00"),
        ("next", "\x00"),
        ("other\x00", "\x00\ud800" * 900),
    ],
)
def test_hostile_forms_are_only_wrong(name: str, value: str) -> None:
    form = {"username": "owner", "password": "wrong", name: value}
    encoded = "&".join(f"{key}={escape(text)}" for key, text in form.items())
    for _time in range(MOST + 1):
        headers = {"user-agent": "\xe9" * 9_000, "accept": "*" * 9_000}
        answer = Client().post(
            "/admin/login/?q=%F0%9F%9A%97", encoded, "application/x-www-form-urlencoded", headers=headers
        )
        assert answer.status_code in (200, 429)


def escape(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def test_pages_for_shoppers_ask_nothing_of_it() -> None:
    make_product(SKU)
    with CaptureQueriesContext(connection) as captured:
        for address in ("/", "/shop/", "/cart/", "/checkout/", "/admin/login/"):
            assert Client().get(address).status_code == 200
    assert [query["sql"] for query in captured.captured_queries if "axes" in query["sql"]] == []
