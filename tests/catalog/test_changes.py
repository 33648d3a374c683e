"""What people change of the shop's settings stands in Wagtail's log, from what to what."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry, Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from catalog.changes import CHANGED
from catalog.models import HsnCode, ShopSettings
from checkout.models import DeliveryZone
from home.models import MenuLink, Navigation
from tests.factories import make_product, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ED8"), pytest.mark.once]


def told() -> list[list[str]]:
    """Return what the newest entry says, and nothing when there is none."""
    entry = ModelLogEntry.objects.filter(action=CHANGED).order_by("-pk").first()
    return entry.data["changes"] if entry else []


def settings_form(**changes: Any) -> dict[str, Any]:
    """Return what the form of the settings sends."""
    shop = ShopSettings.current()
    names = ("shop_name", "state", "shipping_grams", "further_grams", "dispatch_days", "days_from", "days_to")
    data = {name: getattr(shop, name) for name in (*names, "return_days", "low_stock_threshold")}
    return {**data, "shipping_fee": "99", "further_fee": "0", "free_shipping_from": "5000", **changes}


def test_the_settings_tell_who_changed_what(admin_client: Client, admin_user: User) -> None:
    make_shop()
    url = reverse("wagtailsettings:edit", args=["catalog", "shopsettings", Site.objects.get().pk])
    assert admin_client.post(url, settings_form(shipping_fee="49.50", gstin="27AACCG4243Q1Z8")).status_code == 302
    assert told() == [["Gstin", "", "27AACCG4243Q1Z8"], ["Shipping fee", "₹99.00", "₹49.50"]]
    entry = ModelLogEntry.objects.get(action=CHANGED)
    assert (entry.user, entry.content_type.model) == (admin_user, "shopsettings")
    words = "Gstin: nothing → 27AACCG4243Q1Z8. Shipping fee: ₹99.00 → ₹49.50"
    assert words in admin_client.get(url).content.decode()
    assert words in admin_client.get(reverse("wagtailadmin_reports:site_history")).content.decode()


def test_saving_what_was_there_tells_nothing(admin_client: Client) -> None:
    make_shop()
    url = reverse("wagtailsettings:edit", args=["catalog", "shopsettings", Site.objects.get().pk])
    assert admin_client.post(url, settings_form()).status_code == 302
    assert told() == []


def test_zones_rates_and_links_tell_it_too(admin_client: Client) -> None:
    make_product()
    zone = DeliveryZone.objects.create(name="North-East", prefixes="78", first_fee=19_900)
    data = {"name": "North-East", "prefixes": "78, 79", "delivers": "on", "first_fee": "249", "first_grams": "5000"}
    data |= {"further_fee": "0", "further_grams": "1000", "days_from": "3", "days_to": "6"}
    assert admin_client.post(reverse("zones:edit", args=[zone.pk]), data).status_code == 302
    assert told() == [["Prefixes", "78", "78, 79"], ["First fee", "₹199.00", "₹249.00"]]
    hsn = HsnCode.objects.get()
    rates = [{"id": hsn.rates.get().pk, "basis_points": "1200", "valid_from": "2025-09-22"}]
    data = nested_form_data({"code": "9503", "description": "", "rates": inline_formset(rates, initial=1)})
    assert admin_client.post(reverse("wagtailsnippets_catalog_hsncode:edit", args=[hsn.pk]), data).status_code == 302
    assert told() == [["Rates", "5 % from 2025-09-22", "12 % from 2025-09-22"]]
    site = Site.objects.get()
    Navigation.for_site(site).save()
    links = [{"place": MenuLink.Place.ANNOUNCEMENT, "label": "Closed for Diwali", "page": "", "path": ""}]
    data = nested_form_data({"links": inline_formset(links)})
    url = reverse("wagtailsettings:edit", args=["home", "navigation", site.pk])
    assert admin_client.post(url, data).status_code == 302
    assert told() == [["Links", "", "Announcement above the header, “Closed for Diwali”"]]
