"""The addresses of invoices and credit notes: who finds them, when, how often, and where they are linked."""

import re
from typing import Any

import pytest
import typst
from django.core import mail
from django.db import connection
from django.test import Client

from checkout import emails, payments, refunds, throttle
from checkout.models import Order, Payment, Refund
from tests.checkout.orders import ordered, paid, refund_of
from tests.checkout.papers.reading import text
from tests.checkout.queries import nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def order() -> Order:
    """An order that was paid."""
    attempt = ordered(quantity=2)
    payments.record(paid(attempt))
    return Order.objects.get(pk=attempt.order_id)


@pytest.fixture
def refund(order: Order) -> Refund:
    """A refund of a part of it that came through."""
    asked = refunds.request(payment_id=Payment.objects.get(order=order).pk, amount=100_00, reason="Scratched roof")
    refunds.record(refund_of(asked))
    return Refund.objects.get(pk=asked.pk)


def test_an_invoice_once_paid(order: Order, client: Client) -> None:
    with nothing_written():
        response = client.get(f"/orders/{order.token}/invoice.pdf")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
    assert (
        response.headers["Content-Disposition"]
        == f'inline; filename="{str(order.invoice_number).replace("/", "-")}.pdf"'
    )
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert str(order.invoice_number) in text(response.content)
    assert client.head(f"/orders/{order.token}/invoice.pdf").status_code == 200
    assert client.post(f"/orders/{order.token}/invoice.pdf").status_code == 405


def test_before_it_is_paid_a_page_says_so(client: Client) -> None:
    order = ordered().order
    with nothing_written():
        response = client.get(f"/orders/{order.token}/invoice.pdf")
    page = response.content.decode()
    assert response.status_code == 404
    assert "No invoice yet" in page
    assert order.get_absolute_url() in page
    assert "no-store" in response.headers["Cache-Control"]


def test_only_the_token_finds_papers(order: Order, refund: Refund, client: Client) -> None:
    other = ordered().order
    name = str(refund.credit_note_number).replace("/", "-")
    assert client.get(f"/orders/{order.token}/credit-notes/{name}.pdf").status_code == 200
    for path in (
        f"/orders/{order.number}/invoice.pdf",
        f"/orders/{order.token[:-1]}/invoice.pdf",
        f"/orders/{other.token}/credit-notes/{name}.pdf",
        f"/orders/{order.token}/credit-notes/{name}1.pdf",
        f"/orders/{order.token}/credit-notes/{str(order.invoice_number).replace('/', '-')}.pdf",
        f"/orders/{order.token}/credit-notes/None.pdf",
    ):
        assert client.get(path).status_code == 404


def test_a_credit_note_has_the_same_headers(refund: Refund, client: Client) -> None:
    response = client.get(refund.get_credit_note_url())
    assert str(refund.credit_note_number) in text(response.content)
    assert "CN-" in response.headers["Content-Disposition"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]


def test_a_refund_without_a_credit_note_has_no_address(order: Order) -> None:
    asked = refunds.request(payment_id=Payment.objects.get(order=order).pk, amount=100_00, reason="Scratched roof")
    assert asked.get_credit_note_url() == ""


@pytest.mark.usefixtures("limits_on")
def test_papers_are_not_made_too_often(order: Order, client: Client) -> None:
    for _time in range(throttle.PAPERS.amount):
        assert throttle.wait(throttle.PAPERS, "203.0.113.7") == 0
    url = f"/orders/{order.token}/invoice.pdf"
    refused = client.get(url, REMOTE_ADDR="203.0.113.7")
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert client.get(url, REMOTE_ADDR="203.0.113.8").status_code == 200


def test_papers_are_linked_where_people_look(order: Order, refund: Refund, client: Client) -> None:
    page = client.get(order.get_absolute_url()).content.decode()
    assert f'href="{order.get_invoice_url()}"' in page
    assert f'href="{refund.get_credit_note_url()}"' in page
    emails.send_waiting()
    bodies: dict[str, Any] = {message.subject.split(":")[0]: message for message in mail.outbox}
    for subject, path in (
        ("Paid", order.get_invoice_url()),
        ("Money on its way back", refund.get_credit_note_url()),
    ):
        assert path in bodies[subject].body
        assert path in str(bodies[subject].alternatives[0][0])


def test_an_unpaid_order_links_no_paper(client: Client) -> None:
    order = ordered().order
    assert not re.search(r"\.pdf", client.get(order.get_absolute_url()).content.decode())


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_paper_is_set(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    compile_it: Any = typst.compile
    seen = []

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return compile_it(*args, **kwargs)

    monkeypatch.setattr(typst, "compile", watched)
    assert client.get(attempt.order.get_invoice_url()).status_code == 200
    assert seen == [False]
