"""No address that a client names is redirected to, wherever it names it.

The control, as it was seen: with `request.POST.get("next")` followed by the cart the first of them leads away.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from checkout import payments
from checkout.models import Order
from tests.checkout import orders as tell
from tests.checkout import reports
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.orders import SKU
from tests.factories import BUYER, Buyer, make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.covers("K16")]
EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    " //evil.example/",
    "\thttps://evil.example/",
    "https:evil.example",
    "https:///evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//evil\u3002example/",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
]
NAMES = ["next", "return_url", "return_to", "redirect", "redirect_to", "url", "callback_url", "cancel_url", "continue"]


def where(location: str) -> str:
    """Return the host that a browser goes to, which drops control characters and takes backslashes for slashes."""
    text = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    if re.match(r"^(https?:)?/{2,}", text, re.IGNORECASE):
        text = "https://" + re.sub(r"^(https?:)?/+", "", text, flags=re.IGNORECASE)
        return urlsplit(text).netloc.rpartition("@")[2]
    return "testserver" if text.startswith("/") and not text.startswith("//") else text


def assert_stays(response: Any) -> None:
    """The answer leads nowhere or to this shop."""
    location = response.headers.get("Location")
    assert location is None or where(location) == "testserver", location
    assert "Refresh" not in response.headers


def assert_leads(response: Any) -> None:
    """The answer leads to another page of this shop."""
    assert response.status_code in (302, 303)
    assert_stays(response)


def test_the_judge_of_these_tests_sees_every_one_of_them() -> None:
    assert [url for url in EVIL if where(url) == "testserver"] == []
    for url in ("/cart/", "http://testserver/cart/", "/orders/x/?confirming"):
        assert where(url) == "testserver"


def test_buying_leads_nowhere_else(buyer: Buyer, simulator: Simulator) -> None:
    for evil in EVIL:
        names = dict.fromkeys(NAMES, evil)
        headers = {"referer": evil.encode("ascii", "replace").decode(), "x-forwarded-host": "evil.example"}
        assert_leads(buyer.client.post("/cart/update/", {"sku": SKU, "quantity": 1, **names}, headers=headers))
        assert_leads(buyer.client.post("/checkout/", {**BUYER, "checkout_key": "one-form", **names}, headers=headers))
        order = Order.objects.get()
        for part in ("pay/", "check/"):
            asked = {"accept": "text/html", **headers}
            assert_leads(buyer.client.post(f"{order.get_absolute_url()}{part}", names, headers=asked))


def test_paying_leads_to_the_order_and_nowhere_else(simulator: Simulator) -> None:
    make_product(SKU)
    order, body = Buyer().buy(SKU)
    razorpay_id = body["razorpay"]["order_id"]
    failure = {"error[metadata]": f'{{"order_id": "{razorpay_id}"}}', "error[code]": "BAD_REQUEST_ERROR"}
    proof = reports.pay(simulator, razorpay_id)
    for evil in EVIL:
        names = dict.fromkeys(NAMES, evil)
        for fields in (failure, proof):
            answer = Client().post("/payments/callback/", {**fields, **names})
            assert answer.headers["Location"] == order.get_absolute_url()
        assert Client().post("/payments/verify/", {**proof, **names}).json()["redirect"] == order.get_absolute_url()


def test_the_login_leads_nowhere_else() -> None:
    User.objects.create_superuser("owner", password="a-long-password")
    for evil in EVIL:
        for data, query in (({"next": evil}, {}), ({}, {"next": evil})):
            client = Client()
            form = {"username": "owner", "password": "a-long-password", **data}
            entered = client.post("/admin/login/", form, query_params=query)
            assert (entered.status_code, entered.headers["Location"]) == (302, "/admin/")
            assert_leads(client.get("/admin/login/", {"next": evil}))
            assert_stays(client.post("/admin/logout/", {"next": evil}))


def test_the_work_of_staff_leads_nowhere_else() -> None:
    attempt = tell.ordered()
    payments.record(tell.paid(attempt))
    staff = browser_of(in_role("staff"))
    key = attempt.order_id
    for evil in EVIL:
        Order.objects.update(status="paid")
        assert_leads(staff.post(f"/admin/bulk/checkout/order/mark_packed/?id={key}", {"next": evil}))
        form = {"carrier": "India Post", "tracking_number": "1", "next": evil}
        assert_leads(staff.post(f"/admin/orders/ship/{key}/", form, query_params={"next": evil}))


def test_a_missing_slash_leads_nowhere_else(client: Client) -> None:
    make_product(SKU)
    for path in (
        "//evil.example/cart",
        "//evil.example/..",
        "/\\evil.example/cart",
        "///evil.example",
        "/%5Cevil.example/x",
    ):
        assert_stays(client.get("/", PATH_INFO=path))


def test_another_host_name_is_answered_with_400(client: Client) -> None:
    make_product(SKU)
    for host in ("evil.example", "testserver.evil.example", "testserver@evil.example", "evil.example:80"):
        assert client.get("/cart", headers={"host": host}).status_code == 400
        assert_stays(client.get("/cart", headers={"x-forwarded-host": host}))
