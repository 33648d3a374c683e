"""Delivery zones in the admin: owners edit them, order staff see them, and the log keeps who did what."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.models import ModelLogEntry

from checkout.models import DeliveryZone
from home.demo.people import ROLES
from tests.checkout import orders as tell
from tests.checkout.admin.people import browser_of, person

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FORM = {
    "name": "Islands",
    "prefixes": "744 ,68255",
    "first_fee": "250",
    "first_grams": "2000",
    "further_fee": "120.50",
    "further_grams": "1000",
    "days_from": "7",
    "days_to": "12",
    "delivers": "on",
}


@pytest.fixture
def boss() -> Client:
    """Somebody in the group of owners, who is no superuser."""
    return browser_of(person("boss", ROLES["Owners"]))


def test_an_owner_makes_and_changes_a_zone(boss: Client) -> None:
    assert boss.post("/admin/zones/add/", FORM).status_code == 302
    zone = DeliveryZone.objects.get()
    assert (zone.prefixes, zone.first_fee, zone.further_fee, zone.delivers) == ("68255, 744", 25_000, 12_050, True)
    closed = {name: value for name, value in FORM.items() if name != "delivers"}
    assert boss.post(f"/admin/zones/edit/{zone.pk}/", closed).status_code == 302
    zone.refresh_from_db()
    assert not zone.delivers
    log = [(entry.action, entry.user.username) for entry in ModelLogEntry.objects.order_by("pk")]
    assert log == [("wagtail.create", "boss"), ("wagtail.edit", "boss"), ("catalog.changed", "boss")]
    history = boss.get(f"/admin/zones/history/{zone.pk}/").content.decode()
    assert "boss" in history.lower()
    assert "Delivers: yes → no" in history


WRONG = [
    ("prefixes", "0744", "no beginning of a PIN code"),
    ("prefixes", "", "required"),
    ("first_fee", "-1", "rupees"),
    ("first_fee", "99999999", "at most"),
    ("further_grams", "0", "greater than or equal"),
    ("days_to", "3", "first day on the road"),
    ("prefixes", "78", "belongs to the zone North East"),
]


@pytest.mark.parametrize(("field", "value", "words"), WRONG)
def test_what_is_wrong_is_told(boss: Client, field: str, value: str, words: str) -> None:
    DeliveryZone.objects.create(name="North East", prefixes="78", first_fee=1)
    page = boss.post("/admin/zones/add/", {**FORM, field: value})
    assert (page.status_code, words in page.content.decode()) == (200, True)
    assert DeliveryZone.objects.count() == 1


def test_staff_look_and_others_do_not(staff: Client, editor: Client, viewer: Client) -> None:
    zone = DeliveryZone.objects.create(name="Islands", prefixes="744", first_fee=25_000)
    assert "₹250.00" in staff.get("/admin/zones/").content.decode()
    assert staff.get(f"/admin/zones/inspect/{zone.pk}/").status_code == 200
    for client in (staff, editor, viewer):
        for act in (f"edit/{zone.pk}", f"delete/{zone.pk}", "add"):
            assert client.post(f"/admin/zones/{act}/", FORM).status_code == 302
    for client in (editor, viewer):
        assert client.get("/admin/zones/").status_code == 302
    assert DeliveryZone.objects.get().first_fee == 25_000


def test_a_corrected_address_keeps_fee_and_promise(staff: Client, staff_user: User) -> None:
    order = tell.ordered().order
    DeliveryZone.objects.create(name="Islands", prefixes="744", first_fee=25_000, days_from=30, days_to=40)
    page = staff.get(f"/admin/orders/address/{order.pk}/")
    data = {name: str(page.context["form"][name].value() or "") for name in page.context["form"].fields}
    data |= {"postcode": "744101", "state": "35"}
    assert staff.post(f"/admin/orders/address/{order.pk}/", data).status_code == 302
    before = (order.shipping, order.total, order.promised_from, order.promised_to)
    order.refresh_from_db()
    assert order.postcode == "744101"
    assert (order.shipping, order.total, order.promised_from, order.promised_to) == before
    assert order.promise in staff.get(f"/admin/orders/inspect/{order.pk}/").content.decode()
