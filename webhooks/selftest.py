"""The owner's question "does it work?": a webhook that the shop sends itself from outside, and a call with the API key.

It shows what no system check can: that the public address leads to this shop's database, that the processes which serve
know the secret, and that Razorpay accepts the key.
"""

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.urls import reverse

from checkout import gateway
from checkout.gateway import GatewayError
from checkout.transport import within
from webhooks.models import WebhookEvent

PING = "shop.ping"
# Razorpay waits five seconds for an answer (https://razorpay.com/docs/webhooks/best-practices/).
PATIENCE = (3.05, 5.0)
API_PATIENCE = 4.0
WRONG_ADDRESS = "Correct SITE_URL, or what stands between the Internet and the shop."
ANSWERS = {
    400: "The shop refused the signature: the processes that serve have another RAZORPAY_WEBHOOK_SECRET. Restart them.",
    401: "Something in front of the shop asks for a password. Let this address through without one.",
    403: "Something in front of the shop, a firewall or a bot filter, closed this address. Let Razorpay through.",
    404: f"There is no such page at that address. {WRONG_ADDRESS}",
    429: "The shop was asked too often. Wait a minute and try again.",
}


@dataclass(frozen=True)
class Finding:
    """What a test found, in words for the owner; never a secret."""

    is_good: bool
    title: str
    text: str


def webhook_url() -> str:
    """Return the address to give to Razorpay."""
    return f"{settings.SITE_URL}{reverse('webhooks:razorpay')}"


def last_from_razorpay() -> WebhookEvent | None:
    """Return the last event that was not one of these tests."""
    return WebhookEvent.objects.exclude(event=PING).defer("raw").order_by("pk").last()


def run() -> list[Finding]:
    """Test both ways, in less than twenty seconds. No transaction may be open."""
    return [check_webhook(), check_key()]


def check_webhook() -> Finding:
    """Sign a harmless event, post it through the public address, and look for it in the inbox."""
    if not settings.RAZORPAY_WEBHOOK_SECRETS:
        return _bad_webhook("RAZORPAY_WEBHOOK_SECRET is not set: no message from Razorpay can be believed.")
    ping = {
        "entity": "event",
        "event": PING,
        "payload": {},
        "nonce": secrets.token_hex(16),
        "created_at": int(time.time()),
    }
    body = json.dumps(ping).encode()
    signature = hmac.new(settings.RAZORPAY_WEBHOOK_SECRETS[0].encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Razorpay-Signature": signature}
    try:
        with requests.post(
            webhook_url(), data=body, headers=headers, timeout=PATIENCE, allow_redirects=False, stream=True
        ) as response:
            status, target = response.status_code, response.headers.get("Location", "")
    except requests.RequestException as error:
        return _bad_webhook(_why_unreachable(error))
    if status != 200:
        return _bad_webhook(_why_refused(status, target))
    if not WebhookEvent.objects.filter(body_sha256=hashlib.sha256(body).hexdigest()).exists():
        return _bad_webhook(f"Something answered, but the message did not reach this shop's database. {WRONG_ADDRESS}")
    text = "A signed message went out to the shop's public address and came back into its inbox."
    return Finding(True, "Webhooks get through", text)


def check_key() -> Finding:
    """Ask Razorpay for one order with the API key."""
    title = "The API key does not work"
    try:
        with within(API_PATIENCE):
            gateway.check_key()
    except GatewayError as error:
        if error.status == 401:
            text = (
                "Razorpay does not know this key id with this secret. Copy both from one key of Razorpay's dashboard."
            )
            return Finding(False, title, text)
        if error.status == 0:
            text = f"{_host(settings.RAZORPAY_API_URL)} did not answer within {API_PATIENCE:.0f} seconds."
            return Finding(False, "Razorpay cannot be reached", text)
        return Finding(False, title, f"{error}.")
    text = f"{_host(settings.RAZORPAY_API_URL)} accepts the key {settings.RAZORPAY_KEY_ID}."
    return Finding(True, "The API key works", text)


def _bad_webhook(text: str) -> Finding:
    return Finding(False, "Webhooks do not get through", text)


def _why_unreachable(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "The certificate of the shop's address is not valid, so Razorpay will not talk to it either."
    if isinstance(error, requests.Timeout):
        return "The shop's address did not answer within five seconds, which is as long as Razorpay waits."
    return (
        "Nothing answers at the shop's address. If you can open the shop in a browser, its network may only keep the "
        "server from calling itself: then send a test event from Razorpay's dashboard."
    )


def _why_refused(status: int, target: str) -> str:
    if 300 <= status < 400:
        return (
            f"The address leads on to {_host(target) or 'another page'}, and Razorpay does not follow. {WRONG_ADDRESS}"
        )
    return ANSWERS.get(status, f"The shop's address answered {status} instead of 200. {WRONG_ADDRESS}")


def _host(url: str) -> str:
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}" if address.netloc else ""
