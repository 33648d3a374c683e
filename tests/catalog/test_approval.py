"""New prices that wait for an owner: in the editor, in bulk, by whatever way a page is published."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, TaskState, WorkflowState

from catalog import approval
from catalog.models import ProductPage, ShopSettings, Variant
from catalog.publishing import NotReady
from home.demo import people
from tests.catalog.test_admin import edit, row, whole
from tests.catalog.whole import make_whole
from tests.checkout.admin.people import browser_of, in_role

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ED7"), pytest.mark.once]


@pytest.fixture
def cab() -> ProductPage:
    """A product at ₹1,899 in a shop whose owners approve new prices."""
    found = make_whole("AAA-1", price=189_900)
    ShopSettings.objects.update(prices_need_approval=True)
    return found


@pytest.fixture
def owner(cab: ProductPage) -> User:
    user = in_role("owner")
    user.groups.add(Group.objects.get_or_create(name="Owners")[0])
    people._load_workflow(cab.get_parent().get_parent())
    return user


@pytest.fixture
def editor(cab: ProductPage) -> Client:
    user = in_role("editor")
    people._give_content(user.groups.get(), cab.get_parent().get_parent())
    return browser_of(user)


def post(browser: Client, cab: ProductPage, price: str, **fields: Any) -> Any:
    """Send the editor's form with another price."""
    rows = [row(id=cab.variants.get().pk, price=price)]
    return edit(browser, cab, rows, **{**whole(), **fields})


def price() -> int:
    return int(Variant.objects.get().price)


def test_an_editor_submits_a_price_and_an_owner_approves_it(editor: Client, cab: ProductPage, owner: User) -> None:
    assert approval.WORDS in post(editor, cab, "1500").content.decode()
    assert post(editor, cab, "1500", **{"action-publish": "", "action-submit": "1"}).status_code == 302
    assert price() == 189_900
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    assert browser_of(owner).get("/admin/").content.decode().count("Approval by an owner")
    state.approve(user=owner)
    assert price() == 150_000
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED


def test_other_words_need_no_approval(editor: Client, cab: ProductPage) -> None:
    assert post(editor, cab, "1899", title="City Cab, second series").status_code == 302
    assert ProductPage.objects.get().title == "City Cab, second series"


def test_a_new_sku_of_a_known_product_has_a_new_price(editor: Client, cab: ProductPage) -> None:
    rows = [row(id=cab.variants.get().pk), row(sku="AAA-2", option="Red", price="1")]
    assert approval.WORDS in edit(editor, cab, rows, **whole()).content.decode()


def test_a_product_that_was_never_published_asks_nobody(editor: Client, cab: ProductPage) -> None:
    ProductPage.objects.update(first_published_at=None)
    assert post(editor, cab, "1500").status_code == 302
    assert price() == 150_000


def test_a_product_that_was_taken_down_does_not_come_back_at_another_price(editor: Client, cab: ProductPage) -> None:
    """Its rows follow each draft, so they say nothing of what was approved."""
    cab.unpublish()
    assert post(editor, cab, "11", **{"action-publish": ""}).status_code == 302
    assert approval.WORDS in post(editor, cab, "11").content.decode()
    cab.refresh_from_db()
    assert not cab.live


def test_without_the_setting_nobody_is_asked(editor: Client, cab: ProductPage) -> None:
    ShopSettings.objects.update(prices_need_approval=False)
    assert post(editor, cab, "1500").status_code == 302
    assert price() == 150_000


def test_no_other_way_of_publishing_goes_around_it(editor: Client, cab: ProductPage, owner: User) -> None:
    draft = cab.get_latest_revision_as_object()
    draft.variants = list(draft.variants.all())
    draft.variants.all()[0].price = 150_000
    revision = draft.save_revision()
    with pytest.raises(NotReady, match="approval"):
        revision.publish(user=User.objects.get(username="editor"))
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = editor.post(f"{url}?id={cab.pk}", {"next": "/admin/"}, follow=True)
    assert approval.WORDS in answer.content.decode()
    assert price() == 189_900
    revision.publish(user=owner)
    assert price() == 150_000


def test_new_prices_of_several_products_are_submitted(editor: Client, cab: ProductPage, owner: User) -> None:
    url = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'change_prices'])}?id={cab.pk}"
    rule = {"way": "lower", "percent": "10", "amount": "", "rounding": "rupee", "publish": "on"}
    seen = editor.post(url, rule).context["seen"]
    answer = editor.post(url, {**rule, "seen": seen}, follow=True)
    assert "The new prices of 1 product wait for approval" in answer.content.decode()
    assert price() == 189_900
    TaskState.objects.get().approve(user=owner)
    assert price() == 170_900


@pytest.mark.once
def test_who_may_not_publish_submits_whatever_the_setting_says(editor: Client, cab: ProductPage, owner: User) -> None:
    ShopSettings.objects.update(prices_need_approval=False)
    GroupPagePermission.objects.filter(permission__codename="publish_page").delete()
    form = editor.get(reverse("wagtailadmin_pages:edit", args=[cab.pk])).content.decode()
    assert 'name="action-publish"' not in form
    assert "Submit to Approval by an owner" in form
    assert post(editor, cab, "1500", **{"action-publish": "", "action-submit": "1"}).status_code == 302
    assert price() == 189_900
    TaskState.objects.get().approve(user=owner)
    assert price() == 150_000
