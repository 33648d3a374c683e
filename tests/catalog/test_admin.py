"""What editors meet: the product form, the stock screen, and pages that may not be deleted."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from catalog import stock
from catalog.models import (
    CatalogPage,
    GstRate,
    HsnCode,
    ProductPage,
    ShopSettings,
    Stock,
    StockMovement,
    Variant,
)
from checkout.models import CheckoutPage
from home.models import ContactPage, ContentPage, HomePage, JournalIndexPage
from tests.catalog.whole import picked
from tests.factories import make_edited_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def owner(admin_client: Client) -> Client:
    return admin_client


def person(django_user_model: Any, *permissions: str) -> Client:
    user = django_user_model.objects.create_user("person", password="x")
    group = Group.objects.create(name="Some")
    group.permissions.set(Permission.objects.filter(codename__in=("access_admin", *permissions)))
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def row(**fields: Any) -> dict[str, Any]:
    known = {"sku": "AAA-1", "option": "", "price": "1,899", "mrp": "1899", "weight_grams": "300", "is_active": "on"}
    return {**known, **fields}


def form(rows: list[dict[str, Any]], initial: int = 0, **fields: Any) -> dict[str, Any]:
    page = ProductPage.objects.first()
    data = {
        "title": "City Cab",
        "slug": "city-cab",
        "brand": page.brand_id if page else "",
        "scale": "1:43",
        "condition": "new",
        "country_of_origin": "India",
        "description": rich_text("<p>A cab.</p>"),
        "photos": inline_formset([]),
        "variants": inline_formset(rows, initial=initial),
        "comments": inline_formset([]),
        **fields,
    }
    found: dict[str, Any] = nested_form_data(data)
    return found


def whole(**fields: Any) -> dict[str, Any]:
    """Return what a product needs to be published, with the button that publishes it."""
    photo = {"image": picked().pk, "alt_text": "A cab from the right", "caption": ""}
    known = {"hsn": HsnCode.objects.get().pk, "maker_address": "Chhota Works, Pune", "photos": inline_formset([photo])}
    return {**known, "action-publish": "1", **fields}


def edit(client: Client, page: Page, rows: list[dict[str, Any]], **fields: Any) -> Any:
    initial = sum(1 for each in rows if each.get("id"))
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form(rows, initial, **fields))


def test_an_editor_types_rupees_and_publishes(owner: Client) -> None:
    make_edited_product("ZZZ-9")
    shop = CatalogPage.objects.get()
    url = reverse("wagtailadmin_pages:add", args=["catalog", "productpage", shop.pk])
    assert "Such as" in owner.get(url).content.decode()
    data = form([row(sku="cg43-tx-0007", price="₹1,899.50", mrp="2,000")], **whole())
    assert owner.post(url, data).status_code == 302
    variant = Variant.objects.get(sku="CG43-TX-0007")
    assert (variant.price, variant.mrp, variant.page.live) == (189_950, 200_000, True)
    html = owner.get(reverse("wagtailadmin_pages:edit", args=[variant.page_id])).content.decode()
    assert 'value="1899.50"' in html


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"price": "0"}, "Only a gift costs ₹0"),
        ({"price": "-1"}, "Enter an amount in rupees"),
        ({"price": "0", "mrp": "0"}, "The MRP must be more than ₹0"),
        ({"price": "2000", "mrp": "1899"}, "may not exceed the MRP"),
        ({"price": "12.345"}, "two decimals"),
        ({"weight_grams": "0"}, "greater than or equal to 1"),
        ({"sku": "A B"}, "capital letters"),
        ({"sku": "ZZZ-9"}, "belongs to Model ZZZ-9"),
    ],
)
def test_what_is_wrong_with_a_variant_is_told(owner: Client, fields: dict[str, str], text: str) -> None:
    page = make_edited_product("AAA-1", on_hand=0).page
    make_edited_product("ZZZ-9")
    variant = page.variants.get()
    answer = edit(owner, page, [row(id=variant.pk, **fields)], **whole())
    assert answer.status_code == 200
    (errors,) = answer.context["form"].formsets["variants"].errors
    assert text in " ".join(" ".join(errors.get(name, ())) for name in fields)
    assert "__all__" not in errors


def test_a_sku_twice_on_a_page_is_told(owner: Client) -> None:
    page = make_edited_product("AAA-1").page
    answer = edit(owner, page, [row(id=page.variants.get().pk), row(sku="AAA-1")])
    assert "used twice" in answer.content.decode()


def test_a_sku_with_movements_is_fixed_and_one_without_is_not(owner: Client) -> None:
    page = make_edited_product("AAA-1", on_hand=0).page
    variant = page.variants.get()
    assert edit(owner, page, [row(id=variant.pk, sku="AAA-2")]).status_code == 302
    stock.receive(variant=variant, quantity=1)
    answer = edit(owner, page, [row(id=variant.pk, sku="AAA-3")])
    assert "Stock of AAA-1 has moved" in answer.content.decode()


def test_an_editor_whose_form_does_not_know_a_new_variant_can_still_save(owner: Client) -> None:
    """Two editors: one publishes a new variant, the other saves it again from a form without its primary key."""
    page = make_edited_product("AAA-1").page
    known = row(id=page.variants.get().pk)
    assert edit(owner, page, [known, row(sku="AAA-2", option="Red")], **whole()).status_code == 302
    assert edit(owner, page, [known, row(sku="AAA-2", option="Red", price="1500")], **whole()).status_code == 302
    assert dict(Variant.objects.values_list("sku", "price")) == {"AAA-1": 189_900, "AAA-2": 150_000}


def test_a_product_is_published_with_a_variant_only(owner: Client) -> None:
    page = make_edited_product("AAA-1").page
    assert edit(owner, page, [], **whole()).status_code == 200
    assert edit(owner, page, []).status_code == 302


def test_pages_stand_where_they_belong() -> None:
    assert ProductPage.allowed_parent_page_models() == [CatalogPage]
    assert ProductPage.allowed_subpage_models() == []
    assert CatalogPage.allowed_subpage_models() == [ProductPage]
    assert CatalogPage.allowed_parent_page_models() == [HomePage]
    assert set(HomePage.creatable_subpage_models()) == {
        CatalogPage,
        CheckoutPage,
        ContactPage,
        ContentPage,
        JournalIndexPage,
    }
    make_edited_product()
    home, shop = HomePage.objects.get(), CatalogPage.objects.get()
    assert not CatalogPage.can_create_at(home)
    assert not ProductPage.can_create_at(home)
    assert ProductPage.can_create_at(shop)
    assert not HomePage.can_create_at(Page.get_first_root_node())


@pytest.mark.covers("H3")
def test_a_product_whose_stock_moved_is_kept_with_an_explanation(owner: Client) -> None:
    page = make_edited_product("AAA-1").page
    for target in (page, CatalogPage.objects.get(), HomePage.objects.get()):
        answer = owner.post(reverse("wagtailadmin_pages:delete", args=[target.pk]), follow=True)
        assert "stock of AAA-1 has moved" in answer.content.decode()
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    assert "books keep every movement" in owner.get(f"{bulk}?id={page.pk}&next=/admin/").content.decode()
    owner.post(f"{bulk}?id={page.pk}&next=/admin/")
    assert ProductPage.objects.count() == 1


def test_a_product_whose_stock_never_moved_can_be_deleted(owner: Client) -> None:
    make_edited_product("AAA-1", on_hand=0)
    shop = CatalogPage.objects.get()
    page = ProductPage.objects.get()
    assert owner.get(reverse("wagtailadmin_pages:delete", args=[page.pk])).status_code == 200
    assert Stock.objects.count() == 1
    answer = owner.post(reverse("wagtailadmin_pages:delete", args=[shop.pk]), {"confirm_site_name": ""}, follow=True)
    assert answer.status_code == 200
    assert not ProductPage.objects.exists()


@pytest.mark.covers("ED4")
def test_an_editor_copies_a_product(owner: Client) -> None:
    page = make_edited_product("AAA-1").page
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    html = owner.get(url).content.decode()
    assert ("publish_copies" in html, 'name="alias"' in html) == (False, False)
    data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": page.get_parent().pk, "publish_copies": "on"}
    assert "Give each of its variants a SKU" in owner.post(url, data, follow=True).content.decode()
    copy = ProductPage.objects.get(slug="copy")
    assert (copy.live, Variant.objects.count(), owner.get("/shop/copy/").status_code) == (False, 1, 404)
    drafted = copy.get_latest_revision_as_object().variants.get()
    assert (drafted.sku, drafted.price, drafted.pk) == ("", 189_900, None)
    assert owner.get(reverse("wagtailadmin_pages:edit", args=[copy.pk])).status_code == 200
    assert edit(owner, copy, [row(sku="AAA-2")], **whole(title="Copy", slug="copy")).status_code == 302
    assert sorted(Variant.objects.filter(page__live=True).values_list("sku", flat=True)) == ["AAA-1", "AAA-2"]


@pytest.mark.parametrize("parent", ["", "x", "999", "²"])
def test_a_copy_to_nowhere_is_told(owner: Client, parent: str) -> None:
    page = make_edited_product("AAA-1").page
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    data = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": parent}
    assert "Choose the page below" in owner.post(url, data, follow=True).content.decode()


@pytest.mark.covers("H3")
def test_a_product_that_was_ordered_moves_with_its_stock_and_address(owner: Client) -> None:
    page = make_edited_product("AAA-1").page
    other = HomePage.objects.get().add_child(instance=CatalogPage(title="Archive", slug="archive"))
    url = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, other.pk])
    assert owner.get(url).status_code == 200
    assert owner.post(url, follow=True).status_code == 200
    assert owner.get("/archive/aaa-1/").status_code == 200
    answer = owner.get("/shop/aaa-1/")
    assert (answer.status_code, answer["Location"]) == (301, "/archive/aaa-1/")
    assert stock.availability(Variant.objects.get()).quantity == 10


@pytest.mark.covers("ED4")
def test_a_renamed_product_is_found_at_its_old_address(owner: Client, django_capture_on_commit_callbacks: Any) -> None:
    page = make_edited_product("AAA-1").page
    with django_capture_on_commit_callbacks(execute=True):
        rows = [row(id=page.variants.get().pk)]
        assert edit(owner, page, rows, **whole(slug="new-name")).status_code == 302
    assert owner.get("/shop/new-name/").status_code == 200
    answer = owner.get("/shop/aaa-1/?variant=AAA-1")
    assert (answer.status_code, answer["Location"]) == (301, "/shop/new-name/")


def test_stock_is_received_and_adjusted_by_form(owner: Client) -> None:
    row_ = Stock.objects.get(variant=make_edited_product("AAA-1", on_hand=5))
    assert "AAA-1" in owner.get(reverse("stock:index"), {"q": "aaa"}).content.decode()
    assert owner.get(reverse("stock:receive", args=[row_.pk])).status_code == 200
    owner.post(reverse("stock:receive", args=[row_.pk]), {"quantity": "4", "reason": "Invoice 118"})
    owner.post(reverse("stock:adjust", args=[row_.pk]), {"quantity": "-2", "reason": "Two dropped"})
    row_.refresh_from_db()
    assert row_.on_hand == 7
    line = StockMovement.objects.latest("pk")
    assert (line.reason, str(line.user)) == ("Two dropped", "admin")
    html = owner.get(reverse("stock:inspect", args=[row_.pk])).content.decode()
    assert "Invoice 118" in html
    answer = owner.post(reverse("stock:adjust", args=[row_.pk]), {"quantity": "0", "reason": "counted"})
    assert "Zero changes nothing" in answer.content.decode()
    answer = owner.post(reverse("stock:adjust", args=[row_.pk]), {"quantity": "-9", "reason": "x"})
    assert (answer.status_code, "only 7" in answer.content.decode()) == (422, True)
    answer = owner.post(reverse("stock:receive", args=[row_.pk]), {"quantity": "0", "reason": ""})
    assert answer.status_code == 422
    assert stock.verify() == []


@pytest.mark.parametrize(("act", "quantity"), [("receive", 4), ("adjust", -2)])
def test_a_form_that_is_sent_twice_is_booked_once(act: str, quantity: int, owner: Client) -> None:
    row_ = Stock.objects.get(variant=make_edited_product("AAA-1", on_hand=5))
    url = reverse(f"stock:{act}", args=[row_.pk])
    key = re.search(r'name="key" value="([^"]+)"', owner.get(url).content.decode())
    assert key
    said = {"quantity": str(quantity), "reason": "Invoice 118", "key": key[1]}
    owner.post(url, said)
    again = owner.post(url, said, follow=True)
    assert "booked when it was sent for the first time" in again.content.decode()
    row_.refresh_from_db()
    assert row_.on_hand == 5 + quantity
    owner.post(url, {**said, "key": "another"})
    row_.refresh_from_db()
    assert row_.on_hand == 5 + 2 * quantity
    assert stock.verify() == []


def test_nobody_adds_edits_or_deletes_stock_rows(owner: Client) -> None:
    row_ = Stock.objects.get(variant=make_edited_product("AAA-1", on_hand=5))
    for name, arguments in (("add", []), ("edit", [row_.pk]), ("delete", [row_.pk])):
        answer = owner.post(reverse(f"stock:{name}", args=arguments), {"on_hand": "99"})
        assert answer.status_code in (302, 403)
    row_.refresh_from_db()
    assert row_.on_hand == 5


def test_the_stock_screen_names_the_product_and_shows_what_can_be_done(owner: Client) -> None:
    row_ = Stock.objects.get(variant=make_edited_product("AAA-1", title="City Cab"))
    for url in (reverse("stock:index"), reverse("stock:inspect", args=[row_.pk])):
        html = owner.get(url).content.decode()
        for act in ("receive", "adjust"):
            assert f'href="{reverse(f"stock:{act}", args=[row_.pk])}"' in html
    assert "City Cab (AAA-1)" in html


def test_stock_can_be_seen_without_being_changed(django_user_model: Any) -> None:
    row_ = Stock.objects.get(variant=make_edited_product("AAA-1", on_hand=5))
    viewer = person(django_user_model, "view_stock")
    html = viewer.get(reverse("stock:index")).content.decode()
    assert "AAA-1" in html
    assert "Adjust" not in html
    for act in ("receive", "adjust"):
        url = reverse(f"stock:{act}", args=[row_.pk])
        assert viewer.get(url).status_code == 302
        assert viewer.post(url, {"quantity": "5", "reason": "x"}).status_code == 302
    row_.refresh_from_db()
    assert row_.on_hand == 5


def test_strangers_and_editors_without_the_permission_see_no_stock(client: Client, django_user_model: Any) -> None:
    row_ = Stock.objects.get(variant=make_edited_product("AAA-1", on_hand=5))
    editor = person(django_user_model)
    for visitor in (client, editor):
        for url in (reverse("stock:index"), reverse("stock:receive", args=[row_.pk])):
            assert visitor.get(url).status_code == 302


def test_stock_lists_cost_the_same_for_one_and_three(owner: Client, django_assert_max_num_queries: Any) -> None:
    make_edited_product("AAA-1")
    with django_assert_max_num_queries(15):
        owner.get(reverse("stock:index"))
    for sku in ("AAA-2", "AAA-3"):
        make_edited_product(sku)
    with django_assert_max_num_queries(15):
        owner.get(reverse("stock:index"))


def test_the_stock_list_finds_what_is_short_and_is_exported(owner: Client) -> None:
    for sku, on_hand in (("AAA-1", 50), ("AAA-2", 2), ("AAA-3", 0)):
        make_edited_product(sku, on_hand=on_hand, title="=1+1")

    def listed(**parameters: str) -> list[str]:
        rows = owner.get(reverse("stock:index"), parameters).context["object_list"]
        return [each.variant.sku for each in rows]

    stock.adjust(variant=make_edited_product("AAA-4", on_hand=1), quantity=-1, reason="dropped")
    assert listed(level="low") == ["AAA-2"]
    assert listed(level="none") == ["AAA-3", "AAA-4"]
    assert listed(level="short", ordering="free") == ["AAA-4", "AAA-2"], "what never came has not run short"
    ProductPage.objects.filter(slug="aaa-1").update(live=False)
    assert listed(for_sale="false") == ["AAA-1"]
    html = owner.get(reverse("stock:index")).content.decode()
    assert ["Only 2 left" in html, "Sold out" in html] == [True, True]
    answer: Any = owner.get(reverse("stock:index"), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "AAA-2,'=1+1,2,0,2" in text


def test_labels_and_settings_are_edited(owner: Client) -> None:
    make_edited_product()
    for name in ("brand", "genre", "hsncode"):
        assert owner.get(reverse(f"wagtailsnippets_catalog_{name}:list")).status_code == 200
        assert owner.get(reverse(f"wagtailsnippets_catalog_{name}:add")).status_code == 200
    hsn = HsnCode.objects.get()
    data = {
        "code": "9503",
        "description": "Models",
        "rates": inline_formset([{"basis_points": "1800", "valid_from": "2027-04-01"}]),
    }
    url = reverse("wagtailsnippets_catalog_hsncode:edit", args=[hsn.pk])
    assert owner.post(url, nested_form_data(data)).status_code == 302
    assert GstRate.objects.filter(basis_points=1800).exists()


def test_settings_can_be_saved_where_there_are_none_yet(owner: Client) -> None:
    make_edited_product()
    site = ShopSettings.objects.get().site_id
    ShopSettings.objects.all().delete()
    url = reverse("wagtailsettings:edit", args=["catalog", "shopsettings", site])
    assert owner.get(url).status_code == 200
    data = {"shop_name": "Garage", "state": "27", "shipping_fee": "99", "free_shipping_from": ""}
    data |= {
        "shipping_grams": "5000",
        "further_fee": "40",
        "further_grams": "1000",
        "low_stock_threshold": "5",
        "return_days": "7",
    }
    assert owner.post(url, {**data, "dispatch_days": "2", "days_from": "7", "days_to": "6"}).status_code == 200
    assert owner.post(url, {**data, "dispatch_days": "2", "days_from": "3", "days_to": "6"}).status_code == 302
    saved = ShopSettings.objects.get()
    assert (saved.shop_name, saved.shipping_fee, saved.free_shipping_from) == ("Garage", 9900, None)


def test_people_who_edit_pages_need_no_more_than_that(django_user_model: Any) -> None:
    page = make_edited_product("AAA-1").page
    client = person(django_user_model)
    group = Group.objects.get(name="Some")
    for codename in ("change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=HomePage.objects.get(), permission=permission)
    answer = edit(client, page, [row(id=page.variants.get().pk, price="999")], **whole())
    assert answer.status_code == 302
    assert Variant.objects.get().price == 99_900
