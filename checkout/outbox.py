"""Outboxes: mails that are rows, promised with the fact that they tell of and sent afterwards, safe to kill.

A mail goes out at least once: who is killed between a mail server's yes and the note of it leaves the row to be sent
again, with the same Message-ID. One that cannot be sent stays, and after many tries staff are told.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.utils import timezone

from checkout import attention, claims
from checkout.models.attention import CaseKind
from checkout.models.mail import WaitingMail

logger = logging.getLogger(__name__)

Mail = TypeVar("Mail", bound=WaitingMail)


def send_waiting(
    mails: QuerySet[Mail],
    compose: Callable[[Mail], EmailMessage],
    *,
    limit: int,
    is_over: Callable[[Mail], bool] = lambda mail: False,
) -> int:
    """Send what waits among `mails` and return how many went out. Many workers share it.

    A mail of which `is_over` says that it is no longer true is dropped instead.
    """
    waiting = mails.filter(claims.due(timezone.now()), sent_at=None).order_by("pk")
    sent = 0
    for mail in claims.take_each(waiting, limit=limit):
        if is_over(mail):
            mail.delete()
        else:
            sent += _send(mail, compose)
    return sent


def _send(mail: Mail, compose: Callable[[Mail], EmailMessage]) -> bool:
    try:
        compose(mail).send()
    # A mail server fails in many ways; whichever it is, the mail stays and is tried again.
    except Exception as error:  # noqa: BLE001 (see above)
        _put_back(mail, error)
        return False
    claims.done(mail, sent_at=timezone.now(), last_error="")
    if mail.attempts > claims.MANY_ATTEMPTS:
        attention.close_stuck(mail.case_subject, "The mail was sent")
    return True


def _put_back(mail: WaitingMail, error: Exception) -> None:
    logger.warning("%s was not sent: %s", mail, type(error).__name__)
    words = f"{type(error).__name__}: {error}"
    claims.put_back(mail, last_error=words[:255])
    if mail.attempts >= claims.MANY_ATTEMPTS:
        # What a mail server answers names the address; only the case of an order is forgotten with its buyer.
        text = f"{mail} was tried {mail.attempts} times. {words if mail.order else type(error).__name__}"
        attention.open_case(CaseKind.STUCK, text, order=mail.order, subject=mail.case_subject)
