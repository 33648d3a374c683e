"""Each transactional test finds the database as the migrations left it, and whoever is connected sees that too.

The control, as it was seen: with a `_fixture_teardown` that does nothing the second turn finds what the first one left;
with Django's own the first turn cannot be cleared away, since the book refuses it.
"""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale, Page, Site

from catalog.models import StockMovement
from tests.factories import make_product

pytestmark = pytest.mark.once

Count = Callable[[], int]


@pytest.fixture(scope="module")
def bystander(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Count]:
    """Another connection, open over all tests of this file, that counts movements; a server has such a one."""
    with django_db_blocker.unblock():
        other = connection.copy()
        other.connect()

    def count() -> int:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM catalog_stockmovement")
            return int(cursor.fetchone()[0])

    yield count
    with django_db_blocker.unblock():
        other.close()


def spoil() -> None:
    """Write, change and delete what a test may, an append-only line among it, and commit."""
    make_product("CG43-LEFT", on_hand=3)
    Site.objects.update(hostname="spoilt.example")
    Page.objects.filter(depth=2).exclude(slug="diecast").delete()
    ContentType.objects.create(app_label="spoilt", model="spoilt")
    Locale.objects.create(language_code="hi")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_nothing_is_left_for_the_next(turn: int, bystander: Count) -> None:
    assert bystander() == StockMovement.objects.count() == 0
    assert [(site.hostname, site.root_page.depth) for site in Site.objects.all()] == [("localhost", 2)]
    assert [locale.language_code for locale in Locale.objects.all()] == ["en"]
    assert not ContentType.objects.filter(app_label="spoilt").exists()
    spoil()
    assert bystander() == 1
    # The counters of the keys begin anew. Before the first turn tests that roll back may have moved them.
    assert turn == 1 or StockMovement.objects.get().pk == 1


def test_a_test_without_the_mark_reaches_no_database() -> None:
    with pytest.raises(RuntimeError, match="not allowed"):
        StockMovement.objects.count()


@pytest.mark.django_db(transaction=True)
def test_the_book_still_refuses_after_it_was_emptied() -> None:
    make_product("CG43-LEFT", on_hand=3)
    for statement in ("UPDATE catalog_stockmovement SET on_hand_delta = 50", "DELETE FROM catalog_stockmovement"):
        with pytest.raises(DatabaseError, match="never changed"), connection.cursor() as cursor:
            cursor.execute(statement)
