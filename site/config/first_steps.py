"""What an owner still has to do before the shop can sell: lines that turn green by themselves, read from the facts.

Looking costs one query for a line at most, and never calls anything outside the database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from catalog.cards import for_sale, in_stock
from catalog.models import ProductPage, ShopSettings
from catalog.money import rupees
from checkout.models import DeliveryZone
from webhooks.models import Heartbeat, WebhookEvent
from webhooks.pulse import SILENT_AFTER, WORKER

TEST_MAIL = "config.test_mail"
MODES = {"rzp_live": "Live keys: real money moves.", "rzp_test": "Test keys: no real money moves."}
WANTED = {
    "legal_name": "the registered seller",
    "gstin": "the GSTIN",
    "address": "the address",
    "email": "the email address",
    "grievance_officer": "the grievance officer",
}
"""What invoices and the law want of the settings (Consumer Protection (E-Commerce) Rules, 2020, rule 5)."""


@dataclass(frozen=True)
class Step:
    """One line: what it is about, whether it is done, what that means, and where it is mended."""

    name: str
    title: str
    is_done: bool
    text: str
    url: str
    link: str


def all_steps(shop: ShopSettings) -> list[Step]:
    """Look at everything now."""
    return [keys(), webhook(), mail(), worker(), details(shop), delivery(shop), product(), people()]


def keys() -> Step:
    """Whether the shop has Razorpay's keys, and which."""
    names = ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET")
    missing = [name for name in names if not getattr(settings, name)]
    if not settings.RAZORPAY_WEBHOOK_SECRETS:
        missing.append("RAZORPAY_WEBHOOK_SECRET")
    mode = MODES.get(settings.RAZORPAY_KEY_ID[:8], "The key id is none of Razorpay's.")
    text = f"{mode} The shop asks {urlsplit(settings.RAZORPAY_API_URL).hostname}."
    if missing:
        text = f"{_listed(missing)} must be set where the shop is deployed; then it is started again."
    return Step("keys", "Razorpay's keys", not missing, text, reverse("razorpay_connection"), "Test the key")


def webhook() -> Step:
    """Whether a signed message has ever come in by the public address."""
    is_done = WebhookEvent.objects.exists()
    text = (
        "Signed messages reach the shop." if is_done else f"Nothing signed has come in yet through {settings.SITE_URL}."
    )
    return Step("webhook", "Webhooks", is_done, text, reverse("razorpay_connection"), "Test the webhook")


def mail() -> Step:
    """Whether the mail server that is set now has taken a test mail."""
    entry = ModelLogEntry.objects.filter(action=TEST_MAIL).order_by("-timestamp").select_related("user").first()
    is_done = bool(entry and entry.data.get("server") == mail_server())
    if is_done:
        text = f"{entry.user_display_name} sent a test mail on {timezone.localtime(entry.timestamp):%-d %B %Y}."
    elif is_printed():
        text = "Mail is printed to the log instead of being sent: EMAIL_URL is not set."
    else:
        text = "Send yourself a test mail, and look whether it arrives."
    return Step("mail", "Mail", is_done, text, f"{reverse('first_steps')}#test-mail", "Send a test mail")


def worker() -> Step:
    """Whether the worker has been heard of lately."""
    is_done = Heartbeat.objects.filter(name=WORKER, at__gte=timezone.now() - SILENT_AFTER).exists()
    text = (
        "It runs: mail goes out, and lost payments are looked for."
        if is_done
        else "Start manage.py worker, and keep it."
    )
    return Step("worker", "The worker", is_done, text, f"{reverse('first_steps')}#start-worker", "How it is started")


def details(shop: ShopSettings) -> Step:
    """Whether the settings say who sells."""
    missing = [words for name, words in WANTED.items() if not getattr(shop, name)]
    text = f"Enter {_listed(missing)}." if missing else f"{shop.legal_name} sells, GSTIN {shop.gstin}."
    url = reverse("wagtailsettings:edit", args=["catalog", "shopsettings"])
    return Step("details", "Who sells", not missing, text, url, "Shop settings")


def delivery(shop: ShopSettings) -> Step:
    """Whether somebody has said what delivery costs: in zones, or by saving one fee for all of India."""
    zones = DeliveryZone.objects.count()
    fee = f"{rupees(shop.shipping_fee)} to every place that no zone names."
    text = f"{zones} zone{'s' if zones > 1 else ''}, and {fee}" if zones else fee
    is_done = bool(zones or shop.pk)
    if not is_done:
        text = "Nobody has said yet what delivery costs."
    return Step("delivery", "Delivery", is_done, text, reverse("zones:list"), "Delivery zones")


def product() -> Step:
    """Whether there is something to buy."""
    if for_sale().filter(in_stock()).exists():
        return Step("product", "Products", True, "There is something to buy.", reverse("products:index"), "Products")
    if ProductPage.objects.live().exists():
        text = "What is published has no stock: receive the pieces that you have."
        return Step("product", "Products", False, text, reverse("stock:index"), "Stock")
    text = "Publish the first product, and receive its pieces."
    return Step("product", "Products", False, text, reverse("products:index"), "Products")


def people() -> Step:
    """Whether somebody works here by a role, and not as superuser."""
    backend = "django.contrib.auth.backends.ModelBackend"
    able = User.objects.with_perm("wagtailadmin.access_admin", include_superusers=False, backend=backend)
    found = able.filter(is_superuser=False).count()
    text = (
        f"{found} with a role." if found else "Make an account with a role for everybody who works here, you included."
    )
    return Step("people", "People", bool(found), text, reverse("wagtailusers_users:index"), "Users")


def mail_server() -> str:
    """Return which server a mail would go to now."""
    return f"{settings.EMAIL_BACKEND} {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


def is_printed() -> bool:
    """Return whether mail goes to a terminal instead of to people."""
    return bool(settings.EMAIL_BACKEND.endswith("console.EmailBackend"))


def decided_by_deployment() -> Iterator[tuple[str, str, str]]:
    """Yield what the environment decides: what it is, the value, the variable. No secret is among it."""
    yield (
        "Usually an unpaid order holds its models for",
        f"{settings.RESERVATION_MINUTES} minutes",
        "RESERVATION_MINUTES",
    )
    limits = "kept" if settings.RATELIMIT_ENABLE else "lifted, for load tests"
    yield "Limits and throttles are", limits, "RATELIMIT_ENABLE"
    yield "The shop's address", settings.SITE_URL, "SITE_URL"
    yield "Mail comes from", settings.DEFAULT_FROM_EMAIL, "DEFAULT_FROM_EMAIL"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
