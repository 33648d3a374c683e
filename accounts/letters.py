"""The mails of accounts: written in the request, sent by the worker, so that nobody waits for a mail server."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import Letter
from catalog.models import ShopSettings
from checkout import claims

logger = logging.getLogger(__name__)

# A code is good for as long as the form that asks for it.
CODE_IS_GOOD = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
NEWS_IS_GOOD = timedelta(days=3)


def promise(*, to: str, template: str, context: dict[str, Any]) -> None:
    """Write the letter of `<template>_subject.txt` and `<template>_message.txt`; the worker sends it."""
    told = {
        **context,
        "shop": ShopSettings.current(),
        "account_url": settings.SITE_URL + reverse("accounts:orders"),
        "minutes": int(CODE_IS_GOOD.total_seconds()) // 60,
    }
    Letter.objects.create(
        to=to,
        subject=" ".join(render_to_string(f"{template}_subject.txt", told).split())[:200],
        text=render_to_string(f"{template}_message.txt", told).strip() + "\n",
        good_until=timezone.now() + (CODE_IS_GOOD if "code" in context else NEWS_IS_GOOD),
    )


def send_waiting(limit: int = 50) -> int:
    """Send what waits and return how many mails went out. Many workers share it."""
    now = timezone.now()
    Letter.objects.filter(good_until__lt=now).delete()
    waiting = Letter.objects.filter(claims.due(now)).order_by("pk")
    return sum(_send(letter) for letter in claims.take_each(waiting, limit=limit))


def _send(letter: Letter) -> bool:
    stamp = f"account.{letter.pk}.{int(letter.created_at.timestamp())}"
    headers = {"Message-ID": f"<{stamp}@{settings.SITE_HOST}>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject=letter.subject, body=letter.text, to=[letter.to], headers=headers).send()
    # A mail server fails in many ways; whichever it is, the letter stays and is tried again.
    except Exception as error:  # noqa: BLE001 (see above)
        logger.warning("Letter %s was not sent: %s", letter.pk, type(error).__name__)
        claims.put_back(letter, last_error=f"{type(error).__name__}: {error}"[:255])
        return False
    letter.delete()
    return True
