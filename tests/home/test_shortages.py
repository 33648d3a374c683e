"""What runs short is told once, to whom the settings name, until there has been more again."""

import pytest
from django.core import mail

from catalog import stock
from catalog.availability import availability
from catalog.models import ProductPage, ShopSettings, Variant
from home import shortages
from home.models import Shortage, ShortageMail
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ED9")]


@pytest.fixture
def cab() -> Variant:
    """A model of which ten are there, in a shop that wants to know from five on."""
    found = make_product("AAA-1", on_hand=10, title="City Cab")
    ShopSettings.objects.update(low_stock_threshold=5, stock_alerts_to="owner@example.in")
    return found


def take(variant: Variant, pieces: int) -> None:
    stock.adjust(variant=variant, quantity=-pieces, reason="counted")


def test_one_mail_until_there_were_more_again(cab: Variant) -> None:
    assert shortages.watch() == 0
    take(cab, 5)
    assert [shortages.watch() for _time in range(3)] == [1, 0, 0]
    take(cab, 2)
    assert shortages.watch() == 0
    assert mail.outbox[0].to == ["owner@example.in"]
    assert mail.outbox[0].subject == "Few left: City Cab"
    assert "AAA-1  City Cab: Only 5 left" in mail.outbox[0].body
    assert "/admin/stock/?level=short" in mail.outbox[0].body
    stock.receive(variant=cab, quantity=9, reason="delivery")
    assert shortages.watch() == 0
    take(cab, 12)
    assert shortages.watch() == 1
    assert "AAA-1  City Cab: Sold out" in mail.outbox[1].body


def test_what_runs_short_together_is_one_mail(cab: Variant) -> None:
    bus = make_product("BBB-1", on_hand=1, title="Bus")
    make_product("CCC-1", on_hand=0, title="Never had any")
    unseen = make_product("DDD-1", on_hand=1, title="Unseen").page
    unseen.unpublish()
    take(cab, 6)
    assert shortages.watch() == 1
    assert mail.outbox[0].subject == "Few left: City Cab and 1 more"
    assert bus.sku in mail.outbox[0].body
    assert "Never" not in mail.outbox[0].body
    assert "Unseen" not in mail.outbox[0].body


def test_a_variant_has_a_number_of_its_own(cab: Variant) -> None:
    page = ProductPage.objects.get().get_latest_revision_as_object()
    page.variants = list(page.variants.all())
    page.variants.all()[0].low_stock_threshold = 2
    page.save_revision().publish()
    cab = Variant.objects.select_related("stock").get()
    take(cab, 5)
    assert shortages.watch() == 0
    assert availability(Variant.objects.get(), threshold=5).state == "in_stock"
    take(cab, 3)
    assert shortages.watch() == 1
    assert availability(Variant.objects.get(), threshold=5).text == "Only 2 left"
    # None of them alone says that few are left.
    Variant.objects.update(low_stock_threshold=0)
    assert availability(Variant.objects.get(), threshold=5).state == "in_stock"


def test_nobody_to_tell_is_told_nothing_and_later_everything(cab: Variant) -> None:
    ShopSettings.objects.update(stock_alerts_to="")
    take(cab, 9)
    assert shortages.watch() == 0
    assert not ShortageMail.objects.exists()
    ShopSettings.objects.update(stock_alerts_to="owner@example.in")
    assert shortages.watch() == 1


def test_a_mail_that_is_no_longer_true_is_dropped(cab: Variant) -> None:
    take(cab, 9)
    shortages.note(ShopSettings.current())
    shortages.note(ShopSettings.current())
    assert ShortageMail.objects.count() == Shortage.objects.count() == 1
    stock.receive(variant=cab, quantity=9, reason="delivery")
    assert shortages.watch() == 0
    assert not ShortageMail.objects.exists()
