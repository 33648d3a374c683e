"""What delivery costs and when it arrives, by PIN code and weight. Reads only; weights are grams, money is paise."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from catalog import shop_time
from catalog.days import span
from catalog.models import ShopSettings
from catalog.money import rupees
from checkout.models import DeliveryZone

PIN = re.compile(r"[1-9][0-9]{5}")
SUNDAY = 6


@dataclass(frozen=True)
class Quote:
    """Fee and dates of one parcel. Without a PIN code it is the usual fee, and nothing is promised.

    `refusal` tells a shopper that the shop does not deliver there; then the fee is the usual one too.
    """

    fee: int
    postcode: str = ""
    first: date | None = None
    last: date | None = None
    refusal: str = ""

    @property
    def label(self) -> str:
        """What the fee is for."""
        if self.postcode:
            return _("Delivery to %(pin)s") % {"pin": self.postcode}
        return _("Delivery to most PIN codes")

    @property
    def cost(self) -> str:
        """The fee in words."""
        return rupees(self.fee) if self.fee else _("Free")

    @property
    def costs(self) -> str:
        """The fee in words, as the beginning of a sentence."""
        if not self.fee:
            return _("%(delivery)s is free") % {"delivery": self.label}
        return _("%(delivery)s costs %(fee)s") % {"delivery": self.label, "fee": rupees(self.fee)}

    @property
    def promise(self) -> str:
        """When it arrives: "Delivered 14–17 Oct to 560001"; empty without a PIN code."""
        if not self.postcode:
            return ""
        return _("Delivered %(dates)s to %(pin)s") % {"dates": span(self.first, self.last), "pin": self.postcode}

    @property
    def sentence(self) -> str:
        """Dates and fee in a sentence."""
        if not self.promise:
            return f"{self.costs}."
        if not self.fee:
            return _("%(promise)s, free.") % {"promise": self.promise}
        return _("%(promise)s for %(fee)s.") % {"promise": self.promise, "fee": rupees(self.fee)}


def quote(postcode: str, *, grams: int, subtotal: int, shop: ShopSettings, day: date | None = None) -> Quote:
    """Return what a parcel costs that is ordered on `day`, today unless it is told, and when it arrives.

    An empty PIN code, or one that the shop does not deliver to, is answered with the usual fee.
    """
    named = find_zone(postcode, DeliveryZone.objects.all()) if postcode else None
    is_closed = named is not None and not named.delivers
    zone = rest_of_india(shop) if named is None or is_closed else named
    amount = fee(zone, grams=grams, subtotal=subtotal, free_from=shop.free_shipping_from)
    if is_closed:
        refusal = _("We do not deliver to %(pin)s (%(zone)s).") % {"pin": postcode, "zone": named}
        return Quote(amount, refusal=refusal)
    if not postcode:
        return Quote(amount)
    first, last = window(zone, day=day or shop_time.day(), dispatch_days=shop.dispatch_days)
    return Quote(amount, postcode, first, last)


def find_zone(postcode: str, zones: Iterable[DeliveryZone]) -> DeliveryZone | None:
    """Return the zone whose prefix fits best, or None for the rest of India."""
    fitting = [(len(start), zone) for zone in zones for start in zone.starts if postcode.startswith(start)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def rest_of_india(shop: ShopSettings) -> DeliveryZone:
    """Return what the shop's settings say of every PIN code that no zone names."""
    return DeliveryZone(
        first_fee=shop.shipping_fee,
        first_grams=shop.shipping_grams,
        further_fee=shop.further_fee,
        further_grams=shop.further_grams,
        days_from=shop.days_from,
        days_to=shop.days_to,
    )


def fee(zone: DeliveryZone, *, grams: int, subtotal: int, free_from: int | None) -> int:
    """Return the fee: one for the first grams and one for each further lot begun, or 0 from an amount on."""
    if free_from is not None and subtotal >= free_from:
        return 0
    further = -(-max(grams - zone.first_grams, 0) // zone.further_grams)
    return int(zone.first_fee + further * zone.further_fee)


def window(zone: DeliveryZone, *, day: date, dispatch_days: int) -> tuple[date, date]:
    """Return the first and the last day on which what is ordered on `day` arrives."""
    return (
        working_days_after(day, dispatch_days + zone.days_from),
        working_days_after(day, dispatch_days + zone.days_to),
    )


def working_days_after(day: date, count: int) -> date:
    """Return the day that is so many working days later: Monday to Saturday; on a Sunday nothing leaves or arrives."""
    while count or day.weekday() == SUNDAY:
        day += timedelta(days=1)
        count -= count > 0 and day.weekday() != SUNDAY
    return day
