"""Telling the shop that few pieces of a variant are left: once, until there have been more again.

Stock knows nothing of this: a job of the worker compares it with what it has told already.
"""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from catalog.availability import availability, few
from catalog.models import ShopSettings, StockMovement, Variant
from checkout import outbox
from home.models import Shortage, ShortageMail


def watch(limit: int = 20) -> int:
    """Note what has run short or is there again, send what is to be told, and return how many mails went out."""
    shop = ShopSettings.current()
    forget_what_is_back(shop)
    if shop.stock_alerts_to:
        note(shop)
    return outbox.send_waiting(ShortageMail.objects.all(), compose, limit=limit, is_over=is_over)


def short(shop: ShopSettings) -> QuerySet[Variant]:
    """Return the variants that shoppers can see and of which few are left. What never had stock has not run short."""
    moved = StockMovement.objects.filter(stock__variant=OuterRef("pk"))
    seen = Variant.objects.filter(Exists(moved), is_active=True, page__live=True)
    found: QuerySet[Variant] = seen.filter(stock__on_hand__lte=F("stock__reserved") + few(shop.low_stock_threshold))
    return found


def forget_what_is_back(shop: ShopSettings) -> None:
    """Delete the notes of variants that are not short any more."""
    Shortage.objects.exclude(variant__in=short(shop).values("pk")).delete()


@transaction.atomic
def note(shop: ShopSettings) -> None:
    """Promise a mail of what ran short since the last time. Of two workers one gets each variant, by its unique row."""
    fresh = list(short(shop).filter(shortage=None).values_list("pk", flat=True))
    if fresh:
        mail = ShortageMail.objects.create()
        rows = [Shortage(variant_id=variant, mail=mail) for variant in sorted(fresh)]
        Shortage.objects.bulk_create(rows, ignore_conflicts=True)


def is_over(mail: ShortageMail) -> bool:
    """Return whether nothing of it is short any more, or nobody wants to read it."""
    return not (mail.shortages.exists() and ShopSettings.current().stock_alerts_to)


def compose(mail: ShortageMail) -> EmailMessage:
    """Build the mail, with what is left now."""
    shop = ShopSettings.current()
    variants = Variant.objects.filter(shortage__mail=mail).select_related("page", "stock").order_by("sku")
    lines = [(variant, availability(variant, threshold=shop.low_stock_threshold)) for variant in variants]
    subject = ngettext("Few left: %(first)s", "Few left: %(first)s and %(more)d more", len(lines))
    context = {"lines": lines, "shop": shop, "url": settings.SITE_URL + reverse("stock:index") + "?level=short"}
    return EmailMessage(
        subject=subject % {"first": lines[0][0].title, "more": len(lines) - 1},
        body=render_to_string("home/emails/shortage.txt", context),
        to=[shop.stock_alerts_to],
        headers={"Message-ID": f"<shortage.{mail.pk}@{settings.SITE_HOST}>"},
    )
