"""Asking to be told of a model that is sold out: once for each variant and address, not too often, and taken back."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from catalog import stock
from catalog.models import ProductPage, Variant
from checkout import throttle
from home.models import StockRequest
from home.wanted import asking
from tests.checkout.queries import nothing_written
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PP5")]
SKU = "CG43-TX-0007"
URL = "/back-in-stock/"


@pytest.fixture(autouse=True)
def sold_out() -> Variant:
    return make_product(SKU, on_hand=0, title="City Cab")


def wish(client: Client, **changes: str) -> Any:
    """Post the form."""
    return client.post(URL, {"sku": SKU, "email": "asha@example.in", **changes})


def test_the_page_of_a_sold_out_model_asks_for_an_address(client: Client, sold_out: Variant) -> None:
    page = client.get("/shop/cg43-tx-0007/").content.decode()
    assert 'action="/back-in-stock/"' in page
    assert 'name="email"' in page
    stock.receive(variant=sold_out, quantity=1, reason="delivery")
    assert 'action="/back-in-stock/"' not in client.get("/shop/cg43-tx-0007/").content.decode()


def test_each_of_several_sold_out_variants_can_be_chosen(client: Client) -> None:
    page = ProductPage.objects.get().get_latest_revision_as_object()
    page.variants.add(Variant(sku="AAA-2", option="Grey", price=5_00, mrp=6_00, weight_grams=1, sort_order=9))
    page.save_revision().publish()
    shown = client.get("/shop/cg43-tx-0007/?variant=AAA-2").content.decode()
    assert '<option value="AAA-2" selected>' in shown
    assert f'<option value="{SKU}">' in shown


def test_a_wish_is_kept_and_told(client: Client) -> None:
    answer = wish(client)
    assert (answer.status_code, answer["Location"]) == (303, f"/shop/cg43-tx-0007/?variant={SKU}")
    assert StockRequest.objects.get().email == "asha@example.in"
    assert "We write to asha@example.in once, when City Cab is back." in client.get(answer["Location"]).content.decode()


def test_the_same_wish_is_one_row(client: Client) -> None:
    assert [wish(client, email=email).status_code for email in ("asha@example.in", "Asha@Example.IN")] == [303, 303]
    wanted = StockRequest.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        StockRequest.objects.create(variant=wanted.variant, email=wanted.email)


def test_what_is_back_already_keeps_no_address(client: Client, sold_out: Variant) -> None:
    stock.receive(variant=sold_out, quantity=1, reason="delivery")
    answer = wish(client)
    assert "City Cab is back already" in client.get(answer["Location"]).content.decode()
    assert not StockRequest.objects.exists()


@pytest.mark.parametrize("email", ["", "asha", "asha@example.in, evil@example.com", "a@b.in\r\nBcc: evil@example.com"])
def test_a_wrong_address_is_shown_again_with_what_to_do(client: Client, email: str) -> None:
    answer = wish(client, email=email)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.index("<title>") < page.index("Error:") < page.index("</title>")
    assert 'href="#id_email"' in page
    assert 'aria-invalid="true"' in page
    assert f'value="{SKU}"' in page
    assert not StockRequest.objects.exists()


@pytest.mark.parametrize("sku", ["", "NOPE", "x" * 60, "\x00"])
def test_an_unknown_model_is_not_found(client: Client, sku: str) -> None:
    assert wish(client, sku=sku).status_code == 404


def test_what_is_no_longer_sold_is_not_found(client: Client) -> None:
    ProductPage.objects.get().unpublish()
    assert wish(client).status_code == 404


def test_nobody_fills_the_list(client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATELIMIT_ENABLE = True
    throttle.forget()
    limit = asking.REQUESTS_OF_PERSON
    monkeypatch.setattr(asking, "REQUESTS_OF_PERSON", type(limit)(2, limit.multiples, limit.namespace))
    assert [wish(client).status_code for _ in range(2)] == [303, 303]
    answer = wish(client, email="ASHA@example.in")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Please wait" in answer.content.decode()
    assert wish(client, email="other@example.in").status_code == 303
    throttle.forget()


def test_a_foreign_form_is_refused() -> None:
    assert wish(Client(enforce_csrf_checks=True)).status_code == 403


def test_a_mail_leads_to_a_page_that_forgets_on_a_press(client: Client) -> None:
    make_product("BBB-1", on_hand=0)
    for sku in (SKU, "BBB-1"):
        wish(client, sku=sku)
    wish(client, email="meena@example.in")
    url = f"{URL}stop/{asking.token(StockRequest.objects.filter(email='asha@example.in')[0])}/"
    with nothing_written():
        assert "Delete my address" in client.get(url).content.decode()
    # A mail program posts by itself, from nowhere.
    answer = Client(enforce_csrf_checks=True).post(url, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex")
    assert list(StockRequest.objects.values_list("email", flat=True)) == ["meena@example.in"]
    assert "Your address is deleted" in client.post(url).content.decode()


def test_a_made_up_address_forgets_nobody(client: Client) -> None:
    wish(client)
    for odd in ("1", "MQ:abc:def", "x.y"):
        assert client.post(f"{URL}stop/{odd}/").status_code == 404
    assert StockRequest.objects.exists()
