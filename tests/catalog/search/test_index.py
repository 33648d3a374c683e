"""What the search knows follows what editors do, and can be written anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.models import Brand, CatalogPage, Genre, ProductPage, SearchEntry
from catalog.search import index, vocabulary
from tests.catalog.listings import titles
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def test_a_product_is_found_by_all_that_is_told_of_it() -> None:
    genre = Genre.objects.create(name="City Life", slug="city-life")
    make_product(
        "CG43-TX-0007",
        title="Kaali-Peeli Cab",
        genre=genre,
        edition_size=640,
        condition="pre_owned",
        material="Die-cast zinc",
        model_year=1974,
        curators_note="Every <Mumbai> childhood",
        description="<p>Springs like a <b>sofa</b></p><p>Marigolds</p>",
    )
    for text in (
        "kaali peeli",
        "kaalipeeli",
        "cg43-tx-0007",
        "CG43TX",
        "chhota works",
        "city",
        "1:43",
        "1/43",
        "43 scale",
        "pre-owned",
        "limited edition 640",
        "zinc",
        "1974",
        "mumbai",
        "marigold sofa cab",
    ):
        assert titles(f"?q={text}") == ["Kaali-Peeli Cab"], text
    assert titles("?q=kaali+truck") == []


def test_the_index_follows_publishing_unpublishing_and_deleting() -> None:
    page = ProductPage.objects.get(pk=make_product("AAA-1", title="Old Name", on_hand=0).page_id)
    page.title = "New Name"
    page.save_revision()
    assert titles("?q=old") == ["Old Name"]
    page.save_revision().publish()
    assert (titles("?q=old"), titles("?q=new")) == ([], ["New Name"])
    page.unpublish()
    assert not SearchEntry.objects.exists()
    page.save_revision().publish()
    assert titles("?q=new") == ["New Name"]
    page.delete()
    assert not SearchEntry.objects.exists()
    assert vocabulary.current().words == []


def test_the_index_follows_a_move() -> None:
    page = ProductPage.objects.get(pk=make_product("AAA-1", title="Moving Car").page_id)
    other = CatalogPage(title="Other", slug="other")
    page.get_parent().get_parent().add_child(instance=other)
    SearchEntry.objects.all().delete()
    page.move(other, pos="last-child")
    assert SearchEntry.objects.get().page_id == page.pk


def test_the_index_follows_the_name_of_a_label() -> None:
    genre = Genre.objects.create(name="City Life", slug="city-life")
    make_product("AAA-1", title="Cab", genre=genre)
    brand = Brand.objects.get()
    brand.name = "Bara Works"
    brand.save()
    genre.name = "Village Life"
    genre.save()
    assert titles("?q=bara+village") == ["Cab"]
    assert titles("?q=chhota") == titles("?q=city") == []


def test_what_a_bulk_change_leaves_out_is_caught_up_with() -> None:
    one = make_product("AAA-1", title="One")
    make_product("AAA-2", title="Two")
    make_product("AAA-3", title="Three")
    ProductPage.objects.filter(title="Three").update(live=False)
    SearchEntry.objects.filter(page__title="Two").delete()
    ProductPage.objects.filter(pk=one.page_id).update(title="Renamed", last_published_at=timezone.now())
    assert index.catch_up() == 2
    assert sorted(SearchEntry.objects.values_list("name", flat=True)) == ["renamed aaa 1 aaa1", "two aaa 2 aaa2"]
    assert index.catch_up() == 0


def test_a_command_writes_the_index_anew() -> None:
    make_product("AAA-1", title="One")
    make_product("AAA-2", title="Two")
    SearchEntry.objects.update(name="nonsense")
    output = StringIO()
    call_command("rebuild_search", stdout=output)
    assert "knows 2 products" in output.getvalue()
    assert titles("?q=two") == ["Two"]
    assert titles("?q=nonsense") == []


def test_a_part_of_an_entry_has_a_limit() -> None:
    make_product("AAA-1", description=" ".join(f"word{number}" for number in range(index.MOST_WORDS + 10)))
    assert len(SearchEntry.objects.get().story.split()) == index.MOST_WORDS


def test_a_shop_without_an_index_searches_names() -> None:
    make_product("AAA-1", title="City Cab")
    make_product("AAA-2", title="Highway King")
    SearchEntry.objects.all().delete()
    assert titles("?q=city") == titles("?q=aaa-1") == ["City Cab"]
    assert titles("?q=citty") == []
    assert titles("?q=chhota+king&sort=best") == ["Highway King"]


@pytest.mark.django_db(transaction=True)
def test_a_broken_index_stops_neither_shoppers_nor_editors(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    make_product("AAA-1", title="City Cab")
    assert titles("?q=city") == ["City Cab"]
    with broken_index():
        for path in ("/shop/?q=city", "/shop/?q=nothing", "/search/suggestions/?q=city"):
            assert client.get(path).status_code in (200, 204)
        assert titles("?q=city") == ["City Cab"]
        make_product("AAA-2", title="City Bus")
        assert titles("?q=city") == ["City Bus", "City Cab"]
    assert "The search could not follow a change." in caplog.text
    assert "The search index cannot be read" in caplog.text
    index.catch_up()
    assert titles("?q=bus") == ["City Bus"]


@contextmanager
def broken_index() -> Iterator[None]:
    """Take away what the database searches in, for the time of the block."""
    forth, back = {
        "sqlite": (
            "ALTER TABLE catalog_searchindex RENAME TO lost_searchindex",
            "ALTER TABLE lost_searchindex RENAME TO catalog_searchindex",
        ),
        "postgresql": (
            "ALTER TABLE catalog_searchentry RENAME COLUMN words TO lost",
            "ALTER TABLE catalog_searchentry RENAME COLUMN lost TO words",
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(forth)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(back)
