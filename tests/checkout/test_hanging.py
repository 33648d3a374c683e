"""While Razorpay hangs, the shop goes on: buyers read "try again", and everybody else is served as before.

The control, as it was seen: with a place for every thread (`RAZORPAY_PLACES = WEB_THREADS`) no page is answered before
the first call gives up.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from checkout import gateway
from checkout.models import Order, RazorpayOrder
from tests.checkout import faults
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import SKU, assert_books_hold, stock_of
from tests.checkout.serving import Browser, running_shop
from tests.factories import make_product
from tests.programs import Simulator, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.once]
BUYERS = 2 * settings.WEB_THREADS


@pytest.mark.covers("B8")
def test_other_visitors_are_served_while_every_payment_hangs(simulator: Simulator, tmp_path: Path) -> None:
    make_product(SKU, on_hand=BUYERS)
    make_product("CG18-B", on_hand=99)
    go_on = threading.Event()
    with (
        FaultyRazorpay(simulator.url) as faulty,
        running_shop(tmp_path, faulty, processes=1) as shop,
        ThreadPoolExecutor(BUYERS) as pool,
    ):
        buyers = [Browser(shop, number) for number in range(BUYERS)]
        for buyer in buyers:
            assert buyer.add(SKU).status_code == 200
        faulty.plan(faults.hold(go_on), on="^POST /v1/orders", times=BUYERS)
        answers = [pool.submit(buyer.check_out) for buyer in buyers]
        wait_until(lambda: faulty.count("^POST /v1/orders") >= settings.RAZORPAY_PLACES, "Razorpay hangs")

        visitor = Browser(shop, BUYERS)
        for _page in range(5):
            assert visitor.add("CG18-B").status_code == 200
        still_waiting = sum(not answer.done() for answer in answers)
        go_on.set()
        assert still_waiting == settings.RAZORPAY_PLACES
        statuses = Counter(answer.result().status_code for answer in answers)
        assert statuses == {201: settings.RAZORPAY_PLACES, 503: BUYERS - settings.RAZORPAY_PLACES}

        for buyer, answer in zip(buyers, answers, strict=True):
            order = answer.result().json()["order"]
            assert buyer.post(order["pay_url"], {}).status_code == 303
    assert Order.objects.count() == RazorpayOrder.objects.exclude(razorpay_order_id=None).count() == BUYERS
    assert len(gateway._client().order.all({"count": 100})["items"]) == BUYERS
    assert stock_of() == (BUYERS, BUYERS)
    assert_books_hold()
