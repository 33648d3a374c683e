"""The audit finds each corruption that it names, and nothing in good books."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from catalog.models import Stock, StockMovement
from checkout import audit, cancelling, disputes, invoices, ledger, orders, payments
from checkout.facts import dispute_facts
from checkout.models import (
    Dispute,
    InvoiceSeries,
    Order,
    OrderEvent,
    OrderLine,
    OutboxEmail,
    Payment,
    RazorpayOrder,
    Refund,
)
from checkout.models.ledger import EntryKind
from checkout.status import PaymentStatus
from tests.checkout.orders import SKU, make_overdue, opened, ordered, paid
from tests.checkout.reports import dispute_entity, pay
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db
NO_HOME = "pay no order, are not on their way back, and nobody is asked to decide"


@pytest.fixture
def books() -> dict[str, Order]:
    """One order of each kind: pending, paid, expired, and money that belongs to nobody."""
    attempts = {name: ordered() for name in ("pending", "paid", "expired")}
    payments.record(paid(attempts["paid"]))
    make_overdue(attempts["expired"].order)
    late = Order.objects.get(pk=attempts["expired"].order_id)
    assert orders.expire(late.pk, now=late.expires_at)
    payments.record(paid(attempts["pending"], 7, order_id="order_ForeignForeign"))
    return {name: Order.objects.get(pk=attempt.order_id) for name, attempt in attempts.items()}


def free_checks(table: str, constraint: str) -> None:
    """Let a corruption in that the database itself refuses."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')


def paid_again(books: dict[str, Order]) -> str:
    OrderEvent.objects.create(order=books["paid"], kind="paid", status="paid")
    return f"{books['paid']} became paid 2 times"


def free_numbers() -> None:
    """Let a number that was given out be changed, which a trigger refuses."""
    with connection.cursor() as cursor:
        on_table = "" if connection.vendor == "sqlite" else " ON checkout_order"
        cursor.execute(f"DROP TRIGGER checkout_order_invoice_number_stays{on_table}")


def no_invoice(books: dict[str, Order]) -> str:
    free_numbers()
    Order.objects.filter(pk=books["paid"].pk).update(invoice_number=None)
    return f"{books['paid']} is paid without invoice number or time of payment"


def no_time(books: dict[str, Order]) -> str:
    Order.objects.filter(pk=books["paid"].pk).update(paid_at=None)
    return f"{books['paid']} is paid without invoice number or time of payment"


def no_money(books: dict[str, Order]) -> str:
    Payment.objects.filter(fulfils=True).update(fulfils=False)
    return f"{books['paid']} is paid without a captured payment that fulfils it"


def no_mail(books: dict[str, Order]) -> str:
    OutboxEmail.objects.all().delete()
    return f"{books['paid']} is paid without its mail"


def sold_less(books: dict[str, Order]) -> str:
    OrderLine.objects.filter(order=books["paid"]).update(quantity=2)
    variant = books["paid"].lines.get().variant_id
    return f"{books['paid']}: 2 of variant {variant} ordered, 1 sold"


def sold_for_nobody(books: dict[str, Order]) -> str:
    stock = Stock.objects.get()
    StockMovement.objects.create(stock=stock, kind="sell", on_hand_delta=-1, reference="CG26-1")
    return f"CG26-1: variant {stock.variant_id} was sold without a paid order"


def invoice_of_unpaid(books: dict[str, Order]) -> str:
    Order.objects.filter(pk=books["expired"].pk).update(invoice_number="CG/2627/000099")
    return f"{books['expired']} is expired and has an invoice number"


def mail_of_unpaid(books: dict[str, Order]) -> str:
    OutboxEmail.objects.create(order=books["pending"], kind="paid")
    return f"{books['pending']} is pending and has a mail that says paid"


def refunded_too_much(books: dict[str, Order]) -> str:
    payment = Payment.objects.get(fulfils=True)
    Refund.objects.create(payment=payment, amount=payment.amount - 1, status="processed", key="a")
    Refund.objects.create(payment=payment, amount=2, status="pending", key="b")
    Refund.objects.create(payment=payment, amount=payment.amount, status="failed", key="c")
    return f"payment {payment.pk}: {payment.amount + 1} paise refunded or asked for, {payment.amount} captured"


def razorpay_refunded_too_much(books: dict[str, Order]) -> str:
    Payment.objects.filter(fulfils=True).update(amount_refunded=F("amount") + 1)
    payment = Payment.objects.get(fulfils=True)
    return f"{payment}: Razorpay returned {payment.amount + 1} paise of {payment.amount}"


def on_hand_without_movement(books: dict[str, Order]) -> str:
    Stock.objects.update(on_hand=F("on_hand") + 1)
    return f"{SKU}: on hand 10 (movements say 9), reserved 1 (movements say 1)"


def more_reserved_than_there_is(books: dict[str, Order]) -> str:
    free_checks("catalog_stock", "reserved_never_exceeds_on_hand")
    Stock.objects.update(reserved=F("on_hand") + 1)
    return f"{SKU}: on hand 9 (movements say 9), reserved 10 (movements say 1)"


def reserved_for_nobody(books: dict[str, Order]) -> str:
    Stock.objects.update(reserved=F("reserved") + 1)
    StockMovement.objects.create(stock=Stock.objects.get(), kind="reserve", reserved_delta=1, reference="CG26-1")
    return f"{SKU}: 2 reserved, 1 in open orders"


def money_without_case(books: dict[str, Order]) -> str:
    payment = Payment.objects.get(order=None)
    payment.cases.all().delete()
    return f"{payment}: {payment.amount} paise {NO_HOME}"


def money_of_an_order_without_case(books: dict[str, Order]) -> str:
    payment = Payment.objects.create(order=books["expired"], razorpay_payment_id="pay_x", status="captured", amount=5)
    ledger.book(EntryKind.CAPTURE, payment, 5)
    Payment.objects.filter(pk=payment.pk).update(updated_at=timezone.now() - timedelta(hours=2))
    return f"{payment}: 5 paise {NO_HOME}"


def capture_not_booked(books: dict[str, Order]) -> str:
    Payment.objects.create(order=books["pending"], razorpay_payment_id="pay_x", status="captured", amount=5)
    return "pay_x: 5 paise captured, not in the ledger"


def booked_without_payment(books: dict[str, Order]) -> str:
    ledger.book(EntryKind.CAPTURE, Payment.objects.get(fulfils=True), 5, entity_id="pay_y")
    return "pay_y: 5 paise in the ledger, its payment says otherwise"


def refund_not_booked(books: dict[str, Order]) -> str:
    payment = Payment.objects.get(fulfils=True)
    Refund.objects.create(payment=payment, amount=7, status="processed", key="a", razorpay_refund_id="rfnd_x")
    return "rfnd_x: 7 paise refunded, the ledger says 0"


def refund_without_key(books: dict[str, Order]) -> str:
    refund = Refund.objects.create(payment=Payment.objects.get(fulfils=True), amount=7)
    return f"refund {refund.pk} of 7 paise has no key"


def paid_with_the_money_of_another(books: dict[str, Order]) -> str:
    Payment.objects.filter(fulfils=True).update(razorpay_order=books["expired"].razorpay_orders.get())
    return f"{Payment.objects.get(fulfils=True)} pays {books['paid']}, of which it is not"


def cancelled_without_refund(books: dict[str, Order]) -> str:
    Order.objects.filter(pk=books["paid"].pk).update(status="cancelled")
    OrderEvent.objects.create(order=books["paid"], kind="cancelled", status="cancelled")
    return f"{books['paid']} was cancelled after it was paid, and no refund was asked for"


def forgotten(books: dict[str, Order]) -> str:
    long_ago = timezone.now() - timedelta(days=2)
    Order.objects.filter(pk=books["pending"].pk).update(expires_at=long_ago)
    return f"{books['pending']} should have expired on {long_ago:%Y-%m-%d}"


def gap_in_the_numbers(books: dict[str, Order]) -> str:
    series = InvoiceSeries.objects.get()
    InvoiceSeries.objects.update(last_number=2)
    return f"{series.prefix}000002 is missing"


def number_of_another_year(books: dict[str, Order]) -> str:
    Order.objects.filter(pk=books["paid"].pk).update(paid_at=F("paid_at") + timedelta(days=366))
    order = Order.objects.get(pk=books["paid"].pk)
    assert order.paid_at
    return f"{order.invoice_number} was given out in the financial year {invoices.financial_year(order.paid_at)}"


def more_back_than_out(books: dict[str, Order]) -> str:
    stock = Stock.objects.get()
    StockMovement.objects.create(stock=stock, kind="return", on_hand_delta=2, reference=books["paid"].number)
    return f"{books['paid']}: 2 of variant {stock.variant_id} came back, 1 went out"


def sent_from_the_shelf(books: dict[str, Order]) -> str:
    order, stock = books["paid"], Stock.objects.get()
    Stock.objects.update(on_hand=F("on_hand") + 1)
    StockMovement.objects.create(stock=stock, kind="return", on_hand_delta=1, reference=order.number)
    Order.objects.filter(pk=order.pk).update(status="shipped")
    OrderEvent.objects.create(order=order, kind="shipped", status="shipped")
    return f"{order} was sent when all of its pieces were back on the shelf"


def status_without_event(books: dict[str, Order]) -> str:
    Order.objects.filter(pk=books["pending"].pk).update(status="cancelled")
    return f"{books['pending']} is cancelled, its events say pending"


def no_events(books: dict[str, Order]) -> str:
    books["pending"].events.all().delete()
    return f"{books['pending']} is pending, its events say nothing"


def back_to_pending(books: dict[str, Order]) -> str:
    OrderEvent.objects.create(order=books["paid"], kind="oops", status="pending")
    Order.objects.filter(pk=books["paid"].pk).update(status="pending")
    return f"{books['paid']} went back after it was paid"


def illegal_move(books: dict[str, Order]) -> str:
    OrderEvent.objects.create(order=books["paid"], kind="oops", status="expired")
    return f"{books['paid']} went from paid to expired"


def dearer_line(books: dict[str, Order]) -> str:
    OrderLine.objects.filter(order=books["paid"]).update(unit_price=1)
    return f"{books['paid']}: lines are 1 paise, the order says {books['paid'].subtotal}"


def wrong_total(books: dict[str, Order]) -> str:
    free_checks("checkout_order", "order_total_adds_up")
    Order.objects.filter(pk=books["paid"].pk).update(total=1)
    return f"{books['paid']}: the total of 1 paise does not add up"


def another_amount_at_razorpay(books: dict[str, Order]) -> str:
    RazorpayOrder.objects.filter(order=books["paid"]).update(amount=1)
    return f"{books['paid']}: its Razorpay order has another amount than {books['paid'].total} paise"


def another_amount_in_one_of_two_attempts(books: dict[str, Order]) -> str:
    opened(books["pending"], number=2, amount=1)
    return f"{books['pending']}: its Razorpay order has another amount than {books['pending'].total} paise"


def more_lost_than_came(books: dict[str, Order]) -> str:
    payment = Payment.objects.get(fulfils=True)
    Dispute.objects.create(payment=payment, razorpay_dispute_id="disp_x", status="lost", amount=1, amount_deducted=1)
    ledger.book(EntryKind.DISPUTE, payment, 1, entity_id="disp_x")
    Refund.objects.create(payment=payment, amount=payment.amount, key="a")
    return f"payment {payment.pk}: 1 paise lost or written off and {payment.amount} back of {payment.amount}"


def lost_and_not_booked(books: dict[str, Order]) -> str:
    payment = Payment.objects.get(fulfils=True)
    Dispute.objects.create(payment=payment, razorpay_dispute_id="disp_x", status="lost", amount=5, amount_deducted=5)
    return "disp_x: 5 paise as dispute, the ledger says 0"


def another_fee(books: dict[str, Order]) -> str:
    Payment.objects.filter(fulfils=True).update(fee=7)
    return f"{Payment.objects.get(fulfils=True)}: 7 paise as fee, the ledger says 0"


def a_case_about_something_else(books: dict[str, Order]) -> str:
    payment = Payment.objects.get(order=None)
    payment.cases.update(kind="dispute_open")
    return f"{payment}: {payment.amount} paise {NO_HOME}"


def a_rupee_for_a_car(books: dict[str, Order]) -> str:
    Payment.objects.filter(fulfils=True).update(amount=100)
    total = books["paid"].total
    return f"{Payment.objects.get(fulfils=True)} of 100 paise fulfils {books['paid']}, which costs {total}"


def fulfils_what_is_over(books: dict[str, Order]) -> str:
    order = books["expired"]
    payment = Payment.objects.create(
        order=order, razorpay_payment_id="pay_x", status="captured", amount=order.total, fulfils=True
    )
    ledger.book(EntryKind.CAPTURE, payment, order.total)
    return f"pay_x fulfils {order}, which is expired and was never paid"


def refunded_without_a_note(books: dict[str, Order]) -> str:
    payment = Payment.objects.get(fulfils=True)
    Refund.objects.create(payment=payment, amount=7, status="processed", key="a", razorpay_refund_id="rfnd_x")
    ledger.book(EntryKind.REFUND, payment, 7, entity_id="rfnd_x")
    return f"{books['paid']}: 7 of {books['paid'].total} paise came back, credit notes are for 0"


def credited_without_a_number(books: dict[str, Order]) -> str:
    refund = Refund.objects.create(payment=Payment.objects.get(fulfils=True), amount=7, key="a", credited=7)
    return f"refund {refund.pk}: its credit note is for 7 paise"


def a_refund_that_was_left(books: dict[str, Order]) -> str:
    payment = Payment.objects.get(fulfils=True)
    refund = Refund.objects.create(payment=payment, amount=7, key="a")
    long_ago = timezone.now() - timedelta(days=9)
    Refund.objects.update(created_at=long_ago)
    payment.cases.create(kind="refund_failed", subject="refund 0", text="another one")
    return f"refund {refund.pk} was asked for on {long_ago:%Y-%m-%d} and never made"


CORRUPTIONS: list[Callable[[dict[str, Order]], str]] = [
    paid_again,
    no_invoice,
    no_time,
    no_money,
    no_mail,
    sold_less,
    sold_for_nobody,
    invoice_of_unpaid,
    mail_of_unpaid,
    refunded_too_much,
    more_lost_than_came,
    lost_and_not_booked,
    another_fee,
    a_case_about_something_else,
    a_rupee_for_a_car,
    fulfils_what_is_over,
    refunded_without_a_note,
    credited_without_a_number,
    a_refund_that_was_left,
    razorpay_refunded_too_much,
    on_hand_without_movement,
    more_reserved_than_there_is,
    reserved_for_nobody,
    money_without_case,
    money_of_an_order_without_case,
    status_without_event,
    no_events,
    back_to_pending,
    illegal_move,
    capture_not_booked,
    booked_without_payment,
    refund_not_booked,
    refund_without_key,
    paid_with_the_money_of_another,
    cancelled_without_refund,
    forgotten,
    gap_in_the_numbers,
    number_of_another_year,
    more_back_than_out,
    sent_from_the_shelf,
    dearer_line,
    wrong_total,
    another_amount_at_razorpay,
    another_amount_in_one_of_two_attempts,
]


@pytest.mark.parametrize("corrupt", CORRUPTIONS)
def test_each_corruption_is_found(corrupt: Callable[[dict[str, Order]], str], books: dict[str, Order]) -> None:
    assert not any(audit.run().values())
    sentence = corrupt(books)
    try:
        assert sentence in [text for texts in audit.run().values() for text in texts]
        with pytest.raises(CommandError):
            call_command("audit", stdout=StringIO())
    finally:
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA ignore_check_constraints = OFF")


def test_good_books_in_words_and_as_json(books: dict[str, Order]) -> None:
    words, data = StringIO(), StringIO()
    call_command("audit", stdout=words)
    call_command("audit", "--json", stdout=data)
    assert words.getvalue().splitlines() == [f"{name}: 0 violations" for name in audit.INVARIANTS]
    assert json.loads(data.getvalue()) == {name: {"violations": 0, "details": []} for name in audit.INVARIANTS}


def test_a_cancellation_that_left_its_money_to_a_dispute_holds(asha: User) -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    for status in ("open", "won"):
        disputes.record(dispute_facts(dispute_entity(paid(attempt).payment_id, status=status)))
        if status == "open":
            cancelling.cancel_bought(attempt.order_id, reason="lost", amount=0, user=asha)
        assert not any(audit.run().values())


def test_what_razorpay_says_went_back_has_a_home_until_its_refund_must_be_known(books: dict[str, Order]) -> None:
    attempt = ordered()
    assert orders.cancel(attempt.order_id, text="Cancelled by the buyer")
    payments.record(replace(paid(attempt), status=PaymentStatus.REFUNDED, amount_refunded=attempt.amount))
    stray = attempt.order.payments.get()
    assert not any(audit.run().values())
    Payment.objects.filter(pk=stray.pk).update(updated_at=timezone.now() - timedelta(hours=2))
    assert audit.run()["M3 every captured paisa has a home"] == [f"{stray}: {attempt.amount} paise {NO_HOME}"]


def test_late_money_that_is_asked_about_at_the_next_pass_has_a_home_until_then(books: dict[str, Order]) -> None:
    attempt = ordered()
    make_overdue(attempt.order)
    assert orders.expire(attempt.order_id, now=timezone.now())
    facts = replace(paid(attempt), amount=attempt.amount + 4_715)
    assert payments.record(facts) == "ask_razorpay"
    late = attempt.order.payments.get()
    assert not any(audit.run().values())
    Payment.objects.filter(pk=late.pk).update(updated_at=timezone.now() - timedelta(hours=2))
    assert audit.run()["M3 every captured paisa has a home"] == [f"{late}: {facts.amount} paise {NO_HOME}"]


def test_json_of_bad_books(books: dict[str, Order]) -> None:
    sentence = no_mail(books)
    data = StringIO()
    with pytest.raises(CommandError, match="1 violations"):
        call_command("audit", "--json", stdout=data)
    assert json.loads(data.getvalue())["O4 what was bought was paid"] == {"violations": 1, "details": [sentence]}


def test_razorpay_is_asked_on_request(simulator: Simulator) -> None:
    make_product(SKU)
    buyer = Buyer()
    _order, body = buyer.buy(SKU)
    buyer.client.post(body["verify_url"], pay(simulator, body["razorpay"]["order_id"]))
    out = StringIO()
    call_command("audit", "--ask-razorpay", stdout=out)
    assert "Razorpay agrees: 0 violations" in out.getvalue()
    Payment.objects.update(amount=F("amount") + 1)
    with pytest.raises(CommandError):
        call_command("audit", "--ask-razorpay", stdout=out)
    assert "Razorpay says captured" in out.getvalue()
    simulator.control("reset")
    with pytest.raises(CommandError):
        call_command("audit", "--ask-razorpay", stdout=StringIO())
