"""What editors want shown first when somebody searches for certain words (Wagtail's promoted search results)."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.search.utils import normalise_query_string

from catalog.cards import private
from catalog.search.understanding import Search


@dataclass(frozen=True)
class Promotion:
    """A link that stands above the results."""

    title: str
    url: str
    text: str


def promotions(search: Search, request: HttpRequest) -> list[Promotion]:
    """Return what editors promote for a text, as it was typed or corrected, in their order. It costs one query.

    Wagtail's own template tag writes a row for whatever is searched for; a page that is read must not.
    """
    texts = {normalise_query_string(text) for text in (search.text, search.corrected) if text}
    is_public = Q(page__isnull=True) | Q(page__live=True) & ~private("page__path")
    picks = SearchPromotion.objects.filter(is_public, query__query_string__in=texts).select_related("page")
    found = [(pick.title, _url(pick, request), pick.description) for pick in picks]
    return [Promotion(title, url, text) for title, url, text in dict.fromkeys(found) if title and url]


def _url(pick: SearchPromotion, request: HttpRequest) -> str:
    if not pick.page:
        return str(pick.external_link_url)
    return pick.page.get_url(request) or ""
