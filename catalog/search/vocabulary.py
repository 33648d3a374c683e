"""The words that the catalogue itself uses, kept in the memory of each process until the index changes."""

import logging
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

# Whether the index can be searched at all is looked at in the same breath.
ENTRIES = "SELECT COUNT(*), MAX(indexed_at), EXISTS (SELECT {}) FROM catalog_searchentry"
VERSION = {
    "sqlite": ENTRIES.format("1 FROM catalog_searchindex WHERE 0"),
    "postgresql": ENTRIES.format("words FROM catalog_searchentry WHERE false"),
}
WORDS = "SELECT word, ndoc, {} FROM ts_stat('SELECT words FROM catalog_searchentry', '{}')"
READ = {
    "sqlite": "SELECT term, doc, col <> 'story' FROM catalog_searchword",
    "postgresql": f"{WORDS.format('false', 'abcd')} UNION ALL {WORDS.format('true', 'abc')}",
}


@dataclass(frozen=True)
class Vocabulary:
    """The words in order. Empty: there is no index to search in.

    `names` are the words of letters that say what something is, with the number of products: spelling is corrected to
    them only, since what somebody tells about a car uses every word of the language.
    """

    words: list[str] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)

    def knows(self, beginning: str) -> bool:
        """Tell whether some word begins so."""
        place = bisect_left(self.words, beginning)
        return place < len(self.words) and self.words[place].startswith(beginning)


_kept: tuple[object, Vocabulary] = (None, Vocabulary())


def current() -> Vocabulary:
    """Return the catalogue's words as of now: one narrow query, and one more after the index has changed.

    Without an index that can be read it is empty; why is logged.
    """
    global _kept  # noqa: PLW0603  # One memory for each process is the point.
    try:
        with connection.cursor() as cursor:
            cursor.execute(VERSION[connection.vendor])
            version = cursor.fetchone()
            if _kept[0] != version:
                cursor.execute(READ[connection.vendor])
                _kept = (version, _made_of(cursor.fetchall()))
    except DatabaseError:
        logger.exception("The search index cannot be read; the search looks at names only.")
        return Vocabulary()
    return _kept[1]


def _made_of(rows: list[tuple[str, int, bool]]) -> Vocabulary:
    names: dict[str, int] = defaultdict(int)
    for word, products, is_name in rows:
        if is_name and word.isalpha():
            names[word] += products
    return Vocabulary(sorted({word for word, _products, _is_name in rows}), dict(names))
