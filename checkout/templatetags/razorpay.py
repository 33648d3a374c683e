"""Ids of Razorpay in the admin."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from checkout.templatetags.cart import test_mode

register = template.Library()
DASHBOARD = "https://dashboard.razorpay.com/app"
PLACES = {"pay": "payments", "order": "orders", "rfnd": "refunds", "disp": "disputes"}


@register.simple_tag
def razorpay_id(found: str) -> SafeString:
    """Show an id; in live mode as a link to Razorpay's dashboard, where pretend money cannot be looked at."""
    place = PLACES.get(str(found).partition("_")[0])
    if test_mode() or not place:
        return format_html('<span class="shop-id">{}</span>', found)
    url = f"{DASHBOARD}/{place}/{found}"
    return format_html('<a class="shop-id" href="{}" rel="noreferrer">{}</a>', url, found)
