"""What a searched text asks for: its words, corrected where that is safe, and the products that answer to them."""

from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import Case, Exists, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL

from catalog.cards import active_variants
from catalog.search import spelling, vocabulary
from catalog.search.vocabulary import Vocabulary
from catalog.search.words import respelled, split

MAX_WORDS = 8
IDLE_WORDS = "a an and at by for from in of on or the to with का की के में और"
IDLE = frozenset(IDLE_WORDS.split())
"""Words that say nothing beside others."""
EVERYWHERE = ("name", "labels", "details", "story")
"""The parts of an entry, in the order of their weight."""
WEIGHTS = dict(zip(EVERYWHERE, "ABCD", strict=True))
SQLITE = "SELECT rowid FROM catalog_searchindex WHERE catalog_searchindex MATCH %s"
POSTGRESQL = "SELECT page_id FROM catalog_searchentry WHERE words @@ %s::tsquery"


@dataclass(frozen=True)
class Search:
    """A text as the shop understands it.

    `words` are searched for, all of them. `changes` tells which words were taken for misspelled and how they are read.
    """

    text: str
    words: tuple[str, ...]
    changes: dict[str, str]
    vocabulary: Vocabulary

    @property
    def corrected(self) -> str:
        """The text with the words that are searched for instead, "" when nothing was corrected."""
        return respelled(self.text, self.changes) if self.changes else ""

    @cached_property
    def suggestion(self) -> str:
        """A bolder reading of a text that found nothing, "" when there is none."""
        bold = {word: self._boldly(word) for word in self.words if not self._is_known(word)}
        changes = {**self.changes, **{word: better for word, better in bold.items() if better}}
        return respelled(self.text, changes) if any(bold.values()) else ""

    @property
    def alone(self) -> list[str]:
        """The words of a text of several that find something alone."""
        return [word for word in self.words if len(self.words) > 1 and self._is_known(word)]

    def condition(self) -> Q:
        """Return the condition that a product answers to every word, in whatever part of its entry."""
        if not self.words:
            return Q(pk__in=[])
        if not self.vocabulary.words:
            return self._in_names()
        return Q(pk__in=_matching(self.words, EVERYWHERE))

    def closeness(self) -> Case | Value:
        """Return how close a product is, from 0 for the closest: first those that the words name, then as in `WEIGHTS`.

        Within one step the listing's own order decides. Both databases say the same, as no formula is theirs.
        """
        if not self.words or not self.vocabulary.words:
            return Value(0)
        steps = [_matching(self.words, EVERYWHERE[:1], whole=True)]
        steps += [_matching(self.words, EVERYWHERE[:number]) for number in (1, 2, 3)]
        cases = [When(pk__in=step, then=Value(place)) for place, step in enumerate(steps)]
        return Case(*cases, default=Value(len(steps)), output_field=IntegerField())

    def _in_names(self) -> Q:
        """Return the condition for a shop whose index is not there: slower, and it forgives nothing."""
        found = Q()
        for word in self.text.split()[:MAX_WORDS]:
            names = Q(title__icontains=word) | Q(brand__name__icontains=word) | Q(genre__name__icontains=word)
            found &= names | Q(Exists(active_variants().filter(sku__icontains=word)))
        return found

    def _is_known(self, word: str) -> bool:
        return self.vocabulary.knows(beginning(word))

    def _boldly(self, word: str) -> str:
        return spelling.nearest(word, self.vocabulary, boldly=True)


def understand(text: str) -> Search:
    """Return what a text asks for. It costs one query, none when the text has no words."""
    typed = list(dict.fromkeys(split(text)))
    telling = [word for word in typed if word not in IDLE] or typed
    words = tuple(telling[:MAX_WORDS])
    known = vocabulary.current() if words else Vocabulary()
    changes = {}
    for word in words:
        if known.words and not known.knows(beginning(word)):
            changes[word] = spelling.nearest(word, known)
    changes = {word: better for word, better in changes.items() if better}
    return Search(text, tuple(changes.get(word, word) for word in words), changes, known)


def beginning(word: str) -> str:
    """Return the beginning that a word of the catalogue must have: trucks finds a truck."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _matching(words: tuple[str, ...], parts: tuple[str, ...], *, whole: bool = False) -> RawSQL:
    """Return the keys of the entries in whose `parts` every word stands, as a beginning or as a `whole` word.

    Words hold letters, digits and signs of letters only, so nothing in them means anything to either database.
    """
    if connection.vendor == "sqlite":
        found = " AND ".join(f'"{word}"' if whole else f'"{beginning(word)}" *' for word in words)
        return RawSQL(SQLITE, [f"{{{' '.join(parts)}}} : ({found})"])  # noqa: S611  # Words are parameters.
    weights = "".join(WEIGHTS[part] for part in parts)
    found = " & ".join(f"'{word}':{weights}" if whole else f"'{beginning(word)}':*{weights}" for word in words)
    return RawSQL(POSTGRESQL, [found])  # noqa: S611  # The same.
