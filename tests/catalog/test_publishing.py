"""A product is published when it has what the law and the shop need: by button, in bulk, by approval, in time."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.test.utils.form_data import inline_formset

from catalog import publishing, stock
from catalog.models import GstRate, HsnCode, ProductPage, Stock, Variant
from tests.catalog.test_admin import edit, row, whole
from tests.catalog.whole import complete, picked
from tests.factories import make_edited_product

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PP11"), pytest.mark.once]
NOTHING = {"hsn": "", "country_of_origin": "", "maker_address": "", "photos": inline_formset([])}
WORDS = {
    "hsn": "Choose the HSN code",
    "country_of_origin": "This field is required",
    "maker_address": "Name who made and packed it",
    "photos": "Add at least one photo",
}


@pytest.fixture
def product() -> ProductPage:
    """A product that is not published, and lacks a photo and who made it."""
    found: ProductPage = make_edited_product("AAA-1", title="City Cab").page
    found.unpublish()
    found.refresh_from_db()
    return found


def rows(product: ProductPage) -> list[dict[str, Any]]:
    return [row(id=product.variants.get().pk)]


def is_live(product: ProductPage) -> bool:
    return bool(ProductPage.objects.filter(pk=product.pk, live=True).exists())


def latest(product: ProductPage) -> Any:
    """Return the newest draft."""
    return ProductPage.objects.get(pk=product.pk).get_latest_revision_as_object()


@pytest.mark.parametrize("name", WORDS)
def test_each_thing_is_named_at_its_field(admin_client: Client, product: ProductPage, name: str) -> None:
    answer = edit(admin_client, product, rows(product), **whole(**{name: NOTHING[name]}))
    assert answer.status_code == 200
    shown = answer.context["form"]
    told = {key: str(errors) for key, errors in shown.errors.items()}
    told |= {key: str(found.non_form_errors()) for key, found in shown.formsets.items() if found.non_form_errors()}
    assert list(told) == [name]
    assert WORDS[name] in told[name]
    assert WORDS[name] in answer.content.decode()
    assert not is_live(product)


def test_a_photo_must_say_what_it_shows(admin_client: Client, product: ProductPage) -> None:
    silent = inline_formset([{"image": picked().pk, "alt_text": "", "caption": ""}])
    assert edit(admin_client, product, rows(product), **whole(photos=silent)).status_code == 200
    assert edit(admin_client, product, rows(product), **whole()).status_code == 302
    assert is_live(product)


@pytest.mark.covers("PP2")
def test_a_size_that_is_missing_is_told_and_stops_nobody(admin_client: Client, product: ProductPage) -> None:
    text = "cannot show the size beside a coin"
    sized = {"length_mm": "98", "width_mm": "36", "height_mm": "37"}
    for fields, is_told in (({}, True), (sized, False)):
        answer = edit(admin_client, product, rows(product), **whole(**fields))
        assert answer.status_code == 302
        assert is_live(product)
        assert (text in admin_client.get(answer["Location"]).content.decode()) == is_told


def test_pieces_that_never_came_are_told_with_the_way_to_receive_them(admin_client: Client) -> None:
    product = make_edited_product("AAA-1", title="City Cab", on_hand=0).page
    text = "No pieces of AAA-1 were ever received"
    row_ = Stock.objects.get()
    way = reverse("stock:receive", args=[row_.pk])
    for is_told in (True, False):
        answer = edit(admin_client, product, rows(product), **whole())
        assert answer.status_code == 302
        assert is_live(product)
        html = admin_client.get(answer["Location"]).content.decode()
        assert [text in html, f'href="{way}"' in html] == [is_told, is_told]
        stock.receive(variant=row_.variant, quantity=1)
        stock.adjust(variant=row_.variant, quantity=-1, reason="dropped")


def test_a_draft_may_lack_everything(admin_client: Client, product: ProductPage) -> None:
    assert edit(admin_client, product, rows(product), **NOTHING).status_code == 302
    draft = latest(product)
    assert (draft.hsn, draft.country_of_origin) == (None, "")
    assert not is_live(product)


@pytest.mark.covers("MT3")
def test_the_rate_must_hold_on_the_day_it_goes_live(admin_client: Client, product: ProductPage) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    GstRate.objects.update(valid_from=tomorrow)
    answer = edit(admin_client, product, rows(product), **whole())
    assert "No GST rate is known for HSN 9503" in answer.content.decode()
    later = f"{tomorrow + dt.timedelta(days=1):%Y-%m-%d} 10:00"
    assert edit(admin_client, product, rows(product), **whole(go_live_at=later)).status_code == 302
    assert Revision.objects.filter(approved_go_live_at__isnull=False).count() == 1


def schedule(product: ProductPage) -> None:
    """Approve the latest draft for a time that has come."""
    due = timezone.now() - dt.timedelta(minutes=1)
    Revision.objects.filter(pk=latest(product).get_latest_revision().pk).update(approved_go_live_at=due)


def test_its_time_does_not_go_around_it(product: ProductPage) -> None:
    other = make_edited_product("BBB-1").page
    other.unpublish()
    complete(other)
    product.save_revision()
    for each in (product, other):
        schedule(each)
    for _time in range(2):
        call_command("publish_scheduled")
    assert not is_live(product)
    # Nobody else's page is kept waiting.
    assert is_live(other)
    entry = PageLogEntry.objects.get(action=publishing.REFUSED)
    assert WORDS["photos"] in entry.message
    complete(product)
    schedule(product)
    call_command("publish_scheduled")
    assert is_live(product)


def bulk(client: Client, *pages: Page, **data: str) -> Any:
    query = "&".join(f"id={each.pk}" for each in pages)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return client.post(f"{url}?{query}", data, follow=True)


def test_neither_does_publishing_several(admin_client: Client, product: ProductPage) -> None:
    other = make_edited_product("BBB-1").page
    other.unpublish()
    complete(other)
    product.save_revision()
    answer = bulk(admin_client, other, product)
    assert "City Cab cannot be published yet. Name who made and packed it" in answer.content.decode()
    assert not is_live(other)
    bulk(admin_client, product.get_parent(), include_descendants="on")
    assert not is_live(product)
    bulk(admin_client, other)
    assert is_live(other)
    complete(product)
    bulk(admin_client, product.get_parent(), include_descendants="on")
    assert is_live(product)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"sku": ""}, "Red: Give it a SKU"),
        ({"price": None}, "BBB-1: Fill in the selling price"),
        ({"weight_grams": None}, "BBB-1: Fill in the packed weight"),
        ({"price": 200_000}, "BBB-1: The selling price may not exceed the MRP"),
        (None, "Add a variant"),
    ],
)
def test_variants_are_whole_whoever_publishes(product: ProductPage, fields: dict[str, Any] | None, text: str) -> None:
    """A copy has variants without SKUs, and a draft may hold half of one: none of them goes live by another door."""
    known = {"sku": "BBB-1", "option": "Red", "price": 100, "mrp": 100_000, "weight_grams": 300}
    draft = complete(product).as_object()
    if fields is None:
        draft = ProductPage(title="Empty", slug="empty", brand=product.brand, scale="1:43", live=False)
        product.get_parent().add_child(instance=draft)
    else:
        draft.variants = [*draft.variants.all(), Variant(**{**known, **fields})]
    owner = User.objects.create_superuser("owner")
    with pytest.raises(publishing.NotReady, match=text):
        draft.save_revision(clean=False).publish(user=owner)
    assert not is_live(draft)


def test_neither_does_an_approval(product: ProductPage) -> None:
    """Moderation ends in `publish` with a person's name, as every other way of the admin does."""
    owner = User.objects.create_superuser("owner")
    with pytest.raises(publishing.NotReady, match="City Cab is not published"):
        product.save_revision().publish(user=owner)
    assert not is_live(product)
    complete(product)
    latest(product).get_latest_revision().publish(user=owner)
    assert is_live(product)


def test_a_program_answers_for_itself(product: ProductPage) -> None:
    product.save_revision().publish()
    assert is_live(product)


def test_a_deleted_code_is_noticed(product: ProductPage) -> None:
    complete(product)
    assert publishing.lacks_of(latest(product)) == {}
    ProductPage.objects.update(hsn=None)
    HsnCode.objects.all().delete()
    assert list(publishing.lacks_of(latest(product))) == ["hsn"]
