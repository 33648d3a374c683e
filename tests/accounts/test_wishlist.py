"""The wishlist of an account: joined once, the same on every device, gone from a browser with its owner."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from limits import RateLimitItemPerMinute
from pytest_django import Settings

from accounts import wishlist, wishlist_views
from accounts.models import Kept
from catalog.keeping import MOST
from catalog.models import ProductPage
from tests.accounts.shopper import come_in
from tests.catalog.test_keeping import key
from tests.checkout.queries import nothing_written
from tests.factories import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PATH = "/account/wishlist/"
JSON = {"accept": "application/json"}


def ask(client: Client, **change: str) -> Any:
    """What the script asks, or tells when something changes."""
    return client.post(PATH, change, headers=JSON) if change else client.get(PATH, headers=JSON)


def listed(client: Client) -> list[int]:
    answer = ask(client)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return [entry["id"] for entry in answer.json()["list"]]


@pytest.mark.covers("PP16")
def test_two_browsers_have_one_list() -> None:
    first, second, third, fourth = (key(f"AAA-{number}") for number in range(4))
    phone = come_in()
    assert ask(phone, keep=f"{second},{first}").json()["list"] == [
        {"id": second, "title": "AAA-1"},
        {"id": first, "title": "AAA-0"},
    ]
    laptop = come_in()
    assert phone.cookies[wishlist.COOKIE].value == laptop.cookies[wishlist.COOKIE].value == ask(phone).json()["of"]
    ask(laptop, keep=f"{fourth},{second},{third}")
    assert listed(phone) == [fourth, third, second, first], "what is new stands above what was there"
    ask(phone, drop=str(second))
    assert listed(laptop) == [fourth, third, first]
    ask(laptop, keep=f"{fourth},{second},{third}")
    assert Kept.objects.count() == 4, "the same twice is once"


@pytest.mark.covers("PP16")
def test_who_leaves_takes_the_list_along() -> None:
    number = key("AAA-1")
    asha = come_in()
    ask(asha, keep=str(number))
    assert asha.cookies[wishlist.COOKIE]["max-age"] > 0
    asha.post("/account/logout/")
    assert asha.cookies[wishlist.COOKIE].value == ""
    answer = ask(asha)
    assert (answer.status_code, answer.cookies[wishlist.COOKIE].value) == (401, "")
    assert ask(asha, keep=str(number)).status_code == 401
    ravi = come_in(email="ravi@example.in")
    assert listed(ravi) == []
    assert listed(come_in()) == [number]


@pytest.mark.covers("PP16")
def test_closing_the_account_deletes_the_list() -> None:
    number = key("AAA-1")
    asha = come_in()
    ask(asha, keep=str(number))
    answer = asha.post("/account/close/")
    assert (Kept.objects.count(), answer.cookies[wishlist.COOKIE].value) == (0, "")


def test_what_is_not_for_sale_is_not_kept_and_what_is_deleted_goes() -> None:
    here, hidden, empty = key("AAA-1"), key("BBB-1"), key("CCC-1", on_hand=0)
    ProductPage.objects.get(pk=hidden).unpublish()
    asha = come_in()
    ask(asha, keep=f"{here},{hidden},{empty},987654,{'9' * 15}")
    assert listed(asha) == [here, empty]
    ProductPage.objects.get(pk=empty).delete()
    assert listed(asha) == [here]


def test_the_list_is_bounded_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishlist, "MOST", 3)
    pages = [key(f"AAA-{number}") for number in range(5)]
    asha = come_in()
    ask(asha, keep=",".join(map(str, pages[:2])))
    ask(asha, keep=",".join(map(str, pages[2:])))
    assert listed(asha) == pages[2:]
    assert Kept.objects.count() == 3 < MOST


@pytest.mark.parametrize("odd", ["x", "-1", "²", "9" * 400, ",,,", "\x00", "1;drop", "1.5"])
def test_odd_numbers_change_nothing(odd: str) -> None:
    number = key("AAA-1")
    asha = come_in()
    ask(asha, keep=str(number))
    for field in ("keep", "drop"):
        assert ask(asha, **{field: odd}).status_code in (200, 400)
    assert listed(asha) == [number]


def test_strangers_and_staff_make_no_rows_and_reading_makes_none(admin_client: Client) -> None:
    number = key("AAA-1")
    for client in (Client(), admin_client):
        assert ask(client, keep=str(number)).status_code == 401
        assert client.post(PATH, {"keep": number}).status_code in (302, 403)
        assert client.get(PATH).status_code in (302, 403)
    asha = come_in()
    with nothing_written():
        assert asha.get(PATH, {"keep": number}).status_code == 200
        assert listed(asha) == []
    assert asha.put(PATH).status_code == 405
    assert not Kept.objects.exists()


def test_another_site_cannot_press_hearts() -> None:
    number = key("AAA-1")
    asha = Client(enforce_csrf_checks=True)
    asha.force_login(User.objects.create_user("shopper-1"), backend="accounts.backend.ShopperBackend")
    assert ask(asha, keep=str(number)).status_code == 403
    assert not Kept.objects.exists()


def test_hearts_are_limited(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    make_shop()
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setattr(wishlist_views, "HEARTS", RateLimitItemPerMinute(2, 1, "few-hearts"))
    asha = come_in()
    answers = [ask(asha, keep="1") for _press in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.covers("PP16")
def test_without_a_script_the_account_has_a_page_of_its_own() -> None:
    number = key("AAA-1")
    asha = come_in()
    assert f'name="keep" value="{number}"' in " ".join(asha.get("/shop/aaa-1/").content.decode().split())
    answer = asha.post(PATH, {"keep": number})
    assert (answer.status_code, answer["Location"]) == (303, PATH)
    page = asha.get(PATH).content.decode()
    assert "AAA-1" in page
    asha.post(PATH, {"drop": number})
    assert "Nothing here yet" in asha.get(PATH).content.decode()
