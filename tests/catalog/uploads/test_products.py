"""A product table becomes drafts: row by row, whole or not at all, and safe to repeat."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from wagtail.models import GroupPagePermission, PageLogEntry, Revision

from catalog import stock
from catalog.models import Brand, CatalogPage, Genre, HsnCode, ProductPage, StockMovement, Variant
from catalog.uploads.lines import Line, Outcome
from catalog.uploads.products import ProductRows
from catalog.uploads.table import UnreadableTable, read_table
from tests.catalog.uploads.tables import HEADINGS, csv_of, products, row
from tests.factories import make_edited_product, make_shop

pytestmark = pytest.mark.django_db


def rows_of(content: bytes, **options: Any) -> ProductRows:
    return ProductRows(read_table(content, "models.csv"), name="models.csv", **options)


def run(content: bytes, **options: Any) -> list[Line]:
    rows = rows_of(content, **options)
    return [rows.carry_out(each) for each in rows.table.rows]


def check(content: bytes, **options: Any) -> list[Line]:
    return list(rows_of(content, **options).check())


def outcomes(lines: list[Line]) -> list[str]:
    return [line.outcome for line in lines]


def said(line: Line) -> str:
    return "; ".join(map(str, line.notes))


@pytest.fixture
def labels() -> None:
    make_shop()
    Brand.objects.create(name="Chhota Works", slug="chhota-works")
    Genre.objects.create(name="Classic & Vintage", slug="classic")
    HsnCode.objects.create(code="9503")


@pytest.mark.usefixtures("labels")
def test_new_products_become_drafts_with_exact_prices() -> None:
    lines = run(products(row("new-1", Price="₹1,29,900.50", MRP="1,30,000"), row("NEW-2", "Night Mail", HSN="")))
    assert outcomes(lines) == ["new", "new"]
    page = ProductPage.objects.get(title="City Cab")
    variant = page.variants.get()
    assert (variant.sku, variant.price, variant.mrp, variant.weight_grams) == ("NEW-1", 12_990_050, 13_000_000, 300)
    assert (page.live, page.slug, page.scale, str(page.hsn)) == (False, "city-cab", "1:43", "9503")
    assert page.has_unpublished_changes
    assert page.get_latest_revision_as_object().variants.get().price == 12_990_050
    assert list(PageLogEntry.objects.filter(page=page).values_list("action", flat=True)) == ["wagtail.create"]


@pytest.mark.usefixtures("labels")
def test_a_second_run_changes_nothing() -> None:
    content = products(row(), row("NEW-2", Option="Red"))
    assert outcomes(run(content)) == ["new", "new"]
    before = (Revision.objects.count(), PageLogEntry.objects.count())
    assert outcomes(run(content)) == ["unchanged", "unchanged"]
    assert outcomes(check(content)) == ["unchanged", "unchanged"]
    assert (Revision.objects.count(), PageLogEntry.objects.count()) == before


@pytest.mark.usefixtures("labels")
def test_rows_of_one_title_are_variants_of_one_product() -> None:
    content = products(row(Option="Ivory"), row("NEW-2", Option="Red"), row("NEW-3", "Other"))
    checked = check(content)
    assert ProductPage.objects.count() == 0
    lines = run(content)
    assert [(line.outcome, said(line)) for line in checked] == [(line.outcome, said(line)) for line in lines]
    assert "New variant of City Cab" in said(lines[1])
    assert sorted(Variant.objects.values_list("sku", "page__title")) == [
        ("NEW-1", "City Cab"),
        ("NEW-2", "City Cab"),
        ("NEW-3", "Other"),
    ]


def test_a_live_product_gets_a_draft_and_shoppers_see_nothing_of_it() -> None:
    page = make_edited_product("AAA-1", price=189_900).page
    content = csv_of([["SKU", "Price", "Title"], ["aaa-1", "1,799", "New name"]])
    [line] = run(content)
    assert line.outcome == Outcome.CHANGED
    assert "₹1,899.00 → ₹1,799.00" in said(line)
    assert "The product is live" in said(line)
    page.refresh_from_db()
    assert (page.title, page.variants.get().price, page.has_unpublished_changes) == ("Model AAA-1", 189_900, True)
    again = run(content)
    assert outcomes(again) == ["unchanged"], said(again[0])
    page.get_latest_revision().publish()
    assert (Variant.objects.get().price, ProductPage.objects.get().title) == (179_900, "New name")


def test_a_new_variant_of_a_live_product_waits_in_the_draft() -> None:
    make_edited_product("AAA-1", title="City Cab")
    Variant.objects.update(option="Ivory")
    content = csv_of(
        [[*HEADINGS, "Opening stock"], [*row("AAA-2", Option="Red"), "5"], [*row("AAA-3", Option="Blue"), ""]]
    )
    checked, lines = check(content), run(content)
    assert [said(line) for line in checked] == [said(line) for line in lines]
    assert "publish the product, then import this file again" in said(lines[0])
    assert Variant.objects.count() == 1
    assert outcomes(run(content)) == ["unchanged", "unchanged"]
    ProductPage.objects.get().get_latest_revision().publish()
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["AAA-1", "AAA-2", "AAA-3"]
    assert "5 pieces are received" in said(run(content)[0])
    assert stock.availability(Variant.objects.get(sku="AAA-2")).quantity == 5


BAD: list[tuple[dict[str, str], str]] = [
    ({"Price": "2,100"}, "Price (₹): ₹2,100.00 is above the MRP of ₹1,999.00"),
    ({"Price": "0"}, "Price (₹): Only a gift costs ₹0"),
    ({"Price": "12.345"}, "Price: “12.345”: Enter at most two decimals"),
    ({"MRP": "0", "Price": "0"}, "MRP (₹): The MRP must be more than ₹0"),
    ({"MRP": ""}, "MRP (₹): This SKU is new and cannot be made without it."),
    ({"Weight": "0"}, "Packed weight (g): Ensure this value is greater than or equal to 1."),
    ({"Maker": "Chota Works"}, "Maker: “Chota Works”: There is no “Chota Works”. Did you mean “Chhota Works”?"),
    ({"Maker": "Nobody"}, "Add it under Labels first"),
    ({"HSN": "8703"}, "HSN: “8703”: There is no “8703”"),
    ({"Scale": "1:44"}, "Scale: “1:44”: Enter one of the scales"),
    ({"SKU": ""}, "SKU: Every row needs a SKU."),
    ({"SKU": "A B"}, "SKU: Use capital letters"),
    ({"SKU": "X" * 41}, "SKU: "),
    ({"Title": ""}, "Title: This SKU is new and cannot be made without it."),
    ({"Title": "T" * 300}, "Title: Ensure this value has at most 255 characters"),
]


@pytest.mark.covers("ED1")
@pytest.mark.usefixtures("labels")
def test_bad_rows_are_told_and_change_nothing() -> None:
    rows = [row(f"BAD-{number}", f"Bad {number}") for number in range(len(BAD))]
    for each, (fields, _text) in zip(rows, BAD, strict=True):
        for heading, value in fields.items():
            each[HEADINGS.index(heading)] = value
    content = products(*rows, row("GOOD-1", "Good"))
    for lines in (check(content), run(content)):
        assert outcomes(lines) == [*["bad"] * len(BAD), "new"]
        assert [line.number for line in lines] == list(range(2, len(BAD) + 3))
        assert [said(line) for line, (_, text) in zip(lines, BAD, strict=False) if text not in said(line)] == []
    assert list(Variant.objects.values_list("sku", flat=True)) == ["GOOD-1"]
    assert ProductPage.objects.count() == 1


@pytest.mark.usefixtures("labels")
def test_a_bad_row_leaves_no_trace_in_the_rows_after_it() -> None:
    content = csv_of(
        [
            [*HEADINGS, "Material"],
            [*row(Option="Ivory"), "Zinc"],
            [*row("NEW-2", Option="Ivory"), "Tin"],
            [*row("NEW-3", Option="Black"), ""],
        ]
    )
    assert outcomes(check(content)) == outcomes(run(content)) == ["new", "bad", "new"]
    assert ProductPage.objects.get().material == "Zinc"


@pytest.mark.usefixtures("labels")
def test_opening_stock_is_received_once_however_often_it_is_imported() -> None:
    content = csv_of([[*HEADINGS, "Opening stock"], [*row(), "24"]])
    assert "24 pieces are received" in said(check(content)[0])
    assert StockMovement.objects.count() == 0
    for _time in range(2):
        run(content)
    movement = StockMovement.objects.get()
    assert (movement.on_hand_delta, movement.reason) == (24, "Opening stock, from models.csv")
    assert stock.verify() == []


def test_a_column_of_stock_is_refused_in_words() -> None:
    table = read_table(b"SKU,Stock,Colour of box\nAAA-1,5,red\n", "a.csv")
    one, two = ProductRows(table, name="a.csv").remarks()
    assert "a product table never sets stock" in one
    assert "“Colour of box” is not known" in two


@pytest.mark.parametrize(
    ("content", "text"), [(b"Title\nA\n", "no column"), (b"SKU,Price,Selling price\n", "the same")]
)
def test_a_table_whose_columns_make_no_sense_is_refused(content: bytes, text: str) -> None:
    with pytest.raises(UnreadableTable, match=text):
        ProductRows(read_table(content, "a.csv"), name="a.csv")


def test_a_locked_product_is_left_alone() -> None:
    page = make_edited_product("AAA-1").page
    ProductPage.objects.filter(pk=page.pk).update(locked=True)
    [line] = run(csv_of([["SKU", "Price"], ["AAA-1", "1"]]))
    assert (line.outcome, "locked" in said(line)) == (Outcome.BAD, True)


def test_people_import_only_what_they_may_edit() -> None:
    make_edited_product("AAA-1")
    nobody = User.objects.create_user("nobody")
    content = csv_of([[*HEADINGS, "Opening stock"], [*row(), "2"], [*row("AAA-1", "Model AAA-1"), ""]])
    one, two = run(content, user=nobody)
    assert "may not add products" in said(one)
    assert "may not edit this product" in said(two)
    owner = User.objects.create_superuser("owner")
    assert outcomes(run(content, user=owner)) == ["new", "changed"]


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize("pieces", ["2000000", "3"])
def test_a_receipt_that_is_refused_leaves_no_product(pieces: str) -> None:
    group = Group.objects.create(name="Writers")
    for permission in Permission.objects.filter(codename__in=["add_page", "change_page"], content_type__model="page"):
        GroupPagePermission.objects.create(group=group, page=CatalogPage.objects.get(), permission=permission)
    writer = User.objects.create_user("writer")
    writer.groups.add(group)
    user = writer if pieces == "3" else User.objects.create_superuser("owner")
    content = csv_of([[*HEADINGS, "Opening stock"], [*row(), pieces], [*row("NEW-2"), ""]])
    checked, lines = check(content, user=user), run(content, user=user)
    assert outcomes(checked) == outcomes(lines) == ["bad", "new"]
    assert [line.notes[0].column for line in (checked[0], lines[0])] == ["Opening stock"] * 2
    assert list(Variant.objects.values_list("sku", flat=True)) == ["NEW-2"]


def test_two_products_of_one_title_are_told() -> None:
    make_edited_product("AAA-1", title="City Cab")
    make_edited_product("AAA-2", title="City Cab")
    [line] = run(products(row()))
    assert "Several products have this title" in said(line)


@pytest.mark.usefixtures("labels")
def test_the_same_title_in_another_scale_is_another_product() -> None:
    rows = [row(), row("NEW-2", Scale="1:64"), row("NEW-3", Scale="1:64", Option="Red"), row("NEW-4", Option="Blue")]
    assert [said(line) for line in check(products(*rows))] == [said(line) for line in run(products(*rows))]
    assert sorted(Variant.objects.values_list("page__scale", "page__slug", "sku")) == [
        ("1:43", "city-cab", "NEW-1"),
        ("1:43", "city-cab", "NEW-4"),
        ("1:64", "city-cab-1", "NEW-2"),
        ("1:64", "city-cab-1", "NEW-3"),
    ]


@pytest.mark.usefixtures("labels")
def test_a_sku_stands_in_one_row_of_a_file() -> None:
    """The second row would rename the product of the first, and importing the file again would change it again."""
    content = products(row("NEW-1", "City Cab"), row("NEW-2", "Night Mail"), row("new-1", "Mail Train"))
    for pass_ in (check, run):
        lines = pass_(content)
        assert outcomes(lines) == ["new", "new", "bad"]
        assert said(lines[2]) == "SKU: This SKU stands in row 2 too: one row for each SKU."
    assert outcomes(run(content)) == ["unchanged", "unchanged", "bad"]
    assert sorted(ProductPage.objects.values_list("title", flat=True)) == ["City Cab", "Night Mail"]
