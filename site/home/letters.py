"""The mails of messages: promised with the message, sent by the worker, tried again until they are out."""

import re

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import ShopSettings
from checkout import outbox
from home.models import ContactMail, ContactMessage

ADDRESS = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+\.[^\s,;<>()]+")


def send_waiting(limit: int = 20) -> int:
    """Send what waits and return how many mails went out. Many workers share it."""
    return outbox.send_waiting(ContactMail.objects.all(), compose, limit=limit)


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
