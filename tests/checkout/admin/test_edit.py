"""What staff may change by hand, and what no form may bring back."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.models import ModelLogEntry

from checkout import orders, payments
from checkout.admin import form as admin_form
from checkout.admin.form import OrderForm
from checkout.models import Order
from checkout.status import OrderStatus
from tests.checkout import orders as tell
from tests.checkout.admin.test_acts import told

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def url_of(order: Order, page: str = "edit") -> str:
    return f"/admin/orders/{page}/{order.pk}/"


def opened_form(client: Client, order: Order, page: str = "edit") -> dict[str, Any]:
    """Return what a browser would post from the form as it is now."""
    form = client.get(url_of(order, page)).context["form"]
    return {bound.name: bound.value() or "" for bound in form}


def save(client: Client, order: Order, form: dict[str, Any], **changes: Any) -> Any:
    return client.post(url_of(order, "address" if "city" in form else "edit"), {**form, **changes})


@pytest.mark.covers("K9")
def test_form_has_no_field_for_status_or_money(owner: Client) -> None:
    order = tell.ordered().order
    parcel, address = (owner.get(url_of(order, page)).context["form"] for page in ("edit", "address"))
    assert set(parcel.fields) == {"loaded", "staff_note", "carrier", "tracking_number"}
    assert set(address.fields) == {
        *("loaded", "doubted", "full_name", "phone", "email"),
        *("address_line1", "address_line2", "city", "postcode", "state"),
    }


def test_note_saved_after_the_webhook_leaves_the_order_paid(staff: Client) -> None:
    attempt = tell.ordered()
    form = opened_form(staff, attempt.order)
    payments.record(tell.paid(attempt))
    response = save(staff, attempt.order, form, staff_note="Gift wrap", status="pending", total="1", paid_at="")
    assert response.status_code == 302
    attempt.order.refresh_from_db()
    assert attempt.order.staff_note == "Gift wrap"
    assert attempt.order.paid_at is not None
    assert tell.outcome(attempt.order) == tell.ONCE_PAID
    tell.assert_books_hold()


def test_webhook_in_the_middle_of_a_save_wins(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = tell.ordered()
    form, clean = opened_form(staff, attempt.order), OrderForm.clean

    def pay_first(self: OrderForm) -> dict[str, Any]:
        payments.record(tell.paid(attempt))
        return clean(self)

    # The request has read the order and has not yet written it.
    monkeypatch.setattr(OrderForm, "clean", pay_first)
    assert save(staff, attempt.order, form, staff_note="Gift wrap").status_code == 302
    assert tell.outcome(attempt.order) == tell.ONCE_PAID
    assert attempt.order.staff_note == "Gift wrap"
    tell.assert_books_hold()


@pytest.mark.covers("K9")
def test_posted_status_and_money_change_nothing(owner: Client) -> None:
    order = tell.ordered().order
    before = Order.objects.values().get()
    form = opened_form(owner, order)
    save(owner, order, form, status="paid", total="100", subtotal="1", number="X", token="X", invoice_number="X")
    assert Order.objects.values().get() == before


def test_edit_leaves_an_event_and_a_line_in_the_log(staff: Client, staff_user: User) -> None:
    order = tell.ordered().order
    save(staff, order, opened_form(staff, order, "address"), city="Mumbai", postcode="400 001")
    save(staff, order, opened_form(staff, order), staff_note="Called")
    events = order.events.filter(kind="edited")
    assert {(event.user, event.status) for event in events} == {(staff_user, "")}
    told = ["note for staff", "PIN code: 411004 → 400001", "town or city: Pune → Mumbai"]
    assert sorted(event.text for event in events) == sorted(told)
    logs = ModelLogEntry.objects.filter(action="wagtail.edit", object_id=str(order.pk), user=staff_user)
    assert sorted(log.data["fields"] for log in logs) == [["city", "postcode"], ["staff_note"]]
    order.refresh_from_db()
    assert (order.city, order.postcode) == ("Mumbai", "400001")


@pytest.mark.covers("ST4")
def test_what_stood_there_before_is_told_whole_however_long(staff: Client) -> None:
    order = tell.ordered().order
    before, now = "14 Prabhat Road".ljust(140, "."), "9 Fergusson College Road".ljust(150, ".")
    Order.objects.update(address_line1=before)
    save(staff, order, opened_form(staff, order, "address"), address_line1=now, address_line2="")
    [one, two] = order.events.filter(kind="edited").values_list("text", flat=True)
    assert (one.partition(": ")[2], two.partition(": ")[2]) == (before, now)
    html = staff.get(f"/admin/orders/inspect/{order.pk}/").content.decode()
    assert before in html
    assert now in html


@pytest.mark.covers("ST4")
def test_an_invoiced_order_stays_in_its_state(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = tell.ordered()
    order = attempt.order
    save(staff, order, opened_form(staff, order, "address"), state="29", postcode="570001")
    assert order.events.get(text__startswith="state").text == "state: Maharashtra → Karnataka"
    form = opened_form(staff, order, "address")
    payments.record(tell.paid(attempt))
    response = save(staff, order, form, state="27", postcode="400001", city="Mumbai")
    [reason] = response.context["form"].errors["state"]
    assert "cancel the order with a refund and let the buyer order again" in reason
    # Paid while the form was being saved: what was read before said nothing of an invoice.
    monkeypatch.setattr(admin_form, "why_state_stays", lambda order: "")
    assert (
        "the tax of an issued invoice stays" in save(staff, order, form, state="27", postcode="400001").content.decode()
    )
    order.refresh_from_db()
    assert order.parties is not None
    assert (order.state, order.city, order.parties["place_of_supply"]) == ("29", "Pune", "29")
    assert save(staff, order, form, city="Mysuru").status_code == 302
    order.refresh_from_db()
    assert (order.city, order.parties and order.parties["buyer"]["city"]) == ("Mysuru", "Pune")


def test_saving_nothing_leaves_no_trace(staff: Client) -> None:
    order = tell.ordered().order
    Order.objects.update(staff_note="Two\nlines")
    form = opened_form(staff, order)
    response = save(staff, order, form, staff_note="Two\r\nlines")
    assert response.status_code == 302
    assert not order.events.filter(kind="edited").exists()


def test_two_people_write_two_fields(staff: Client, owner: Client) -> None:
    order = tell.ordered().order
    mine, theirs = opened_form(staff, order), opened_form(owner, order)
    save(owner, order, theirs, carrier="Blue Dart")
    save(staff, order, mine, staff_note="Ring twice")
    order.refresh_from_db()
    assert (order.carrier, order.staff_note) == ("Blue Dart", "Ring twice")


def test_two_people_who_write_one_field_are_told(staff: Client, owner: Client) -> None:
    order = tell.ordered().order
    mine, theirs = opened_form(staff, order), opened_form(owner, order)
    save(owner, order, theirs, carrier="Blue Dart")
    response = save(staff, order, mine, carrier="DTDC")
    assert "changed this to “Blue Dart”" in response.content.decode()
    order.refresh_from_db()
    assert order.carrier == "Blue Dart"
    again = {bound.name: bound.value() or "" for bound in response.context["form"]}
    assert save(staff, order, again).status_code == 302
    order.refresh_from_db()
    assert order.carrier == "DTDC"


def test_mangled_memory_of_the_form_is_no_error(staff: Client) -> None:
    order = tell.ordered().order
    form = opened_form(staff, order)
    for note, loaded in enumerate(["", "{", "[]", "[" * 100_000, json.dumps({"carrier": 5})]):
        assert save(staff, order, form, loaded=loaded, staff_note=f"Note {note}").status_code == 302
        order.refresh_from_db()
        assert order.staff_note == f"Note {note}"


def test_wrong_phone_and_pin_are_refused(staff: Client) -> None:
    order = tell.ordered().order
    response = save(staff, order, opened_form(staff, order, "address"), phone="12345", postcode="4110", city="")
    assert set(response.context["form"].errors) == {"phone", "postcode", "city"}
    order.refresh_from_db()
    assert (order.phone, order.postcode, order.city) == ("+919876543210", "411004", "Pune")


@pytest.mark.covers("ST4")
def test_address_is_fixed_once_the_parcel_left(staff: Client, staff_user: User) -> None:
    attempt = tell.ordered()
    form = opened_form(staff, attempt.order, "address")
    assert url_of(attempt.order, "address") in staff.get(url_of(attempt.order, "inspect")).content.decode()
    payments.record(tell.paid(attempt))
    orders.advance(attempt.order_id, OrderStatus.SHIPPED, user=staff_user, carrier="DTDC", tracking_number="D1")
    order = Order.objects.get()
    for answer in (
        staff.get(url_of(order, "address")),
        save(staff, order, {**form, "full_name": "A thief", "city": "Goa"}),
    ):
        assert f"The address of {order.number} is fixed: it is shipped. Nothing changed." in told(answer)
    assert url_of(order, "address") not in staff.get(url_of(order, "inspect")).content.decode()
    assert save(staff, order, opened_form(staff, order), tracking_number="D2").status_code == 302
    order.refresh_from_db()
    assert (order.full_name, order.address_line1, order.city) == ("Asha Kulkarni", "14 Prabhat Road", "Pune")
    assert order.tracking_number == "D2"


@pytest.mark.covers("ST4")
def test_a_pin_code_of_another_state_is_asked_about_once(staff: Client) -> None:
    order = tell.ordered().order
    response = save(staff, order, opened_form(staff, order, "address"), postcode="560001", city="")
    assert response.context["form"].errors["postcode"] == [
        "PIN code 560001 usually belongs to Karnataka, not to Maharashtra. Check both; save again to keep them."
    ]
    again = {bound.name: bound.value() or "" for bound in response.context["form"]}
    other = save(staff, order, again, postcode="600001", city="Chennai")
    assert "usually belongs to Tamil Nadu" in other.content.decode(), "what was confirmed is another PIN code"
    assert save(staff, order, again, city="Solapur").status_code == 302
    order.refresh_from_db()
    assert (order.postcode, order.state) == ("560001", "27")
    # Kept once, it is not asked about again, and where a PIN code leaves doubt nothing is asked.
    assert save(staff, order, opened_form(staff, order, "address"), city="Latur").status_code == 302
    assert save(staff, order, opened_form(staff, order, "address"), postcode="605001").status_code == 302


def test_parcel_that_leaves_while_the_form_is_saved_keeps_its_address(
    staff: Client, staff_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = tell.ordered()
    payments.record(tell.paid(attempt))
    form = opened_form(staff, attempt.order, "address")
    lock = orders.lock

    def ship_first(order_id: int) -> Order:
        monkeypatch.setattr(orders, "lock", lock)
        orders.move(lock(order_id), OrderStatus.SHIPPED, user=staff_user)
        return lock(order_id)

    monkeypatch.setattr(orders, "lock", ship_first)
    response = save(staff, attempt.order, form, city="Goa", address_line2="Lost otherwise")
    assert "The parcel has left meanwhile" in response.content.decode()
    attempt.order.refresh_from_db()
    assert attempt.order.city == "Pune"
    assert "Lost otherwise" in response.content.decode()
