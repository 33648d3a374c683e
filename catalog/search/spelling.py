"""What a shopper may have meant by a word that the catalogue does not use: the nearest of its own names."""

from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.search.hindi import is_hindi, romanised, sound
from catalog.search.vocabulary import Vocabulary

CANDIDATES = 25


def nearest(word: str, vocabulary: Vocabulary, *, boldly: bool = False) -> str:
    """Return the name that is a typing error away, or for a word in Hindi letters one that sounds the same; "" if none.

    Boldly it goes one error farther: good enough for a suggestion, not for showing something else than was asked for.
    A number is never another number.
    """
    if is_hindi(word):
        spelled = romanised(word)
        names = [name for name in vocabulary.names if len(name) > 2 and sound(name) == sound(spelled)]
        return _first(spelled, names, vocabulary, most=len(word))
    most = _allowed(len(word)) + boldly
    if not word.isalpha() or len(word) < 3 or not most:
        return ""
    names = [name for name in vocabulary.names if len(name) > 2 and abs(len(name) - len(word)) <= most]
    return _first(word, names, vocabulary, most=most)


def _allowed(length: int) -> int:
    """Return how many errors a word may have: a letter too many, too few, another one, or two exchanged."""
    return 0 if length < 4 else 1 if length < 8 else 2


def _first(word: str, names: list[str], vocabulary: Vocabulary, *, most: int) -> str:
    """Return the name with the fewest errors, then with the same first letter, then on most products."""
    found = process.extract(word, names, scorer=OSA.distance, score_cutoff=most, limit=CANDIDATES)
    ranked = sorted((errors, name[0] != word[0], -vocabulary.names[name], name) for name, errors, _place in found)
    return ranked[0][-1] if ranked else ""
