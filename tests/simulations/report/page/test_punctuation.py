"""Between Chinese words of the page stand full-width marks; what a policy or a ledger calls something is its own."""

import re
from collections.abc import Callable

import pytest

from simulations.comparison.comparison import Comparison
from simulations.report.contents import Circumstances
from simulations.report.page.writing import page_of
from tests.simulations.report.page.pages import (
    CONFIRMED,
    compared_policies,
    compared_with_itself,
    compared_with_practice,
    under_stress,
)

_UNREAD = re.compile(r"<(script|style|code)\b.*?</\1>", re.DOTALL)
#: What stands within a line; every other element begins one.
_WITHIN = re.compile(r"</?(?:a|b|button|em|small|span|strong)\b[^>]*>")
_SPOKEN = re.compile(r"(?:aria-label|data-label|title)=\"([^\"]*)\"")
_TAG = re.compile(r"<[^>]*>")
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff）。][ \u00a0]?[(,:;]|[)][ \u00a0]?[:\u4e00-\u9fff]")


def lines_of(page: str) -> list[str]:
    """Return what a page says, line by line, what is only heard included."""
    read = _UNREAD.sub("…", page)
    return [*_SPOKEN.findall(read), *_TAG.sub("\n", _WITHIN.sub("", read)).splitlines()]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (compared_policies, CONFIRMED),
        (compared_with_practice, CONFIRMED),
        (compared_with_itself, CONFIRMED),
        (compared_policies, under_stress()),
    ],
    ids=["policies", "practice", "itself", "stressed"],
)
def test_marks_between_chinese_words_are_full_width(made: Callable[[], Comparison], told: Circumstances) -> None:
    assert [] == [line for line in lines_of(page_of(made(), told, "zh")) if _HALF_WIDTH.search(line)]


def test_english_has_its_own_marks() -> None:
    page = page_of(compared_policies(), under_stress())
    assert "What the stress does, in CNY" in page
    assert "(CNY): in each cell the candidate" in page
    assert "：" not in page.partition("<script")[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_contents_lead_to_what_a_stress_does_where_there_is_one(language: str) -> None:
    assert 'href="#stress"' in page_of(compared_policies(), under_stress(), language)
    assert 'href="#stress"' not in page_of(compared_policies(), CONFIRMED, language)
