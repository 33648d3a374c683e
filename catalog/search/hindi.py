"""How a word in Hindi letters sounds, so that काली पीली finds a Kaali-Peeli: the catalogue is written in Latin letters.

A sketch for comparing, not a transliteration; nobody is shown it.
"""

import re

TABLES = """
क k ख kh ग g घ gh ङ n च ch छ chh ज j झ jh ञ n ट t ठ th ड d ढ dh ण n त t थ th द d ध dh न n प p फ f ब b भ bh म m
य y र r ल l ळ l व v श sh ष sh स s ह h
अ a आ a इ i ई i उ u ऊ u ऋ ri ए e ऐ ai ऑ o ओ o औ au
ा a ि i ी i ु u ू u ृ ri े e ै ai ॉ o ो o ौ au
"""


def _table(first: str, last: str) -> dict[str, str]:
    """Return the letters of the table between two, with their sounds."""
    cells = TABLES.split()
    return {letter: says for letter, says in zip(cells[::2], cells[1::2], strict=True) if first <= letter <= last}


CONSONANTS = _table("क", "ह")
VOWELS = _table("अ", "औ")
SIGNS = _table("ा", "ौ")
NASALS = {"ं": "n", "ः": "h"}
SILENT = "्"
ALIKE = [("ph", "f"), ("x", "ks"), ("ck", "k"), ("ch", "C"), ("c", "k"), ("q", "k"), ("w", "v"), ("z", "j")]
"""Latin letters that sound the same, in the order in which they are replaced."""


def is_hindi(word: str) -> bool:
    """Tell whether a word is written in Hindi letters."""
    return any(char in CONSONANTS or char in VOWELS for char in word)


def romanised(word: str) -> str:
    """Return a word in Latin letters: काली is kali."""
    sounds = []
    for place, char in enumerate(word):
        following = word[place + 1 : place + 2]
        if char in CONSONANTS:
            # A consonant carries an a, unless a sign says otherwise or the word ends with it.
            is_bare = not following or following in SIGNS or following == SILENT
            sounds.append(CONSONANTS[char] + ("" if is_bare else "a"))
        elif char != SILENT:
            sounds.append(VOWELS.get(char) or SIGNS.get(char) or NASALS.get(char) or char)
    return "".join(sounds)


def sound(word: str) -> str:
    """Return what makes a Latin word sound as it does: its consonants, and whether it begins with a vowel."""
    for letters, same in ALIKE:
        word = word.replace(letters, same)
    first = re.sub("[aeiou]", "a", word[:1])
    return re.sub(r"(.)\1+", r"\1", first + re.sub("[aeiouyh]", "", word[1:]))
