"""The shop's own data for templates."""

from typing import Any

from django import template
from django.template import Context

from catalog.models import ShopSettings

register = template.Library()


@register.simple_tag(takes_context=True)
def shop_settings(context: Context) -> ShopSettings:
    """Return the shop's settings, read once for each request; those of the default site where there is no request."""
    request: Any = context.get("request")
    if request is None:
        return ShopSettings.current()
    found: ShopSettings = ShopSettings.for_request(request)
    return found
