"""The demo shop's page tree, its site and its settings."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Page, Site

from catalog.models import CatalogPage, ShopImage, ShopSettings
from checkout.models import CheckoutPage, DeliveryZone
from home.demo.compose import compose
from home.demo.data import read
from home.models import ContactPage, ContentPage, HomePage, JournalIndexPage


@transaction.atomic
def load_tree() -> tuple[HomePage, CatalogPage, JournalIndexPage]:
    """Make the home page and the pages below it that are missing; point the site at them."""
    data = read("pages.toml")
    home = HomePage.objects.first() or _first_home(data["home"])
    shop = CatalogPage.objects.child_of(home).first() or _child(home, CatalogPage(**data["shop"]))
    journal = JournalIndexPage.objects.child_of(home).first() or _child(home, JournalIndexPage(**data["journal"]))
    if not CheckoutPage.objects.child_of(home).exists():
        _child(home, CheckoutPage(**data["checkout"]))
    # An editor may have put a page of text there.
    if not Page.objects.child_of(home).filter(slug="contact").exists():
        _child(home, ContactPage(**data["contact"]))
    for row in data["content"]:
        if not ContentPage.objects.child_of(home).filter(slug=row["slug"]).exists():
            _child(home, ContentPage(**{**row, "body": row["body"].strip()}))
    return home, shop, journal


@transaction.atomic
def load_zones() -> None:
    """Make the delivery zones, unless somebody has made some."""
    if not DeliveryZone.objects.exists():
        DeliveryZone.objects.bulk_create(DeliveryZone(**row) for row in read("pages.toml")["zones"])


@transaction.atomic
def dress_home(home: HomePage, images: dict[str, ShopImage]) -> None:
    """Compose the home page, unless it has blocks already."""
    home = HomePage.objects.get(pk=home.pk)
    if not home.body:
        home.body = compose(read("home.toml")["blocks"], images)
        home.save_revision().publish()


def _first_home(data: dict[str, Any]) -> HomePage:
    """Put the home page below the root, let the default site begin there, and take Wagtail's welcome page away."""
    root = Page.get_first_root_node()
    home = HomePage(slug="chhota-garage", **data)
    root.add_child(instance=home)
    home.save_revision().publish()
    site = _site(home)
    ShopSettings.objects.get_or_create(site=site, defaults=read("pages.toml")["settings"])
    for welcome in Page.objects.child_of(root).exclude(pk=home.pk).exact_type(Page).filter(numchild=0):
        welcome.delete()
    fresh: HomePage = HomePage.objects.get(pk=home.pk)
    return fresh


def _site(home: HomePage) -> Site:
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    values = {"hostname": address.hostname or "localhost", "port": port, "root_page": home, "site_name": home.title}
    site, _ = Site.objects.update_or_create(is_default_site=True, defaults=values)
    return site


def _child(home: HomePage, page: Any) -> Any:
    """Publish a page below the home page."""
    home.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)
