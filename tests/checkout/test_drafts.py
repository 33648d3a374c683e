"""What was typed into a refused checkout is there again, as long as it may be, and nowhere else."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from catalog import stock
from catalog.models import Stock, Variant
from checkout import belonging, drafts, orders, privacy
from checkout.models import Cart, CheckoutDraft, Order
from checkout.wagtail_hooks import tidy_drafts
from tests.checkout.orders import SKU, make_overdue
from tests.checkout.queries import nothing_written
from tests.checkout.test_belonging import shopper
from tests.factories import BUYER, Buyer, make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db
TYPED = {**BUYER, "address_line1": "7 Kept Street"}


@pytest.fixture
def buyer() -> Buyer:
    """Somebody whose checkout was refused, since stock fell meanwhile."""
    variant = make_product(SKU, on_hand=3)
    found = Buyer()
    found.add(SKU, 3)
    stock.adjust(variant=variant, quantity=-1, reason="sold at a fair")
    assert found.client.post("/checkout/", TYPED).status_code == 409
    return found


def shown(buyer: Buyer) -> dict[str, object]:
    """Return what the form has when its page is opened."""
    with nothing_written():
        form = buyer.client.get("/checkout/").context["form"]
    return {field.name: field.value() for field in form.visible_fields()}


@pytest.mark.covers("CO12")
def test_the_way_by_the_cart_keeps_what_was_typed(buyer: Buyer, simulator: Simulator) -> None:
    buyer.client.post("/cart/update/", {"sku": SKU, "quantity": "2"})
    found = shown(buyer)
    assert {name: found[name] for name in TYPED} == TYPED
    assert 'value="7 Kept Street"' in buyer.client.get("/checkout/").content.decode()
    assert shown(Buyer())["address_line1"] != "7 Kept Street"
    assert buyer.client.post("/checkout/", TYPED).status_code == 303
    assert not CheckoutDraft.objects.exists(), "the order has it now"


def test_a_draft_is_bounded_and_may_hold_nonsense(buyer: Buyer) -> None:
    buyer.client.post(
        "/checkout/", {**TYPED, "city": "x" * 9_999, "full_name": "a\x00b", "postcode": "4110", "billing_differs": "on"}
    )
    typed = CheckoutDraft.objects.get().typed
    assert (len(typed["city"]), typed["full_name"], "checkout_key" in typed) == (254, "ab", False)
    found = shown(buyer)
    assert (found["postcode"], found["billing_differs"]) == ("4110", "on")


@pytest.mark.once
def test_a_draft_is_forgotten_after_some_days(buyer: Buyer) -> None:
    CheckoutDraft.objects.update(updated_at=timezone.now() - drafts.AGE - dt.timedelta(minutes=1))
    assert shown(buyer)["address_line1"] != "7 Kept Street"
    _lane, _seconds, job = tidy_drafts()
    assert (job(), CheckoutDraft.objects.count()) == (1, 0)


def test_a_buyer_who_is_forgotten_leaves_no_draft(buyer: Buyer, simulator: Simulator) -> None:
    other = Buyer()
    other.add(SKU)
    other.check_out()
    order = Order.objects.get()
    make_overdue(order)
    orders.expire(order.pk, now=timezone.now())
    Order.objects.update(created_at=timezone.now() - dt.timedelta(days=400))
    privacy.forget(order.pk)
    assert not CheckoutDraft.objects.exists(), "the same address, typed in another browser"


@pytest.mark.once
def test_a_draft_goes_along_at_login(buyer: Buyer) -> None:
    kept = belonging.join(Cart.objects.get(), shopper())
    assert drafts.recall(kept)["address_line1"] == "7 Kept Street"


@pytest.mark.once
@pytest.mark.covers("CO12")
def test_a_stale_checkout_comes_back_filled_in() -> None:
    variant = make_product(SKU)
    buyer = Buyer(enforce_csrf_checks=True)
    token = buyer.client.get(f"/shop/{variant.page.slug}/").cookies["csrftoken"].value
    buyer.client.post("/cart/add/", {"sku": SKU, "quantity": "1", "csrfmiddlewaretoken": token})
    answer = buyer.client.post("/checkout/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'value="7 Kept Street"' in page
    assert "nothing was ordered" in page
    assert "csrfmiddlewaretoken" in page
    assert (Order.objects.count(), CheckoutDraft.objects.count()) == (0, 0)
    lost = Client(enforce_csrf_checks=True).post("/checkout/", TYPED)
    assert (lost.status_code, "still there" in lost.content.decode()) == (403, False)
    elsewhere = buyer.client.post("/cart/add/", {"sku": SKU})
    assert "Your cart is still there" in elsewhere.content.decode()
    assert Stock.objects.get(variant=Variant.objects.get()).reserved == 0
