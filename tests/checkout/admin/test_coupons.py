"""Coupons in the admin: owners write and end them, and see what they gave."""

from typing import Any

import pytest
from django.test import Client

from checkout.models import Coupon, Order
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.orders import ordered

pytestmark = [pytest.mark.django_db, pytest.mark.covers("A15"), pytest.mark.once]
FORM = {"code": "monsoon10", "kind": "percentage", "percent": "10", "minimum": "0", "is_active": "on"}


@pytest.fixture
def owner() -> Client:
    return browser_of(in_role("owner"))


def add(browser: Client, **changes: Any) -> Any:
    return browser.post("/admin/coupons/add/", {**FORM, **changes})


def test_an_owner_types_rupees_and_small_letters(owner: Client) -> None:
    assert add(owner, amount="500", minimum="1,000").status_code == 302
    made = Coupon.objects.get()
    assert (made.code, made.percent, made.amount, made.minimum) == ("MONSOON10", 10, 50_000, 100_000)
    page = owner.get("/admin/coupons/").content.decode()
    assert "10 %, up to ₹500, from ₹1,000" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"percent": ""}, "which part of the price"),
        ({"kind": "amount"}, "how many rupees"),
        ({"percent": "101"}, "less than or equal to 100"),
        ({"code": "a b"}, "3 to 20 capital letters"),
        ({"starts_at": "2026-12-02 00:00", "ends_at": "2026-12-01 00:00"}, "end after it starts"),
    ],
)
def test_what_makes_no_sense_is_told(owner: Client, changes: dict[str, str], words: str) -> None:
    answer = add(owner, **changes)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert not Coupon.objects.exists()


def test_the_list_tells_what_a_coupon_gave(owner: Client) -> None:
    coupon = Coupon.objects.create(code="MONSOON10", percent=10)
    used, over = ordered().order, ordered().order
    Order.objects.filter(pk__in=[used.pk, over.pk]).update(coupon=coupon, discount=100, total=used.total - 100)
    Order.objects.filter(pk=over.pk).update(status="expired")
    [row] = owner.get("/admin/coupons/").context["object_list"]
    assert (row.used, row.given) == (1, 100)
    exported = owner.get("/admin/coupons/?export=csv")
    assert "MONSOON10" in b"".join(exported).decode()


def test_a_coupon_that_was_used_is_kept(owner: Client) -> None:
    coupon = Coupon.objects.create(code="MONSOON10", percent=10)
    Order.objects.filter(pk=ordered().order.pk).update(coupon=coupon)
    assert owner.post(f"/admin/coupons/delete/{coupon.pk}/", follow=True).status_code == 200
    assert Coupon.objects.count() == 1


@pytest.mark.parametrize("role", ["staff", "editor", "viewer"])
def test_others_neither_see_nor_make_coupons(role: str) -> None:
    coupon = Coupon.objects.create(code="MONSOON10", percent=10)
    browser = browser_of(in_role(role))
    for address in ("/admin/coupons/", "/admin/coupons/?export=csv", f"/admin/coupons/edit/{coupon.pk}/"):
        answer = browser.get(address)
        assert (answer.status_code, "MONSOON10" in answer.content.decode()) == (302, False)
    assert add(browser, code="OTHER").status_code == 302
    assert Coupon.objects.count() == 1
