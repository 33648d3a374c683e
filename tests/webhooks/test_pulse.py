"""What has stopped is told on the admin's first page, to people who care for orders, and they can catch up by hand.

Seen to fail: with all payments counted instead of those without an event; with a GET that starts a pass; without the
look at the permission; with two passes at once.
"""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from wagtail.models import ModelLogEntry

from checkout import payments
from checkout.models import Order, Payment
from tests.checkout import reports
from tests.checkout.admin.people import browser_of, in_role, person
from tests.checkout.orders import ONCE_PAID, SKU, ordered, outcome, paid
from tests.checkout.reports import deliver, event, payment_entity
from tests.factories import Buyer, make_product
from tests.programs import Simulator
from webhooks import inbox, pulse, pulse_admin
from webhooks.catching_up import RECONCILE
from webhooks.models import Heartbeat, WebhookEvent

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
BUTTON = 'action="/admin/reconcile/"'
STOPPED = "Something behind the shop has stopped"


@pytest.fixture
def staff() -> Client:
    return browser_of(in_role("staff"))


def beat(worker: dt.timedelta = MINUTE, reconcile: dt.timedelta = MINUTE) -> None:
    """Let the jobs have run this long ago."""
    for name, age in ((pulse.WORKER, worker), (RECONCILE, reconcile)):
        Heartbeat.beat(name, at=timezone.now() - age)


def home(client: Client) -> str:
    return " ".join(client.get("/admin/").content.decode().split())


@pytest.mark.covers("L9", "G11")
def test_a_shop_without_a_worker_says_so(staff: Client) -> None:
    html = home(staff)
    assert STOPPED in html
    assert "No worker has ever run." in html
    assert "Razorpay has never been asked about open orders." in html
    assert BUTTON in html


@pytest.mark.covers("L9", "G11")
def test_a_worker_that_fell_silent_is_told_with_the_time(staff: Client) -> None:
    beat()
    assert STOPPED not in home(staff)
    beat(worker=3 * MINUTE)
    since = timezone.localtime(Heartbeat.objects.get(name=pulse.WORKER).at)
    html = home(staff)
    assert f"The worker has been silent since {since:%-d %b}, " in html
    assert "was last asked" not in html
    beat(reconcile=11 * MINUTE)
    html = home(staff)
    assert "Razorpay was last asked about open orders on" in html
    assert "silent" not in html


@pytest.mark.parametrize("role", ["editor", "stranger"])
def test_who_has_nothing_to_do_with_orders_reads_nothing(role: str) -> None:
    user = person("stranger", ("wagtailadmin.access_admin",)) if role == "stranger" else in_role(role)
    html = home(browser_of(user))
    assert STOPPED not in html
    assert BUTTON not in html


def test_who_may_only_look_gets_no_button() -> None:
    html = home(browser_of(in_role("viewer")))
    assert STOPPED in html
    assert BUTTON not in html
    assert "/admin/webhook-events/" not in html


@pytest.mark.covers("L5", "E29")
def test_payments_that_no_webhook_told_of_are_counted(staff: Client) -> None:
    beat()
    told, found = ordered(), ordered()
    deliver(event("payment.captured", payment=payment_entity(told)))
    payments.record(paid(found))
    assert STOPPED not in home(staff), "its webhook may still come"
    Payment.objects.update(created_at=timezone.now() - pulse.GIVE_TIME - MINUTE)
    html = home(staff)
    assert "1 payment of the last seven days came without a webhook." in html
    assert "The last webhook came on" in html
    payment = Payment.objects.get(order=found.order)
    deliver(event("payment.captured", payment=payment_entity(found, id=payment.razorpay_payment_id)))
    assert STOPPED not in home(staff), "it came late"
    WebhookEvent.objects.all().delete()
    assert "2 payments of the last seven days" in home(staff)
    assert "No webhook has ever come." in home(staff)
    Payment.objects.update(created_at=timezone.now() - pulse.LOOK_BACK - MINUTE)
    assert STOPPED not in home(staff), "long ago"


@pytest.mark.covers("E17")
def test_stored_events_that_wait_are_told(staff: Client) -> None:
    beat()
    inbox.store(event("payment.captured", payment=payment_entity(ordered())), "")
    assert STOPPED not in home(staff)
    WebhookEvent.objects.update(received_at=timezone.now() - 3 * MINUTE)
    assert "1 stored event waits to be applied." in home(staff)
    owner = home(browser_of(in_role("owner")))
    assert '<a href="/admin/webhook-events/?outcome=waiting&amp;outcome=failed">1 stored event</a>' in owner


@pytest.mark.covers("L9")
def test_a_person_catches_up_and_it_is_written_down(staff: Client, simulator: Simulator) -> None:
    make_product(SKU)
    order, body = Buyer().buy(SKU)
    reports.pay(simulator, body["razorpay"]["order_id"])
    response = staff.post("/admin/reconcile/", follow=True)
    assert "Caught up with Razorpay: 1 orders asked about, 1 now paid" in response.content.decode()
    assert outcome(order) == ONCE_PAID
    entry = ModelLogEntry.objects.get(action="webhooks.reconcile")
    assert entry.user
    assert entry.user.get_username() == "staff"
    again = staff.post("/admin/reconcile/", follow=True)
    assert "Somebody is doing this right now" in again.content.decode()
    assert ModelLogEntry.objects.filter(action="webhooks.reconcile").count() == 1


@pytest.mark.covers("L9", "L3")
def test_a_silent_razorpay_is_told_in_time(staff: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse_admin, "BUDGET", 0.5)
    settings.RAZORPAY_API_URL = "http://127.0.0.1:9"
    ordered()
    response = staff.post("/admin/reconcile/", follow=True)
    assert "Not everything was answered" in response.content.decode()
    assert Order.objects.get().status == "pending"


@pytest.mark.covers("K9")
@pytest.mark.parametrize("address", ["/admin/reconcile/", "/admin/replay-waiting/"])
def test_only_people_with_the_permission_and_only_by_post(address: str) -> None:
    for name in ("viewer", "editor"):
        response = browser_of(in_role(name)).post(address)
        assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
    assert Client().post(address).status_code == 302
    owner = in_role("owner")
    assert browser_of(owner).get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    assert strict.post(address).status_code == 403
    assert not Heartbeat.objects.exists()


def test_the_first_page_needs_few_queries_more(
    staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    home(staff)
    with django_assert_max_num_queries(29):
        home(staff)
