"""Coming in by a code or a password, and who does not."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts import guards, letters, shoppers
from accounts.models import Letter
from checkout import throttle
from tests.accounts.shopper import ASHA, ask_for_code, come_in, read_code
from tests.checkout.mailserver import MailServer
from tests.checkout.views.test_open_redirects import EVIL
from tests.factories import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PASSWORD = "a-garage-full-of-cars"


@pytest.fixture(autouse=True)
def _shop() -> None:
    make_shop()


def set_password(client: Client) -> None:
    answer = client.post("/account/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert answer.status_code == 303, answer.content.decode()


def log_in(client: Client, password: str = PASSWORD, email: str = ASHA, **more: str) -> Any:
    return client.post("/account/login/password/", {"login": email, "password": password, **more})


def make_staff(name: str = "packer", **fields: Any) -> User:
    """Somebody who may enter the admin."""
    user = User.objects.create_user(name, f"{name}@example.in", PASSWORD, **fields)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user


def test_a_code_lets_somebody_in_and_begins_the_account(client: Client) -> None:
    come_in(client)
    user = User.objects.get()
    assert (user.email, user.has_usable_password(), user.is_staff) == (ASHA, False, False)
    assert EmailAddress.objects.get(user=user).verified
    page = client.get("/account/")
    assert ASHA in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex"
    ask_for_code(other := Client(), "ASHA@Example.in")
    assert other.post("/account/login/code/", {"code": read_code()}).status_code == 302
    assert (other.get("/account/").status_code, User.objects.count()) == (200, 1)


def test_an_address_is_verified_only_by_its_code(client: Client) -> None:
    ask_for_code(client)
    assert not EmailAddress.objects.get().verified
    assert client.get("/account/").status_code == 302
    for _time in range(2):
        assert client.post("/account/login/code/", {"code": "0000-0000"}).status_code == 400
    code = read_code()
    assert client.post("/account/login/code/", {"code": "0000-0000"}).status_code == 302, "the third was the last"
    client.post("/account/login/code/", {"code": code})
    assert not EmailAddress.objects.get().verified


def test_a_code_is_for_the_browser_that_asked_for_it() -> None:
    ask_for_code(Client())
    other = Client()
    assert other.post("/account/login/code/", {"code": read_code()}).status_code == 302
    assert other.get("/account/").status_code == 302


def test_a_wrong_address_can_be_corrected(client: Client) -> None:
    ask_for_code(client, "ahsa@example.in")
    assert client.get("/account/login/").status_code == 302, "to the code, which is waited for"
    assert client.post("/account/logout/", {"next": "/account/login/"})["Location"] == "/account/login/"
    come_in(client)


def answers(email: str) -> list[Any]:
    """Everything that a browser sees of an address, with what differs for each browser taken out."""
    client = Client()
    first = ask_for_code(client, email)
    page = client.get(first["Location"])
    refused = client.post("/account/login/code/", {"code": "0000-0000"})
    texts = [re.sub(r'value="[^"]{64}"|' + re.escape(email), "", one.content.decode()) for one in (page, refused)]
    return [first.status_code, first["Location"], sorted(first.cookies), page.status_code, refused.status_code, *texts]


def test_nobody_can_tell_who_has_an_account_or_works_here() -> None:
    come_in()
    make_staff()
    User.objects.create_user("gone", "gone@example.in", is_active=False)
    known = answers(ASHA)
    assert known == answers("new@example.in") == answers("packer@example.in") == answers("gone@example.in")
    assert Letter.objects.count() == 4, "each address got one mail, from the same worker"


def test_what_is_typed_wrong_is_said(client: Client) -> None:
    answer = client.post("/account/login/", {"email": "asha"})
    assert answer.status_code == 400
    assert "Enter an email address such as" in answer.content.decode()
    assert User.objects.count() == 0


def test_a_password_is_set_and_lets_somebody_in(client: Client) -> None:
    come_in(client)
    other = come_in()
    set_password(client)
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302, "other devices are logged out"
    letters.send_waiting()
    assert "new password" in mail.outbox[-1].subject
    third = Client()
    assert log_in(third, "wrong-wrong-wrong").status_code == 400
    assert log_in(third)["Location"] == "/account/"
    assert third.get("/account/").status_code == 200


def test_what_is_missing_for_a_password_is_told_field_by_field(client: Client) -> None:
    come_in(client)
    page = client.post("/account/password/", {}).content.decode()
    assert "Enter a new password." in page
    assert "Enter the new password once more." in page
    assert "This field is required" not in page


def test_an_old_password_is_asked_for_unless_a_code_was_just_typed(client: Client) -> None:
    set_password(come_in())
    log_in(client)
    wanted = {"new_password1": "another-garage-of-cars", "new_password2": "another-garage-of-cars"}
    assert client.post("/account/password/", wanted).status_code == 400
    assert client.post("/account/password/", {**wanted, "old_password": PASSWORD}).status_code == 303


def test_wrong_passwords_close_the_door_as_they_do_in_the_admin(client: Client, settings: Settings) -> None:
    set_password(come_in())
    settings.AXES_ENABLED = True
    for _round in range(2):
        assert [log_in(Client(), "wrong-wrong-wrong").status_code for _time in range(4)] == [400] * 4
        assert log_in(Client()).status_code == 302, "and a right one forgives"
    codes = [log_in(Client(), "wrong-wrong-wrong").status_code for _time in range(5)]
    assert codes == [400, 400, 400, 400, 429]
    locked = log_in(Client())
    assert (locked.status_code, "log in with a code" in locked.content.decode()) == (429, True)
    assert AccessAttempt.objects.get().username == ASHA
    assert PASSWORD not in AccessAttempt.objects.get().post_data + str(vars(AccessAttempt.objects.get()))
    assert log_in(Client(), "wrong-wrong-wrong", "other@example.in").status_code == 400, "nobody else"


def test_passwords_of_unknown_people_and_staff_are_wrong_alike(client: Client) -> None:
    make_staff()
    pages = [log_in(Client(), email=email) for email in ("packer@example.in", "nobody@example.in")]
    texts = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages]
    assert ([page.status_code for page in pages], texts[0]) == ([400, 400], texts[1])
    assert "sessionid" not in pages[0].cookies


def test_an_account_that_staff_closed_lets_nobody_in(client: Client) -> None:
    come_in(client)
    set_password(client)
    User.objects.update(is_active=False)
    assert client.get("/account/").status_code == 302
    assert log_in(Client())["Location"] == "/account/login/"
    ask_for_code(other := Client())
    letters.send_waiting()
    assert "Your login at" in mail.outbox[-1].subject
    assert other.get("/account/").status_code == 302


def test_scripts_are_answered_too() -> None:
    for path in ("/account/login/password/", "/account/login/"):
        for method in ("get", "post", "put", "head"):
            answer = getattr(Client(), method)(path, headers={"accept": "application/json"})
            assert answer.status_code in (200, 400)


@pytest.mark.parametrize("right", ["access_admin", "is_staff", "is_superuser"])
def test_staff_never_come_in_by_a_mailbox(client: Client, right: str) -> None:
    user = User.objects.create_user("boss", "boss@example.in", PASSWORD)
    if right == "access_admin":
        user.user_permissions.add(Permission.objects.get(codename=right))
    else:
        User.objects.update(**{right: True})
    ask_for_code(client, "boss@example.in")
    letters.send_waiting()
    assert re.search(r"\d{4}-\d{4}", str(mail.outbox[-1].body)) is None
    log_in(client, email="boss@example.in")
    assert client.get("/account/").status_code == 302
    assert client.get("/admin/").status_code == 302


def test_a_shopper_gets_nothing_in_the_admin(client: Client) -> None:
    come_in(client)
    for path in ("/admin/", "/admin/pages/", "/admin/orders/", "/admin/users/", "/admin/account/"):
        answer = client.get(path)
        assert (answer.status_code, "/admin/login/" in answer["Location"]) == (302, True), path


def test_a_session_of_the_shop_ends_when_its_account_gets_rights_in_the_admin(client: Client) -> None:
    come_in(client)
    group = Group.objects.create(name="Packers")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    User.objects.get().groups.add(group)
    assert client.get("/admin/").status_code == 302
    assert client.get("/account/").status_code == 302, "and it is nobody's in the shop"
    ask_for_code(client)
    letters.send_waiting()
    assert "Your login at" in mail.outbox[-1].subject


def test_the_admin_lists_who_works_here(client: Client) -> None:
    come_in()
    packer = make_staff()
    User.objects.create_superuser("owner", "owner@example.in", PASSWORD)
    client.post("/admin/login/", {"username": "owner", "password": PASSWORD})
    page = client.get("/admin/users/").content.decode()
    assert (packer.username in page, ASHA in page, "shopper-" in page) == (True, False, False)
    User.objects.get(email=ASHA).groups.add(Group.objects.create(name="Packers"))
    assert "shopper-" in client.get("/admin/users/").content.decode(), "who has rights is seen"


def test_the_admins_door_takes_no_shopper(client: Client) -> None:
    set_password(come_in())
    for name in (ASHA, User.objects.get().username):
        answer = client.post("/admin/login/", {"username": name, "password": PASSWORD}, follow=True)
        assert "sessionid" not in client.cookies or client.get("/admin/").status_code == 302
        assert answer.request["PATH_INFO"] == "/admin/login/"
    assert client.get("/account/").status_code in (302, 403)


def test_no_mail_sets_a_password_of_staff(client: Client) -> None:
    make_staff()
    assert "password_reset" not in client.get("/admin/login/").content.decode()
    assert client.post("/admin/password_reset/", {"email": "packer@example.in"}).status_code == 404
    assert mail.outbox == []


def test_staff_are_guests_in_the_shop(client: Client) -> None:
    make_staff()
    assert client.post("/admin/login/", {"username": "packer", "password": PASSWORD}).status_code == 302
    assert client.get("/admin/").status_code == 200
    answer = client.get("/account/")
    assert (answer.status_code, "logged in as staff" in answer.content.decode()) == (403, True)
    for path in ("/account/email/", "/account/password/", "/account/close/", "/account/details/"):
        assert client.post(path, {"email": "x@example.in", "action_add": "1"}).status_code == 403


def test_coming_in_changes_the_key_of_the_session(client: Client) -> None:
    ask_for_code(client)
    before = client.cookies["sessionid"].value
    client.post("/account/login/code/", {"code": read_code()})
    after = client.cookies["sessionid"].value
    assert before != after
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/account/").status_code == 302
    client.post("/account/logout/")
    thief.cookies["sessionid"] = after
    assert thief.get("/account/").status_code == 302


def test_logging_out_takes_a_post(client: Client) -> None:
    come_in(client)
    assert client.get("/account/logout/").status_code == 405
    assert client.get("/account/").status_code == 200
    csrf = Client(enforce_csrf_checks=True)
    csrf.cookies = client.cookies
    assert csrf.post("/account/logout/").status_code == 403
    assert client.post("/account/logout/")["Location"] == "/"
    assert client.get("/account/").status_code == 302


@pytest.mark.covers("K16")
def test_no_address_of_another_site_is_followed() -> None:
    set_password(come_in())
    for evil in EVIL:
        client = Client()
        ask = client.post("/account/login/", {"email": ASHA, "next": evil})
        follow = ask["Location"]
        code = read_code()
        assert client.post(follow, {"code": code, "next": evil})["Location"] == "/account/", evil
        assert client.post("/account/logout/", {"next": evil})["Location"] == "/", evil
        assert log_in(Client(), next=evil)["Location"] == "/account/", evil
    wanted = Client()
    assert log_in(wanted, next="/checkout/")["Location"] == "/checkout/"


def test_a_page_that_was_wanted_is_reached(client: Client) -> None:
    door = client.get("/account/details/")["Location"]
    assert door == "/account/login/?next=/account/details/"
    assert 'name="next" value="/account/details/"' in client.get(door).content.decode()
    asked = client.post("/account/login/", {"email": ASHA, "next": "/account/details/"})
    answer = client.post(asked["Location"], {"code": read_code(), "next": "/account/details/"})
    assert answer["Location"] == "/account/details/"


@pytest.mark.usefixtures("limits_on")
def test_nobody_fills_a_strangers_mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [ask_for_code(Client(REMOTE_ADDR=f"203.0.113.{n}"), "Asha@example.in").status_code for n in range(7)]
    assert codes == [302] * 6 + [429]
    assert ask_for_code(Client(), "new@example.in").status_code == 302
    small = type(guards.TRIES)(3, 10, "account-tries")
    monkeypatch.setattr(guards, "TRIES", small)
    throttle.forget()
    tries = [Client().post("/account/login/code/", {"code": "1"}) for _time in range(4)]
    assert [one.status_code for one in tries] == [302, 302, 302, 429]
    assert int(tries[-1]["Retry-After"]) > 0


def test_letters_wait_for_a_mail_server_and_leave_nothing_behind(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    ask_for_code(Client())
    assert letters.send_waiting() == 0
    assert "ConnectionRefused" in Letter.objects.get().last_error
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
        Letter.objects.update(next_try_at="2026-01-01T00:00Z")
        assert letters.send_waiting() == 1
    assert Letter.objects.count() == 0
    ask_for_code(Client())
    Letter.objects.update(good_until="2026-01-01T00:00Z")
    assert (letters.send_waiting(), Letter.objects.count()) == (0, 0), "a code that is over helps nobody"


def test_accounts_that_nobody_took_up_are_forgotten() -> None:
    ask_for_code(Client(), "typed-by-a-stranger@example.in")
    come_in()
    make_staff()
    shoppers.tidy()
    assert User.objects.count() == 3
    User.objects.update(date_joined="2026-01-01T00:00Z")
    shoppers.tidy()
    assert set(User.objects.values_list("email", flat=True)) == {ASHA, "packer@example.in"}


@pytest.mark.parametrize("value", ["\x00", "ß" * 9_000, "a@b.in\r\nBcc: x@y.in", "'\"<script>", "💥@example.in"])
def test_hostile_forms_are_only_wrong(value: str) -> None:
    client = Client()
    ask_for_code(client)
    for path, names in (("login/", ["email"]), ("login/password/", ["login", "password"]), ("login/code/", ["code"])):
        for name in names:
            fresh = client if path == "login/code/" else Client()
            filled = {"login": ASHA, "password": "x", name: value, "next": value}
            assert fresh.post(f"/account/{path}", filled).status_code in (302, 400)
