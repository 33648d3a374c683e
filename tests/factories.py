"""The smallest shop that can sell: a page tree, products with stock, and a buyer who posts what a browser would."""

import datetime as dt
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Site
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.signals import page_published

from catalog import stock
from catalog.models import Brand, CatalogPage, GstRate, HsnCode, ProductPage, ShopSettings, Variant
from checkout.models import CheckoutPage, Order
from home.models import HomePage

BUYER = {
    "email": "asha@example.in",
    "phone": "98765 43210",
    "full_name": "Asha Kulkarni",
    "address_line1": "14 Prabhat Road",
    "address_line2": "near Law College Road",
    "city": "Pune",
    "state": "27",
    "postcode": "411 004",
}


def make_shop() -> CatalogPage:
    """Return the catalogue of the shop that every test begins with, built at the first call.

    Home page, catalogue and checkout under the default site, with a flat delivery fee of ₹99.
    """
    known: CatalogPage | None = CatalogPage.objects.first()
    if known:
        return known
    root = Page.get_first_root_node()
    home = root.add_child(instance=HomePage(title="Small cars", slug="diecast"))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "port": 80, "site_name": "Shop"}
    )
    catalogue: CatalogPage = home.add_child(instance=CatalogPage(title="All models", slug="shop"))
    home.add_child(instance=CheckoutPage(title="Checkout", slug="checkout"))
    settings = ShopSettings(
        site=Site.objects.get(), shop_name="Chhota Garage", shipping_fee=9900, free_shipping_from=500_000
    )
    settings.save()
    return catalogue


def take_shop_away() -> None:
    """Leave the database as the migrations left it, for tests that set a shop up."""
    Site.objects.update(root_page=Page.objects.exact_type(Page).get(depth=2), site_name="")
    HomePage.objects.get().delete()
    ShopSettings.objects.all().delete()


def make_product(
    sku: str = "CG43-TX-0007",
    *,
    price: int = 189_900,
    on_hand: int = 10,
    title: str = "",
    **fields: Any,
) -> Variant:
    """Publish a product of one variant at `price` paise with `on_hand` pieces."""
    brand, _new = Brand.objects.get_or_create(name="Chhota Works", slug="chhota-works")
    hsn, is_new = HsnCode.objects.get_or_create(code="9503")
    if is_new:
        GstRate.objects.create(hsn=hsn, basis_points=500, valid_from=dt.date(2025, 9, 22))
    now = timezone.now()
    page = ProductPage(title=title or f"Model {sku}", slug=sku.lower(), brand=brand, hsn=hsn, scale="1:43", **fields)
    page.first_published_at = page.last_published_at = now
    page.variants = [Variant(sku=sku, price=price, mrp=price, weight_grams=300)]
    # As publishing does, without a revision and without the index of what refers to what.
    with disable_reference_index_auto_update():
        make_shop().add_child(instance=page)
        page_published.send(sender=ProductPage, instance=page, revision=None)
    variant: Variant = Variant.objects.get(sku=sku)
    if on_hand:
        stock.receive(variant=variant, quantity=on_hand, reason="opening stock")
    return variant


def make_edited_product(sku: str = "CG43-TX-0007", **options: Any) -> Variant:
    """Publish a product as `make_product` does, with the revision that the admin's editor leaves."""
    page = ProductPage.objects.get(pk=make_product(sku, **options).page_id)
    page.save_revision().publish()
    variant: Variant = page.variants.get()
    return variant


class Buyer:
    """A browser of one shopper, without JavaScript unless it asks for JSON."""

    def __init__(self, **client: Any) -> None:
        self.client = Client(**client)

    def add(self, sku: str, quantity: int | str = 1, **extra: Any) -> Any:
        """Put pieces into the cart."""
        return self.client.post(reverse("checkout:cart_add"), {"sku": sku, "quantity": quantity}, **extra)

    def check_out(self, *, key: str = "key-of-one-form", accept: str = "application/json", **changes: Any) -> Any:
        """Post the checkout form."""
        data = {**BUYER, "checkout_key": key, **changes}
        return self.client.post("/checkout/", data, headers={"accept": accept})

    def buy(self, sku: str, quantity: int = 1) -> tuple[Order, dict[str, Any]]:
        """Fill the cart and check out; return the order and the checkout's JSON."""
        self.add(sku, quantity)
        body = self.check_out().json()
        return Order.objects.get(number=body["order"]["number"]), body
