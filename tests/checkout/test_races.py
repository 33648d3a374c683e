"""Many at once, against the production server as a process of its own, on the engine of this run.

The control, as it was seen: without `on_hand__gte=F("reserved") + quantity` in `catalog.stock.reserve` the rush ends in
500s on PostgreSQL, where the database's own check refuses; SQLite's lock makes the earlier look at the cart enough, and
there it takes the loss of both to see them. Without `IMMEDIATE` SQLite answers 500 to one in four.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from checkout import coupons, gateway
from checkout.models import Coupon, Order, OrderEvent, OutboxEmail, Payment, RazorpayOrder
from tests.checkout.orders import SKU, assert_books_hold, stock_of
from tests.checkout.reports import event, order_entity, pay, payment_entity
from tests.checkout.serving import Browser, Shop, at_once, running_shop
from tests.factories import make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CREATED = {"count": 100}


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, shared_simulator: Simulator
) -> Iterator[Shop]:
    """The server, on the database of the tests."""
    with running_shop(tmp_path_factory.mktemp("shop"), shared_simulator) as found:
        yield found


def status_of(answer: requests.Response) -> int:
    return answer.status_code


@pytest.mark.covers("A7", "K13", "D7", "H1")
def test_sixty_buyers_and_seven_cars(shop: Shop, simulator: Simulator) -> None:
    make_product(SKU, on_hand=7)
    buyers = [Browser(shop, number) for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda buyer: buyer.add(SKU).status_code, buyers)) == {200}
    answers = at_once([buyer.check_out for buyer in buyers])
    assert Counter(map(status_of, answers)) == {201: 7, 409: 53}
    assert stock_of() == (7, 7)
    assert Order.objects.count() == RazorpayOrder.objects.count() == 7
    assert len({order.number for order in Order.objects.all()}) == 7

    won = [(buyer, answer.json()) for buyer, answer in zip(buyers, answers, strict=True) if answer.status_code == 201]
    triples = [(buyer, pay(simulator, body["razorpay"]["order_id"])) for buyer, body in won]
    reports: list[Callable[[], requests.Response]] = []
    for buyer, triple in triples:
        attempt = RazorpayOrder.objects.get(razorpay_order_id=triple["razorpay_order_id"])
        entity = payment_entity(attempt, id=triple["razorpay_payment_id"])
        bodies = [
            event("payment.captured", payment=entity),
            event("order.paid", payment=entity, order=order_entity(attempt)),
        ]
        reports += [lambda b=buyer, t=triple: b.post("/payments/verify/", t)] * 2  # type: ignore[misc]
        reports += [lambda body=body: shop.deliver(body) for body in bodies]  # type: ignore[misc]
    assert set(map(status_of, at_once(reports))) == {200}
    assert stock_of() == (0, 0)
    assert sorted(str(order.invoice_number) for order in Order.objects.all()) == [
        f"CG/2627/{number:06d}" for number in range(1, 8)
    ]
    assert OrderEvent.objects.filter(status="paid").count() == 7
    assert Payment.objects.filter(fulfils=True).count() == OutboxEmail.objects.count() == 7
    assert_books_hold()
    shop.assert_calm()


@pytest.mark.covers("A5", "A6", "B11")
def test_a_double_click_in_two_tabs(shop: Shop, simulator: Simulator) -> None:
    make_product(SKU, on_hand=10)
    buyer = Browser(shop, 1)
    buyer.add(SKU)
    other_tab = {**buyer.details, "checkout_key": "form-of-another-tab"}
    clicks = [buyer.check_out] * 4 + [lambda: buyer.post("/checkout/", other_tab)] * 4
    answers = at_once(clicks)
    assert Counter(map(status_of, answers)) == {201: 1, 200: 7}
    assert len({answer.json()["razorpay"]["order_id"] for answer in answers}) == 1
    assert Order.objects.count() == 1
    assert stock_of() == (10, 1)
    assert len(gateway._client().order.all(CREATED)["items"]) == 1
    assert_books_hold()
    shop.assert_calm()


@pytest.mark.covers("E7")
def test_a_webhook_a_hundred_times_at_once(shop: Shop, simulator: Simulator) -> None:
    make_product(SKU, on_hand=10)
    buyer = Browser(shop, 1)
    buyer.add(SKU)
    order = Order.objects.get(number=buyer.check_out().json()["order"]["number"])
    body = event("payment.captured", payment=payment_entity(order.razorpay_orders.get()))
    for _round in range(4):
        assert set(map(status_of, at_once([lambda: shop.deliver(body)] * 25))) == {200}
    order.refresh_from_db()
    assert (order.status, stock_of()) == ("paid", (9, 0))
    assert_books_hold()
    shop.assert_calm()


def test_the_last_car_of_two_crossing_carts(shop: Shop, simulator: Simulator) -> None:
    """Carts with the same two cars in opposite order take them in one order: nobody waits for somebody who waits."""
    for sku in ("CG43-A", "CG43-B"):
        make_product(sku, on_hand=10)
    buyers = [Browser(shop, number) for number in range(20)]
    for number, buyer in enumerate(buyers):
        for sku in ("CG43-A", "CG43-B")[:: 1 if number % 2 else -1]:
            assert buyer.add(sku).status_code == 200
    answers = at_once([buyer.check_out for buyer in buyers])
    assert Counter(map(status_of, answers)) == {201: 10, 409: 10}
    assert stock_of("CG43-A") == stock_of("CG43-B") == (10, 10)
    assert_books_hold()
    shop.assert_calm()


@pytest.mark.covers("A15")
def test_a_code_for_one_order_is_used_by_one_of_twelve(shop: Shop, simulator: Simulator) -> None:
    make_product(SKU, on_hand=100)
    coupon = Coupon.objects.create(code="ONLY-ONE", percent=10, limit=1)
    buyers = [Browser(shop, number) for number in range(12)]
    for buyer in buyers:
        assert buyer.add(SKU).status_code == 200
        assert buyer.post("/cart/coupon/", {"code": "ONLY-ONE"}).status_code == 200
    assert Counter(map(status_of, at_once([buyer.check_out for buyer in buyers]))) == {201: 1, 409: 11}
    assert coupons.uses(coupon).count() == Order.objects.count() == 1
    assert Counter(map(status_of, at_once([buyer.check_out for buyer in buyers]))) == {201: 11, 200: 1}
    assert Order.objects.exclude(discount=0).count() == 1
    assert_books_hold()
    shop.assert_calm()
