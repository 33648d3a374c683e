"""Amounts in words, as Indian invoices write them: in lakh and crore, to the paisa."""

from catalog.money import PAISE

# fmt: off
BELOW_TWENTY = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]
# fmt: on
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
STEPS = ((10_000_000, "crore"), (100_000, "lakh"), (1_000, "thousand"), (100, "hundred"))


def in_words(paise: int) -> str:
    """Return paise as "Rupees one lakh twenty-three thousand four hundred and fifty-six and fifty paise only"."""
    whole, rest = divmod(paise, PAISE)
    tail = f" and {_count(rest)} {'paisa' if rest == 1 else 'paise'}" if rest else ""
    return f"{'Rupee' if whole == 1 else 'Rupees'} {_count(whole)}{tail} only"


def _count(number: int) -> str:
    """Return a whole number in words; crores are counted in crores again when there are many."""
    parts = []
    for size, name in STEPS:
        times, number = divmod(number, size)
        if times:
            parts.append(f"{_count(times)} {name}")
    if number or not parts:
        parts += ["and", _below_hundred(number)] if parts else [_below_hundred(number)]
    return " ".join(parts)


def _below_hundred(number: int) -> str:
    if number < len(BELOW_TWENTY):
        return BELOW_TWENTY[number]
    tens, ones = divmod(number, 10)
    return TENS[tens] + (f"-{BELOW_TWENTY[ones]}" if ones else "")
