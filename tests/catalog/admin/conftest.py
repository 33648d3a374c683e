"""Browsers of people who care for goods."""

import pytest
from django.test import Client
from wagtail.models import Page

from catalog.models import CatalogPage
from home.demo.people import _give_content
from tests.checkout.admin.people import browser_of, in_role
from tests.factories import make_shop


@pytest.fixture
def home() -> Page:
    """The home page of a small shop."""
    catalogue = CatalogPage.objects.first() or make_shop()
    found: Page = catalogue.get_parent()
    return found


@pytest.fixture
def editor(home: Page) -> Client:
    """The browser of a content editor."""
    user = in_role("editor")
    _give_content(user.groups.get(), home)
    return browser_of(user)


@pytest.fixture
def staff(home: Page) -> Client:
    """The browser of order staff, who edit no pages."""
    return browser_of(in_role("staff"))
