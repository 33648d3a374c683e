"""Amounts in words: Indian counting, right to the paisa. The table was compared with num2words' `en_IN`."""

import pytest

from checkout.papers.words import in_words


@pytest.mark.parametrize(
    ("paise", "words"),
    [
        (0, "Rupees zero only"),
        (1, "Rupees zero and one paisa only"),
        (50, "Rupees zero and fifty paise only"),
        (100, "Rupee one only"),
        (1_101, "Rupees eleven and one paisa only"),
        (10_000, "Rupees one hundred only"),
        (10_100, "Rupees one hundred and one only"),
        (199_900, "Rupees one thousand nine hundred and ninety-nine only"),
        (100_500, "Rupees one thousand and five only"),
        (9_999_999, "Rupees ninety-nine thousand nine hundred and ninety-nine and ninety-nine paise only"),
        (10_000_000, "Rupees one lakh only"),
        (12_345_650, "Rupees one lakh twenty-three thousand four hundred and fifty-six and fifty paise only"),
        (1_000_000_000, "Rupees one crore only"),
        (1_234_500_000_005, "Rupees one thousand two hundred and thirty-four crore fifty lakh and five paise only"),
        (7_891_200, "Rupees seventy-eight thousand nine hundred and twelve only"),
        (10**13, "Rupees ten thousand crore only"),
    ],
)
def test_amounts_in_words(paise: int, words: str) -> None:
    assert in_words(paise) == words
