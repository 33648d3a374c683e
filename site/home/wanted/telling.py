"""Telling those who wait, once, as soon as pieces can be bought; and forgetting them afterwards.

Stock knows nothing of this: a job of the worker looks which requests can be answered.
"""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.cards import private
from catalog.models import ShopSettings
from checkout import outbox
from home.models import StockRequest
from home.wanted.asking import token

# Long enough to answer "why did you write to me?", and for somebody who waits to be still interested.
AFTER_THE_MAIL = timedelta(days=30)
WITHOUT_A_MAIL = timedelta(days=365)


def send_waiting(limit: int = 20) -> int:
    """Write to those whose variant can be bought now, the first who asked first, and return how many mails went out."""
    return outbox.send_waiting(answerable(), compose, limit=limit)


def answerable() -> QuerySet[StockRequest]:
    """Return the requests that wait and whose variant is for sale, seen by everybody, and has free pieces."""
    waiting = StockRequest.objects.filter(~private("variant__page__path"), sent_at=None)
    for_sale = waiting.filter(variant__is_active=True, variant__page__live=True)
    return for_sale.filter(variant__stock__on_hand__gt=F("variant__stock__reserved"))


def forget() -> int:
    """Delete requests some time after their mail, or when nothing came for a year. Returns how many were deleted."""
    now = timezone.now()
    told = StockRequest.objects.filter(sent_at__lt=now - AFTER_THE_MAIL)
    given_up = StockRequest.objects.filter(sent_at=None, created_at__lt=now - WITHOUT_A_MAIL)
    return sum(old.delete()[0] for old in (told, given_up))


def compose(wanted: StockRequest) -> EmailMessage:
    """Build the mail. Its Message-ID is the same at each try, and mail programs offer to unsubscribe (RFC 8058)."""
    variant = wanted.variant
    stop_url = settings.SITE_URL + reverse("home:wanted_stop", args=[token(wanted)])
    context = {
        "variant": variant,
        "url": f"{settings.SITE_URL}{variant.page.get_url_parts()[2]}?variant={variant.sku}",
        "stop_url": stop_url,
        "shop": ShopSettings.current(),
    }
    return EmailMessage(
        subject=_("Back again: %(title)s") % {"title": variant.title},
        body=render_to_string("home/emails/wanted.txt", context),
        to=[wanted.email],
        headers={
            "Message-ID": f"<wanted.{wanted.pk}@{settings.SITE_HOST}>",
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
