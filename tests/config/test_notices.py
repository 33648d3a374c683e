"""Mails about workflows go out after the transaction, and a mail server that is away undoes nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from wagtail.models import WorkflowState

from catalog import approval
from catalog.models import ProductPage
from home.demo import people
from tests.catalog.whole import make_whole
from tests.checkout.admin.people import in_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def cab() -> ProductPage:
    """A product whose workflow asks the owners."""
    found = make_whole("AAA-1")
    in_role("owner").groups.add(Group.objects.get_or_create(name="Owners")[0])
    people._load_workflow(found.get_parent().get_parent())
    return found


def test_nobody_is_written_to_before_it_is_true(
    cab: ProductPage, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    editor: Any = in_role("editor")
    with django_capture_on_commit_callbacks() as callbacks:
        assert approval.submit(cab.pk, editor)
        assert mail.outbox == []
    for callback in callbacks:
        callback()
    assert {address for message in mail.outbox for address in message.to} == {"owner@shop.example"}


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_nobody_knows_undoes_nothing(cab: ProductPage, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", "no port"
    editor: Any = in_role("editor")
    assert approval.submit(cab.pk, editor)
    assert not connection.in_atomic_block
    state = WorkflowState.objects.get()
    state.current_task_state.approve(user=User.objects.get(username="owner"))
    state.refresh_from_db()
    assert state.status == WorkflowState.STATUS_APPROVED
