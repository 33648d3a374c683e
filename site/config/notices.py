"""Wagtail's mails about workflows, written after the transaction instead of in it.

Wagtail sends them while it holds its transaction open, and with it, on SQLite, the lock that every buyer waits for. A
mail server that is away would undo the act besides. Here they go out once the transaction is over; an error is logged.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from wagtail import signals
from wagtail.admin.mail import (
    GroupApprovalTaskStateSubmissionEmailNotifier,
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
    WorkflowStateSubmissionEmailNotifier,
)
from wagtail.models import TaskState, WorkflowState


def after_commit(notify: Callable[..., Any]) -> Callable[..., None]:
    """Return a receiver that notifies once the transaction is over."""

    def receive(instance: Any = None, **kwargs: Any) -> None:
        transaction.on_commit(lambda: notify(instance=instance, **kwargs), robust=True)

    return receive


def register() -> None:
    """Take the places of Wagtail's own receivers: whoever connects first under a name keeps it.

    Must run before Wagtail's admin is ready.
    """
    for signal, sender, notifier, name in (
        (
            signals.task_submitted,
            TaskState,
            GroupApprovalTaskStateSubmissionEmailNotifier,
            "group_approval_task_submitted",
        ),
        (signals.workflow_submitted, WorkflowState, WorkflowStateSubmissionEmailNotifier, "workflow_state_submitted"),
        (signals.workflow_rejected, WorkflowState, WorkflowStateRejectionEmailNotifier, "workflow_state_rejected"),
        (signals.workflow_approved, WorkflowState, WorkflowStateApprovalEmailNotifier, "workflow_state_approved"),
    ):
        signal.connect(after_commit(notifier()), sender=sender, weak=False, dispatch_uid=f"{name}_email_notification")
