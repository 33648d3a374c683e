"""The mails of messages: promised with the message, sent by the worker, tried again until they are out."""

import logging
import re

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import ShopSettings
from checkout import claims
from home.models import ContactMail, ContactMessage

logger = logging.getLogger(__name__)

ADDRESS = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+\.[^\s,;<>()]+")


def send_waiting(limit: int = 20) -> int:
    """Send what waits and return how many mails went out. Many workers share it."""
    waiting = ContactMail.objects.filter(claims.due(timezone.now()), sent_at=None).order_by("pk")
    return sum(_send(mail) for mail in claims.take_each(waiting, limit=limit))


def compose(mail: ContactMail) -> EmailMessage:
    """Build one mail. The sender's own words go to staff only: nobody can make the shop write to strangers."""
    message, shop = mail.message, ShopSettings.current()
    url = settings.SITE_URL + reverse("messages:inspect", args=[message.pk])
    to_staff = mail.reader == ContactMail.Reader.STAFF
    subject = _("%(ticket)s: %(about)s") if to_staff else _("We have your message: %(ticket)s")
    return EmailMessage(
        subject=subject % {"ticket": message.ticket, "about": message.get_subject_display()},
        body=render_to_string(f"home/emails/{mail.reader}.txt", {"message": message, "shop": shop, "url": url}),
        to=[_staff_address(message, shop) if to_staff else message.email],
        reply_to=[message.email] if to_staff else None,
        headers={"Message-ID": f"<{message.ticket}.{mail.reader}@{settings.SITE_HOST}>"},
    )


def _staff_address(message: ContactMessage, shop: ShopSettings) -> str:
    """Return who reads it: the grievance officer, where the settings name an address, else the shop."""
    officer = ADDRESS.search(shop.grievance_officer) if message.is_grievance else None
    return officer[0] if officer else shop.email or settings.DEFAULT_FROM_EMAIL


def _send(mail: ContactMail) -> bool:
    try:
        compose(mail).send()
    # A mail server fails in many ways; whichever it is, the mail stays and is tried again.
    except Exception as error:  # noqa: BLE001 (see above)
        logger.warning("Mail of message %s was not sent: %s", mail.message.ticket, type(error).__name__)
        claims.put_back(mail, last_error=f"{type(error).__name__}: {error}"[:255])
        return False
    claims.done(mail, sent_at=timezone.now(), last_error="")
    return True
