"""Stories on pages that are not the journal's own."""

from django import template

from catalog.models import ProductPage
from home import stories
from home.models import StoryPage

register = template.Library()


@register.simple_tag
def stories_about(product: ProductPage) -> list[StoryPage]:
    """Return the stories of a product or of its genre; a draft that was never saved has none."""
    return stories.stories_about(product) if product.pk else []
