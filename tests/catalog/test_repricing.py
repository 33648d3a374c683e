"""New prices in whole arithmetic, written as revisions that keep what others have begun."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from wagtail.models import PageLogEntry

from catalog.models import ProductPage, Variant
from catalog.repricing import Change, Rule, changes, newest, reprice
from tests.catalog.whole import make_whole
from tests.factories import make_edited_product


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (Rule(basis_points=1000), 189_900, 208_900),
        (Rule(basis_points=-1000), 189_900, 170_900),
        (Rule(basis_points=750, rounding="paisa"), 189_900, 204_143),
        (Rule(basis_points=-333, rounding="paisa"), 100, 97),
        (Rule(paise=10_000), 189_900, 199_900),
        (Rule(paise=-50), 100, 100),
        (Rule(basis_points=500, rounding="ten"), 100_000, 105_000),
        (Rule(basis_points=-600, rounding="nine"), 189_900, 178_900),
        (Rule(basis_points=0, paise=500, rounding="nine"), 179_400, 179_900),
    ],
)
def test_a_new_price(rule: Rule, before: int, after: int) -> None:
    assert rule.of(before) == after


LOWER = Rule(basis_points=-1000)


def expected(page: ProductPage, rule: Rule = LOWER) -> list[Change]:
    return changes(newest(page), rule)


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("owner")


@pytest.mark.django_db
def test_a_live_product_is_published_with_revision_and_log(owner: User) -> None:
    page = make_whole("AAA-1", price=189_900)
    assert reprice(page.pk, LOWER, expected=expected(page), user=owner, publish=True) == "published"
    assert Variant.objects.get().price == 170_900
    entries = PageLogEntry.objects.filter(page=page, user=owner).values_list("action", flat=True)
    assert set(entries) == {"wagtail.edit", "wagtail.publish"}


@pytest.mark.django_db
def test_what_somebody_has_begun_stays_unpublished(owner: User) -> None:
    page = make_edited_product("AAA-1", price=189_900).page
    draft = newest(page)
    draft.title = "Half a sentence"
    draft.save_revision()
    page.refresh_from_db()
    assert reprice(page.pk, LOWER, expected=expected(page), user=owner, publish=True) == "drafted"
    page.refresh_from_db()
    draft = newest(page)
    assert (page.title, page.variants.get().price) == ("Model AAA-1", 189_900)
    assert (draft.title, draft.variants.get().price) == ("Half a sentence", 170_900)


@pytest.mark.django_db
def test_nobody_publishes_by_a_price_who_may_not_publish() -> None:
    page = make_edited_product("AAA-1", price=189_900).page
    nobody: Any = User.objects.create_user("nobody")
    assert reprice(page.pk, LOWER, expected=expected(page), user=nobody, publish=True) == "waiting"
    assert Variant.objects.get().price == 189_900


@pytest.mark.covers("ED3")
@pytest.mark.django_db
def test_a_price_above_the_mrp_or_of_nothing_is_refused(owner: User) -> None:
    page = make_edited_product("AAA-1", price=189_900).page
    for rule, text in (
        (Rule(paise=100), "above its MRP"),
        (Rule(paise=-189_900), "cost nothing"),
        (Rule(paise=-200_000), "fall below"),
    ):
        [change] = expected(page, rule)
        assert text in change.refusal
        with pytest.raises(ValidationError, match=text):
            reprice(page.pk, rule, expected=[change], user=owner, publish=True)
    assert Variant.objects.get().price == 189_900


@pytest.mark.django_db
def test_prices_that_changed_after_they_were_shown_are_left(owner: User) -> None:
    page = make_whole("AAA-1", price=189_900)
    shown = expected(page)
    reprice(page.pk, LOWER, expected=shown, user=owner, publish=True)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        reprice(page.pk, LOWER, expected=shown, user=owner, publish=True)
    assert Variant.objects.get().price == 170_900
