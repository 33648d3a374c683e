"""Wagtail's bar on the shop's pages: for who came in by the door of staff, and nothing of it for anybody else."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from accounts.bar import COOKIE
from tests.checkout.admin.people import browser_of, in_role
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BAR = b"<wagtail-userbar>"


def test_an_editor_finds_the_way_from_a_page_to_its_editor() -> None:
    page = make_product("AAA-1").page
    owner = browser_of(in_role("owner"))
    assert owner.get("/admin/").status_code == 200
    html = owner.get(page.url).content
    assert BAR in html
    assert f"/admin/pages/{page.pk}/edit/".encode() in html


def test_shoppers_get_no_byte_more() -> None:
    page = make_product("AAA-1").page
    shopper = Client()
    shopper.force_login(User.objects.create_user("asha", "asha@example.in"), backend=settings.SHOPPER_BACKEND)
    pretender = Client()
    pretender.cookies[COOKIE] = "1"
    for browser in (Client(), shopper, pretender):
        for url in (page.url, "/shop/", "/"):
            html = browser.get(url).content
            assert b"userbar" not in html
            assert html.endswith(b"\n        \n    </body>\n</html>\n")


def test_who_may_not_enter_the_admin_sees_no_bar() -> None:
    page = make_product("AAA-1").page
    nobody = User.objects.create_user("nobody", "nobody@example.in")
    browser = Client()
    browser.cookies[COOKIE] = "1"
    browser.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    assert BAR not in browser.get(page.url).content
