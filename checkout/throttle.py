"""How often one visitor may do what costs the shop something.

Counted in Redis when CACHE_URL names one, and in the memory of each process otherwise. RATELIMIT_ENABLE=False lifts
every limit here. None of them stands between a payment and the shop: what Razorpay signed always gets through.
"""

import ipaddress
import logging
import math
import time
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

logger = logging.getLogger(__name__)

# India's mobile networks put hundreds of people behind one address, so a single visitor is nowhere near these numbers.
CART = RateLimitItemPerMinute(600, 1, "cart")
DELIVERY = RateLimitItemPerMinute(600, 1, "delivery")
CHECKOUT = RateLimitItemPerMinute(600, 10, "checkout")
CHECKOUT_OF_CART = RateLimitItemPerMinute(20, 10, "checkout-of-cart")
ORDERS = RateLimitItemPerHour(200, 1, "orders")
MACHINES = RateLimitItemPerMinute(60, 1, "machines")
PAPERS = RateLimitItemPerMinute(120, 1, "papers")
FIND_ORDER = RateLimitItemPerMinute(60, 10, "find-order")
FIND_ORDER_OF_BUYER = RateLimitItemPerHour(6, 1, "find-order-of-buyer")
BAD_COUPON = RateLimitItemPerMinute(60, 10, "bad-coupon")
BAD_PAYMENT = RateLimitItemPerMinute(300, 10, "bad-payment")
BAD_PAYMENT_OF_ORDER = RateLimitItemPerMinute(60, 10, "bad-payment-of-order")
BAD_WEBHOOK = RateLimitItemPerMinute(1200, 1, "bad-webhook")
SELF_TEST = RateLimitItemPerMinute(6, 1, "self-test")

# Whoever comes from a proxy on a Unix socket that names nobody: all of them are one.
NOBODY = "0.0.0.0"  # noqa: S104 - nothing is bound to it.
MEMORY = "memory://"
# A Redis that does not answer within a second must not keep a shopper waiting.
REDIS_TIMEOUTS = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}


def client_address(request: HttpRequest) -> str:
    """Return the address that a request came from: of IPv6 the network of 64 bits, which is what one household gets.

    Behind a proxy it is what the proxy itself wrote, the last part of X-Forwarded-For; the parts before it, and without
    a proxy the whole header, are the client's own words.
    """
    remote = request.META.get("REMOTE_ADDR", "")
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    for text in (hops.rpartition(",")[2], remote):
        if (found := _address(text.strip())) is not None:
            return found
    return NOBODY


def wait(limit: RateLimitItem, *who: str, count: bool = True, at_home: bool = False) -> int:
    """Count one more try of `who` and return 0, or return in how many seconds the next one is allowed.

    `count=False` only looks. `at_home=True` counts in this process and asks no Redis.
    """
    if not settings.RATELIMIT_ENABLE:
        return 0
    url = MEMORY if at_home else _shared_url()
    try:
        return _wait(url, limit, who, count)
    except (StorageError, ConfigurationError) as error:
        logger.warning("Throttles are counted in memory: %s", error)
        return _wait(MEMORY, limit, who, count)


def text(seconds: int) -> str:
    """Return what a visitor who tried too often is told."""
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "That was too often in a short time. Please wait a minute and try again.",
        "That was too often in a short time. Please wait %(minutes)d minutes and try again.",
        minutes,
    ) % {"minutes": minutes}


def forget() -> None:
    """Forget what this process has counted."""
    _limiter(MEMORY).storage.reset()


def _wait(url: str, limit: RateLimitItem, who: tuple[str, ...], count: bool) -> int:
    limiter = _limiter(url)
    is_allowed = limiter.hit(limit, *who) if count else limiter.test(limit, *who)
    if is_allowed:
        return 0
    return max(1, math.ceil(limiter.get_window_stats(limit, *who).reset_time - time.time()))


@cache
def _limiter(url: str) -> MovingWindowRateLimiter:
    options = {} if url == MEMORY else REDIS_TIMEOUTS
    return MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True, **options))


def _shared_url() -> str:
    place = settings.CACHES["default"].get("LOCATION", "")
    return place if isinstance(place, str) and place.startswith(("redis://", "rediss://")) else MEMORY


def _address(text: str) -> str | None:
    """Return an address, also one that a proxy wrote with a port, or None."""
    host = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)
