"""What a product needs before people may publish it: the declarations of the law, a rate of tax, a picture.

Drafts need none of it. The editor tells it at the fields; every other way of publishing ends in `ProductPage.publish`,
which asks here again.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.log_actions import log

from catalog import shop_time, variants

if TYPE_CHECKING:
    from wagtail.models import Revision

    from catalog.models import ProductPage

logger = logging.getLogger(__name__)

SCHEDULED = "wagtail.publish.scheduled"
REFUSED = "catalog.publish_refused"
FIELDS = ("hsn", "country_of_origin", "maker_address", "go_live_at")
NO_PHOTO = "Add at least one photo that says what it shows: nobody buys what they cannot see."
NO_VARIANT = "Add a variant with SKU, price, MRP and packed weight: without one there is nothing to buy."


class NotReady(PermissionDenied):
    """A product lacks something that it needs to be published. Wagtail answers it as any act that is not allowed."""


def lacks(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the fields of a product, by field: `FIELDS` with their values.

    Legal Metrology (Packaged Commodities) Rules, 2011, rules 6(1) and 6(10), for the declarations of an online shop.
    """
    found = {}
    if text := _lack_of_tax(given.get("hsn"), _first_day(given)):
        found["hsn"] = text
    if not str(given.get("country_of_origin") or "").strip():
        found["country_of_origin"] = "Name the country of origin: the law wants it on the page."
    if not str(given.get("maker_address") or "").strip():
        found["maker_address"] = "Name who made and packed it, or who imports it, with the address: the law wants it."
    return found


def lacks_of(page: "ProductPage") -> dict[str, str]:
    """Return what a page lacks as it stands in memory, by field."""
    found = lacks({name: getattr(page, name) for name in FIELDS})
    if not is_shown(page.photos.all()):
        found["photos"] = NO_PHOTO
    if text := _lack_of_variants(page):
        found["variants"] = text
    return found


def is_shown(photos: Iterable[Any]) -> bool:
    """Return whether one of the photos has a picture and says what it shows."""
    return any(photo.image_id and photo.alt_text.strip() for photo in photos)


def refuse(revision: "Revision", *, user: Any, log_action: Any) -> bool:
    """Return True when a revision is not published because its time has come and it lacks something.

    Raises NotReady when a person publishes it. What a program publishes by itself is the program's to answer for.
    """
    if user is None and log_action != SCHEDULED:
        return False
    # What is asked of prices reads the models, which import this module.
    from catalog import approval

    page = revision.as_object()
    why = " ".join(lacks_of(page).values()) or (approval.lack(page, user) if user is not None else "")
    if not why:
        return False
    text = f"{page.title} is not published. {why}"
    if user is not None:
        raise NotReady(text)
    # An error here would keep the pages that come after it from being published, and be there again each minute.
    logger.warning(text)
    page.revisions.update(approved_go_live_at=None)
    log(instance=page, action=REFUSED, data={"reason": text}, revision=revision)
    return True


def _lack_of_variants(page: "ProductPage") -> str:
    children = list(page.variants.all())
    if not children:
        return NO_VARIANT
    found = variants.lacks(children, is_gift=bool(page.per_person_limit))
    return " ".join(f"{child.sku or child.option or 'Variant'}: {text}" for child, _name, text in found)


def _lack_of_tax(hsn: Any, day: date) -> str:
    # The rates are rows of models that import this module, so they can only be read once those are loaded.
    from catalog.tax import NoRate, rate_on

    if not hsn:
        return "Choose the HSN code: it decides the GST, and the invoice names it."
    try:
        rate_on(hsn, day)
    except NoRate as error:
        return str(error)
    return ""


def _first_day(given: Mapping[str, Any]) -> date:
    """Return the shop's day on which the page goes live."""
    return max(shop_time.day(), shop_time.day(given.get("go_live_at") or timezone.now()))
