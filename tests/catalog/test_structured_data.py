"""What search engines read of a page (AX9): what Google's merchant listings ask for, and the same words everywhere."""

import json
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from catalog.models import ProductPage, ProductPhoto, ShopSettings, Variant
from tests.catalog.test_pictures import upload
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = {"@type", "minValue", "maxValue", "unitCode"}


def pictured(sku: str = "CG43-TX-0007", **fields: Any) -> ProductPage:
    """Publish a product with two photos and a second, sold-out variant."""
    make_product(sku, **fields)
    page = ProductPage.objects.get(slug=sku.lower()).get_latest_revision_as_object()
    page.photos = [ProductPhoto(image=upload((80, 60)), alt_text=f"A cab {number}") for number in range(2)]
    page.variants.add(
        Variant(sku=f"{sku}-B", option="Grey", price=250_000, mrp=250_000, weight_grams=300, sort_order=9)
    )
    page.save_revision().publish()
    found: ProductPage = ProductPage.objects.get(slug=sku.lower())
    return found


def data(client: Client, path: str) -> dict[str, dict[str, Any]]:
    """Return the structured data of a page by type."""
    html = client.get(path).content.decode()
    found = [
        json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    ]
    assert all(each["@context"] == "https://schema.org/" for each in found)
    return {each["@type"]: each for each in found}


def metas(client: Client, path: str) -> dict[str, str]:
    """Return description, canonical address and the properties for previews."""
    html = client.get(path).content.decode()
    found = dict(re.findall(r'<meta (?:name|property)="([^"]+)"\s+content="([^"]*)"', html))
    found |= {"canonical": "".join(re.findall(r'<link rel="canonical" href="([^"]*)"', html))}
    return found | {"title": " ".join(re.findall(r"<title>(.*?)</title>", html, re.DOTALL)[0].split())}


@pytest.mark.covers("AX9")
def test_a_product_has_what_merchant_listings_ask_for(client: Client) -> None:
    pictured(curators_note="Why this one.")
    product = data(client, "/shop/cg43-tx-0007/")["Product"]
    assert {"name", "image", "description", "sku", "brand", "offers", "url"} <= set(product)
    assert len(product["image"]) == 2
    assert all(image.startswith("http") for image in product["image"])
    first, second = product["offers"]
    for offer in (first, second):
        assert float(offer["price"]) > 0
        assert re.fullmatch(r"[0-9]+\.[0-9]{2}", offer["price"])
        assert (offer["priceCurrency"], offer["itemCondition"]) == ("INR", "https://schema.org/NewCondition")
        assert offer["url"].startswith("http")
        assert offer["url"].endswith(f"?variant={offer['sku']}")
        shipping = offer["shippingDetails"]
        assert shipping["shippingRate"]["currency"] == "INR"
        assert shipping["shippingDestination"]["addressCountry"] == "IN"
        assert all(set(shipping["deliveryTime"][part]) == DAY for part in ("handlingTime", "transitTime"))
        policy = offer["hasMerchantReturnPolicy"]
        assert (policy["applicableCountry"], policy["merchantReturnDays"]) == ("IN", 7)
        assert policy["returnPolicyCategory"] == "https://schema.org/MerchantReturnFiniteReturnWindow"
        assert policy["returnMethod"] == "https://schema.org/ReturnByMail"
        assert policy["returnFees"] == "https://schema.org/ReturnFeesCustomerResponsibility"
    assert (first["price"], first["availability"]) == ("1899.00", "https://schema.org/InStock")
    assert (second["price"], second["availability"]) == ("2500.00", "https://schema.org/OutOfStock")


def test_shipping_and_returns_are_the_shops(client: Client) -> None:
    pictured()
    ShopSettings.objects.update(free_shipping_from=200_000, return_days=0, dispatch_days=3)
    first, second = data(client, "/shop/cg43-tx-0007/")["Product"]["offers"]
    assert [offer["shippingDetails"]["shippingRate"]["value"] for offer in (first, second)] == ["99.00", "0.00"]
    assert first["shippingDetails"]["deliveryTime"]["handlingTime"]["maxValue"] == 3
    assert first["hasMerchantReturnPolicy"]["returnPolicyCategory"].endswith("MerchantReturnNotPermitted")
    assert "merchantReturnDays" not in first["hasMerchantReturnPolicy"]


def test_a_gift_or_a_product_without_picture_is_no_merchant_listing(client: Client) -> None:
    make_product("CG-PLAIN")
    assert set(data(client, "/shop/cg-plain/")) == {"BreadcrumbList"}
    pictured()
    Variant.objects.update(price=0)
    assert set(data(client, "/shop/cg43-tx-0007/")) == {"BreadcrumbList"}


def test_the_way_to_a_page(client: Client) -> None:
    pictured(title="Kaali-Peeli")
    way = data(client, "/shop/cg43-tx-0007/")["BreadcrumbList"]["itemListElement"]
    assert [(item["position"], item["name"]) for item in way] == [(1, "Home"), (2, "All models"), (3, "Kaali-Peeli")]
    assert all(item["item"].startswith("http") for item in way)
    assert [item["name"] for item in data(client, "/shop/")["BreadcrumbList"]["itemListElement"]] == [
        "Home",
        "All models",
    ]


def test_the_home_page_says_who_sells_and_how_to_search(client: Client) -> None:
    make_product()
    ShopSettings.objects.update(gstin="27AACCG4243Q1Z8", email="garage@example.in", address="Shed 4\nPune")
    found = data(client, "/")
    assert found["OnlineStore"]["taxID"] == "27AACCG4243Q1Z8"
    assert found["OnlineStore"]["address"]["streetAddress"] == "Shed 4 Pune"
    action = found["WebSite"]["potentialAction"]
    assert action["target"]["urlTemplate"] == f"{django_settings.SITE_URL}/shop/?q={{search_term_string}}"
    assert action["query-input"] == "required name=search_term_string"


def test_the_logo_of_the_settings_stands_in_the_header_and_in_the_data(client: Client) -> None:
    make_product()
    logo = upload((80, 60))
    ShopSettings.objects.update(logo=logo)
    header = client.get("/").content.decode().partition('<nav class="nav"')[0]
    assert f'src="{logo.file.url}"' in header
    assert "icons.svg#car" not in header
    assert data(client, "/")["OnlineStore"]["logo"] == django_settings.SITE_URL + logo.file.url
    logo.delete()
    assert "icons.svg#car" in client.get("/").content.decode()


def test_no_text_ends_the_script_or_the_string(client: Client) -> None:
    hostile = '</script><script>alert(1)</script> "quoted" \\ & ’ \u2028'
    page = pictured(title=hostile)
    html = client.get("/shop/cg43-tx-0007/").content.decode()
    assert "<script>alert" not in html
    assert data(client, "/shop/cg43-tx-0007/")["Product"]["name"] == page.title


def test_every_public_page_is_described_for_machines(client: Client) -> None:
    pictured(title="Kaali-Peeli", curators_note="The city cab. " * 30)
    for path, kind in (("/", "website"), ("/shop/", "website"), ("/shop/cg43-tx-0007/", "product")):
        found = metas(client, path)
        assert found["canonical"].endswith(path)
        assert found["canonical"] == found["og:url"]
        assert found["og:type"] == kind
        assert found["og:image"].startswith("http")
        assert found["og:title"] in found["title"]
        assert found["twitter:card"] == "summary_large_image"
        assert len(found["og:image:alt"]) > 0
        assert found["description"] == found["og:description"]
    assert found["og:image:alt"] == "A cab 0"
    assert (found["description"][:13], len(found["description"]) <= 155) == ("The city cab.", True)


def test_a_variant_shares_the_address_of_its_page_and_a_search_has_none(client: Client) -> None:
    pictured()
    assert metas(client, "/shop/cg43-tx-0007/?variant=CG43-TX-0007-B")["canonical"].endswith("/shop/cg43-tx-0007/")
    assert metas(client, "/shop/?sort=price")["canonical"].endswith("/shop/")
    for path in ("/shop/?q=cab", "/shop/?scale=1:43"):
        found = metas(client, path)
        assert (found["canonical"], found["robots"]) == ("", "noindex, follow")
    for path in ("/checkout/", "/cart/", "/nowhere/"):
        found = metas(client, path)
        assert (found["canonical"], found["robots"]) == ("", "noindex")


def test_further_pages_of_the_list_are_found_by_themselves(client: Client) -> None:
    for number in range(26):
        make_product(f"CG-{number}", on_hand=0)
    found = metas(client, "/shop/?page=2&sort=name")
    assert found["canonical"].endswith("/shop/?page=2")
    assert ", page 2" in found["title"]
