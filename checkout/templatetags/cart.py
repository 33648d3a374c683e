"""What every page shows of the cart: its badge, and whether the shop takes real money."""

from typing import Any

from django import template
from django.conf import settings

from checkout import cart as carts

register = template.Library()


@register.inclusion_tag("components/cart_badge.html", takes_context=True)
def cart_badge(context: dict[str, Any]) -> dict[str, int]:
    """Show how many pieces are in the cart of this browser; nothing is read where there is no cookie."""
    request = context.get("request")
    return {"count": carts.count_pieces(request) if request is not None else 0}


@register.simple_tag
def test_mode() -> bool:
    """Tell whether the shop runs with keys that move no money."""
    return not settings.RAZORPAY_KEY_ID.startswith("rzp_live_")
