"""Who gets where: everything that shows or moves an order, tried by everybody."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from checkout import attention, payments
from checkout.admin import policy
from checkout.models import AttentionCase, Order, Refund
from checkout.models.attention import CaseKind
from tests.checkout import orders as tell
from tests.checkout.admin.people import browser_of, in_role

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CANARY = "Canary Wharfwala"


@pytest.fixture
def case() -> AttentionCase:
    attempt = tell.ordered()
    payments.record(tell.paid(attempt))
    attention.open_case(CaseKind.DISPUTE_OPEN, "A buyer disputes", order=attempt.order)
    Order.objects.update(full_name=CANARY, email="canary@example.in", city=CANARY)
    return AttentionCase.objects.get()


def orders_area(pk: int | str) -> list[str]:
    return [
        "/admin/orders/?work=to_send",
        "/admin/orders/results/",
        "/admin/orders/?export=csv",
        "/admin/orders/?export=xlsx",
        f"/admin/orders/inspect/{pk}/",
    ]


def money_area(pk: int | str) -> list[str]:
    return [f"/admin/orders/refund/{pk}/", f"/admin/orders/cancel/{pk}/"]


def acts_area(pk: int | str) -> list[str]:
    return [
        f"/admin/orders/pack/{pk}/",
        f"/admin/orders/ship/{pk}/",
        f"/admin/orders/address/{pk}/",
        f"/admin/bulk/checkout/order/mark_packed/?id={pk}",
        f"/admin/bulk/checkout/order/mark_shipped/?id={pk}",
    ]


def cases_area(pk: int | str) -> list[str]:
    return ["/admin/attention/", "/admin/attention/results/", f"/admin/attention/inspect/{pk}/"]


def absent(pk: int | str) -> list[str]:
    return [
        *(f"/admin/orders/{view}/{pk}/" for view in ("delete", "copy", "history", "history-results", "usage")),
        "/admin/orders/add/",
        "/admin/snippets/choose/checkout/order/",
        f"/admin/snippets/choose/checkout/order/chosen/{pk}/",
        f"/admin/bulk/checkout/order/delete/?id={pk}",
        "/admin/attention/new/",
        *(f"/admin/attention/{view}/{pk}/" for view in ("edit", "delete", "copy", "history", "usage")),
    ]


@pytest.mark.covers("K9")
def test_nobody_adds_copies_deletes_or_chooses(owner: Client, staff: Client, case: AttentionCase) -> None:
    for client in (owner, staff):
        for url in (*absent(case.order_id or 0), *absent(case.pk)):
            for method in (client.get, client.post):
                response = method(url)
                assert (url, response.status_code) == (url, 404)
    assert (Order.objects.count(), AttentionCase.objects.count()) == (1, 1)


@pytest.mark.covers("K9")
def test_policy_denies_adding_and_deleting_to_superusers() -> None:
    user = in_role("owner")
    for each in (policy.ORDERS, policy.CASES):
        assert not each.user_has_any_permission(user, ["add", "delete"])
        assert not each.users_with_any_permission(["add", "delete"]).exists()
        assert each.users_with_any_permission(["view", "delete"]).get() == user


def test_staff_get_everywhere_that_is_theirs(staff: Client, case: AttentionCase) -> None:
    order = case.order_id or 0
    for url in (*orders_area(order), *acts_area(order), *cases_area(case.pk), f"/admin/orders/edit/{order}/"):
        assert (url, staff.get(url).status_code) == (url, 200)


def test_viewer_looks_and_nothing_else(viewer: Client, case: AttentionCase) -> None:
    order = case.order_id or 0
    for url in orders_area(order):
        assert (url, viewer.get(url).status_code) == (url, 200)
    for url in (*acts_area(order), *cases_area(case.pk), f"/admin/orders/edit/{order}/"):
        for method in (viewer.get, viewer.post):
            response = method(url, {"carrier": "X", "staff_note": "X"})
            assert (url, response.status_code, response.headers.get("Location")) == (url, 302, "/admin/")
    fresh = Order.objects.get()
    assert (fresh.status, fresh.staff_note) == ("paid", "")


@pytest.mark.covers("I19", "K9")
@pytest.mark.parametrize("name", ["staff", "viewer", "editor"])
def test_money_moves_only_with_the_permission(name: str, case: AttentionCase) -> None:
    client, nowhere = browser_of(in_role(name)), 987_654
    for url in (*money_area(case.order_id or 0), *money_area(nowhere)):
        for method in (client.get, client.post):
            response = method(url, {"amount": "1", "reason": "mine"})
            assert (url, response.status_code, response.headers.get("Location")) == (url, 302, "/admin/")
    assert not Refund.objects.exists()


@pytest.mark.covers("I19")
def test_money_moves_by_post_with_a_token_only(case: AttentionCase) -> None:
    user = in_role("owner")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    for url in money_area(case.order_id or 0):
        assert client.get(url).status_code == 200
        assert client.post(url, {"amount": "1", "reason": "forged"}).status_code == 403
    assert not Refund.objects.exists()


def test_editor_sees_nothing_of_orders(editor: Client, case: AttentionCase) -> None:
    order = case.order_id or 0
    areas = (*orders_area(order), *acts_area(order), *cases_area(case.pk), f"/admin/orders/edit/{order}/")
    for url in areas:
        for method in (editor.get, editor.post):
            response = method(url)
            assert (url, response.status_code, response.headers.get("Location")) == (url, 302, "/admin/")
            assert CANARY not in response.content.decode()
    assert Order.objects.get().status == "paid"


def test_denial_does_not_tell_what_exists(editor: Client, case: AttentionCase) -> None:
    real, unreal = case.order_id or 0, 987_654
    pairs = zip(
        (*orders_area(real), *acts_area(real), *cases_area(case.pk), f"/admin/orders/edit/{real}/"),
        (*orders_area(unreal), *acts_area(unreal), *cases_area(unreal), f"/admin/orders/edit/{unreal}/"),
        strict=True,
    )
    for there, nowhere in pairs:
        answers = [(r.status_code, r.headers.get("Location")) for r in (editor.get(there), editor.get(nowhere))]
        assert answers[0] == answers[1], there


@pytest.mark.parametrize(
    "url", ["/admin/", "/admin/reports/site-history/", "/admin/snippets/", "/admin/images/", "/admin/pages/"]
)
def test_editor_finds_no_trace_elsewhere(editor: Client, owner: Client, case: AttentionCase, url: str) -> None:
    owner.post(f"/admin/orders/pack/{case.order_id}/")
    html = editor.get(url, follow=True).content.decode()
    for trace in (CANARY, "CG26-", "/admin/orders/", "/admin/attention/", "canary@example.in"):
        assert trace not in html


def test_menu_shows_orders_to_staff(staff: Client, case: AttentionCase) -> None:
    html = staff.get("/admin/").content.decode()
    assert "/admin/orders/" in html
    assert "/admin/attention/" in html


def test_search_leads_to_orders_only_those_who_may_see_them(owner: Client, editor: Client) -> None:
    page = "/admin/pages/search/?q=CG26"
    assert 'href="/admin/orders/?q=CG26"' in owner.get(page).content.decode()
    assert "/admin/orders/" not in editor.get(page).content.decode()


def test_stranger_is_sent_to_the_login(client: Client, case: AttentionCase) -> None:
    order = case.order_id or 0
    for url in (*orders_area(order), *acts_area(order), *cases_area(case.pk), *absent(order)):
        response = client.get(url)
        assert response.status_code in (302, 404)
        if response.status_code == 302:
            assert response.headers["Location"].startswith("/admin/login/")


def test_person_without_the_admin_is_sent_to_the_login(case: AttentionCase) -> None:
    client = browser_of(User.objects.create_user("shopper"))
    assert client.get("/admin/orders/").headers["Location"].startswith("/admin/login/")


def test_groups_are_offered_only_what_can_be_done(owner: Client) -> None:
    group = Group.objects.create(name="New people")
    html = owner.get(reverse("wagtailusers_groups:edit", args=[group.pk])).content.decode()
    assert "Can pack, ship and deliver orders" in html
    for words in ("Can add order", "Can delete order", "add_attentioncase", "delete_attentioncase"):
        assert words not in html
