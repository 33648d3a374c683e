"""What shoppers search for, so that editors learn what is missing: Wagtail's rows, and ours for what was in vain."""

import re

from django.db import transaction
from django.db.models import F
from wagtail.contrib.search_promotions.models import Query, QueryDailyHits
from wagtail.search.utils import normalise_query_string

from catalog import shop_time
from catalog.cards import for_sale
from catalog.models.search import EmptySearch
from catalog.query import ListingQuery
from catalog.search.understanding import understand

MOST_A_DAY = 5000
"""Different texts that are remembered of one day: nobody fills the database with inventions."""
PRIVATE = re.compile(r"@|(?:\d[ -]?){8,}")
"""Addresses of email, and digits enough for a telephone or a card."""


def note(parameters: ListingQuery) -> bool:
    """Count that somebody searched for a text today, and whether it was in vain; return False when it is not kept."""
    text = normalise_query_string(parameters.text)
    search = understand(text)
    if not search.words or PRIVATE.search(text):
        return False
    is_empty = not for_sale().filter(search.condition()).exists()
    today = shop_time.day()
    with transaction.atomic():
        is_known = Query.objects.filter(query_string=text).exists()
        if not is_known and QueryDailyHits.objects.filter(date=today).count() >= MOST_A_DAY:
            return False
        query = Query.get(text)
        query.add_hit(date=today)
        if is_empty:
            row, _ = EmptySearch.objects.get_or_create(query=query, date=today)
            EmptySearch.objects.filter(pk=row.pk).update(times=F("times") + 1)
    return True


def forget() -> None:
    """Forget what is older than WAGTAILSEARCH_HITS_MAX_AGE days. For the worker."""
    QueryDailyHits.garbage_collect()
    Query.garbage_collect()
