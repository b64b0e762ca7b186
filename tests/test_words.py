"""What is shown is said in the language of the edition, and is English where nobody asked."""

import pytest

from aiimpact import words
from aiimpact.live import amount


@pytest.fixture(autouse=True)
def english():
    """Leave no language behind."""
    yield
    words.use("en")


def test_amounts_are_counted_as_the_language_counts():
    for language, spoken in {
        "en": ["132 billion", "2.6 million", "26", "380 thousand", "5 thousand", "0 million"],
        "zh-Hans": ["1,320亿", "260万", "260亿", "38万", "5,000", "0"],
        "zh-Hant-HK": ["1,320億", "260萬", "260億", "38萬", "5,000", "0"],
    }.items():
        words.use(language)
        assert [
            amount(132.4, 1e9),
            amount(2.6, 1e6),
            amount(26, 1e9, bare=True),
            amount(380, 1e3, 2),
            amount(5, 1e3),
            amount(0, 1e6),
        ] == spoken
    words.use("zh-Hans")
    assert amount(132.4, 1e9, 4) == "1,324亿"
    assert amount(180, 1e6) == "1.8亿"
    assert amount(-180, 1e6) == "−1.8亿"
    # Rounded first: it is no 10,000万.
    assert amount(99.996, 1e6) == "1亿"


def test_a_scale_without_a_word_is_refused():
    with pytest.raises(ValueError, match="1e3, 1e6 and 1e9, got 100"):
        amount(1, 100)
