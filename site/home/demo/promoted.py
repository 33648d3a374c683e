"""What the demo shop recommends for words that no model answers to."""

from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import Page

from home.demo.data import read
from home.models import HomePage


def load_promotions(home: HomePage) -> None:
    """Promote the pages that are missing among the results of their words."""
    for row in read("pages.toml")["promotions"]:
        page = Page.objects.descendant_of(home).filter(slug=row["page"]).first()
        for text in row["texts"] if page else []:
            query = Query.get(text)
            SearchPromotion.objects.get_or_create(query=query, page=page, defaults={"description": row["description"]})
