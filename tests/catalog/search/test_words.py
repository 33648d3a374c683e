"""Text becomes words: the same for everything that a person would call the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search.hindi import romanised, sound
from catalog.search.words import MAX_LENGTH, respelled, split, split_for_index


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kaali-Peeli City Cab", ["kaali", "peeli", "city", "cab"]),
        ("CAFÉ café café ﬁn", ["cafe", "cafe", "cafe", "fin"]),
        ("Škoda Straße Ørsted Æon", ["skoda", "strasse", "orsted", "aeon"]),
        ("Driver’s driver's", ["drivers", "drivers"]),
        ("1:43 1/43 scale", ["1s43", "1s43", "scale"]),
        ("11:43 and 4×4", ["11", "43", "and", "4x4"]),
        ("काली-पीली १९६२", ["काली", "पीली", "1962"]),
        ("क़लम ज़िंक चाँद", ["कलम", "जिंक", "चांद"]),
        ("🚗 ❤️ !!! \u200d ' ि", []),
        ('"NEAR" (a AND* b) {name}: -x^2', ["near", "a", "and", "b", "name", "x", "2"]),
        ("x" * 90, ["x" * MAX_LENGTH]),
    ],
)
def test_what_means_the_same_is_the_same(text: str, words: list[str]) -> None:
    assert split(text) == words


def test_an_index_knows_linked_words_without_their_hyphens_too() -> None:
    assert split_for_index("Long-Tail CG43-TX-0007") == ["long", "tail", "longtail", "cg43", "tx", "0007", "cg43tx0007"]


@given(st.text(max_size=200))
def test_no_text_makes_a_word_that_means_anything_to_a_database(text: str) -> None:
    for word in split(text) + split_for_index(text):
        assert 0 < len(word) <= MAX_LENGTH
        assert not set(word) & set("'\"\\:*&|!()<>{}^-+, \t\n\x00")
        assert word.split() == [word]


def test_only_what_changes_is_respelled() -> None:
    assert respelled("Mosoon  1:43, Raly!", {"mosoon": "monsoon", "raly": "rally"}) == "monsoon 1:43, rally"


@pytest.mark.parametrize(
    ("hindi", "latin"),
    [
        ("काली", "kaali"),
        ("पीली", "peeli"),
        ("टैक्सी", "taxi"),
        ("ट्रक", "truck"),
        ("मानसून", "monsoon"),
        ("हुगली", "hooghly"),
    ],
)
def test_hindi_sounds_like_what_makers_write(hindi: str, latin: str) -> None:
    assert sound(romanised(hindi)) == sound(latin)
