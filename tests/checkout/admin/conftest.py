"""Browsers of people in the admin."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.checkout.admin.people import browser_of, in_role
from webhooks.catching_up import RECONCILE
from webhooks.models import Heartbeat
from webhooks.pulse import WORKER


@pytest.fixture
def well(db: None) -> None:
    """The worker runs, so that nothing has stopped behind the shop."""
    for name in (WORKER, RECONCILE):
        Heartbeat.beat(name)


@pytest.fixture
def staff_user() -> User:
    """Somebody who packs and ships."""
    return in_role("staff")


@pytest.fixture
def staff(staff_user: User) -> Client:
    """The browser of that person."""
    return browser_of(staff_user)


@pytest.fixture
def owner() -> Client:
    """The browser of the owner, a superuser."""
    return browser_of(in_role("owner"))


@pytest.fixture
def viewer() -> Client:
    """The browser of somebody who may only look at orders."""
    return browser_of(in_role("viewer"))


@pytest.fixture
def editor() -> Client:
    """The browser of a content editor."""
    return browser_of(in_role("editor"))
