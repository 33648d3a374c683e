"""Google's merchant feed: well-formed, within the limits of the specification, and in step with the pages."""

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from catalog import merchant_feed, stock
from catalog.models import Brand, ProductPage, ShopSettings, Variant
from catalog.stock import availability
from tests.catalog.test_pictures import upload
from tests.catalog.test_structured_data import data, pictured
from tests.factories import Buyer, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]
URL = "/feeds/google-merchant.xml"
G = "{http://base.google.com/ns/1.0}"
REQUIRED = {"id", "title", "description", "link", "image_link", "availability", "price", "brand", "condition"}


def body(response: Any) -> str:
    return "".join(part.decode() for part in response.streaming_content)


def items(client: Client) -> dict[str, ElementTree.Element]:
    """Return the items of the feed by SKU."""
    root = ElementTree.fromstring(body(client.get(URL)))  # noqa: S314 - our own output.
    channel = root.find("channel")
    assert channel is not None
    assert all(channel.findtext(name) is not None for name in ("title", "link", "description"))
    return {str(item.findtext(f"{G}id")): item for item in channel.findall("item")}


@pytest.mark.covers("AX9")
def test_an_item_has_what_the_specification_asks_for(client: Client) -> None:
    pictured(title="Kaali-Peeli", curators_note="Why this one.")
    found = items(client)
    assert set(found) == {"CG43-TX-0007", "CG43-TX-0007-B"}
    for sku, item in found.items():
        told = {child.tag.removeprefix(G): str(child.text) for child in item}
        assert set(told) >= REQUIRED
        assert len(sku) <= 50
        assert len(told["title"]) <= 150
        assert len(told["description"]) <= 5000
        assert re.fullmatch(r"https?://[^ ]+\?variant=[A-Z0-9-]+", told["link"])
        assert told["image_link"].startswith("http")
        assert told["availability"] in {"in_stock", "out_of_stock", "preorder", "backorder"}
        assert re.fullmatch(r"[0-9]+\.[0-9]{2} INR", told["price"])
        assert told["condition"] in {"new", "refurbished", "used"}
        assert told["identifier_exists"] == "no"
        assert re.fullmatch(r"[0-9]+ g", told["shipping_weight"])
        shipping = item.find(f"{G}shipping")
        assert shipping is not None
        assert [(each.tag, each.text) for each in shipping] == [(f"{G}country", "IN"), (f"{G}price", "99.00 INR")]
    assert found["CG43-TX-0007-B"].findtext(f"{G}title") == "Kaali-Peeli, Grey"
    assert found["CG43-TX-0007"].findtext(f"{G}additional_image_link")


@pytest.mark.covers("PP7", "AX9")
def test_page_structured_data_feed_and_cart_agree_on_stock_and_price(client: Client) -> None:
    """One function decides (PP7, AX9): whatever a product's stock, four places say the same."""
    for number, on_hand in enumerate((0, 1, 5, 6, 40)):
        pictured(f"CG-{number}", on_hand=on_hand, price=10_000 + number)
    held = Variant.objects.get(sku="CG-1")
    stock.reserve(items=[(held.pk, 1)], reference="elsewhere")
    feed = items(client)
    offers = {offer["sku"]: offer for n in range(5) for offer in data(client, f"/shop/cg-{n}/")["Product"]["offers"]}
    assert set(feed) == set(offers) == set(Variant.objects.values_list("sku", flat=True))
    for variant in Variant.objects.select_related("stock", "page"):
        words, told, offer = availability(variant), feed[variant.sku], offers[variant.sku]
        page = client.get(f"{variant.page.get_url()}?variant={variant.sku}").content.decode()
        assert words.text in page
        is_here = variant.stock.on_hand > variant.stock.reserved
        assert told.findtext(f"{G}availability") == ("in_stock" if is_here else "out_of_stock")
        assert offer["availability"] == f"https://schema.org/{'InStock' if is_here else 'OutOfStock'}"
        assert told.findtext(f"{G}price") == f"{offer['price']} INR"
        added = Buyer().add(variant.sku, headers={"accept": "application/json"})
        assert (added.status_code == 200) is is_here
        if added.status_code == 200:
            (line,) = json.loads(added.content)["cart"]["lines"]
            assert f"{line['unit_price'] / 100:.2f}" == offer["price"]


def test_what_cannot_be_sold_to_strangers_is_left_out(client: Client) -> None:
    make_product("CG-PLAIN")
    page = pictured()
    Variant.objects.filter(sku="CG43-TX-0007-B").update(price=0)
    assert set(items(client)) == {"CG43-TX-0007"}
    page.unpublish()
    assert items(client) == {}


def test_any_text_is_well_formed(client: Client) -> None:
    pictured(title="<b>&amp; ]]> \x0b \x1b ’ 車", curators_note="\x00"[:0] + "a\x08b <script> &")
    item = items(client)["CG43-TX-0007"]
    assert str(item.findtext(f"{G}title")).startswith("<b>&amp; ]]>")
    assert item.findtext(f"{G}description") == "a b <script> &"


def test_an_unchanged_feed_is_not_sent_again(client: Client) -> None:
    page = pictured()
    known = client.get(URL).headers["ETag"]
    assert client.get(URL).headers["Cache-Control"] == "public, max-age=600"

    def is_new() -> bool:
        nonlocal known
        answer = client.get(URL, headers={"if-none-match": known})
        is_same, known = answer.status_code == 304, answer.headers["ETag"]
        return not is_same

    assert not is_new()
    stock.adjust(variant=Variant.objects.get(sku="CG43-TX-0007"), quantity=-1, reason="Dropped")
    assert is_new()
    page.save_revision().publish()
    assert is_new()
    ShopSettings.objects.update(shipping_fee=100)
    assert is_new()
    Brand.objects.update(name="Other Works")
    assert is_new()
    upload()
    page.unpublish()
    assert is_new()
    assert not is_new()


def test_a_look_at_the_headers_writes_no_feed(client: Client) -> None:
    pictured()
    answer = client.head(URL)
    assert (answer.status_code, answer.content, "ETag" in answer.headers) == (200, b"", True)


def test_it_costs_the_same_queries_however_many_products(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    numbers = []
    for number in range(3):
        pictured(f"CG-{number}")
        list(merchant_feed.write(ShopSettings.current()))
        with CaptureQueriesContext(connection) as captured:
            list(merchant_feed.write(ShopSettings.current()))
        numbers.append(len(captured))
    assert len(set(numbers)) == 1
    monkeypatch.setattr(merchant_feed, "AT_ONCE", 2)
    assert len(items(client)) == 6
    assert ProductPage.objects.count() == 3
