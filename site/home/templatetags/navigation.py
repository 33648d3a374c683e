"""What header and footer of every page link to."""

from typing import Any

from django import template
from django.template import Context

from catalog import listing
from home.menu import Menu, read_menu

register = template.Library()


@register.simple_tag(takes_context=True)
def menu(context: Context) -> Menu:
    """Return the links of this request's site; none where there is no request."""
    request: Any = context.get("request")
    return read_menu(request) if request is not None else Menu()


@register.simple_tag
def popular_genres(limit: int = 6) -> list[tuple[str, str]]:
    """Return value and name of the genres with most models, for somebody who is lost."""
    tally = listing.tally()
    counts = tally.counts("genre")
    labels = tally.labels["genre"]
    return [(value, labels[value]) for value, _number in counts.most_common() if value in labels][:limit]
