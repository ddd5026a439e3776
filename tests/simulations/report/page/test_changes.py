"""The list of what the candidate changes: what decides comes first, and a long list is folded."""

import re

import pytest
from markupsafe import escape

from simulations.report.page.wording import Wording
from simulations.report.page.writing import page_of
from tests.simulations.report.page.pages import CONFIRMED, compared_policies, compared_runs

LANGUAGES = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_list_of_changes_does_not_push_the_figures_down(language: str) -> None:
    """Eight stand open, the others are folded."""
    page = page_of(compared_policies(), CONFIRMED, language)
    shown, folded, _ = re.split(r"<details>|</details>", page[page.index("stacked changes") :], maxsplit=2)
    assert (8, 32) == (
        shown.count('data-label="' + Wording(language)("before")),
        folded.count('data-label="' + Wording(language)("before")),
    )
    assert escape(Wording(language)("more_changes", number="32")) in folded


def test_what_decides_stands_before_what_names_it() -> None:
    table = page_of(compared_policies()).split("stacked changes")[1].split("<details>")[0]
    first = re.findall(r"<code>(.*?)</code>", table)
    assert "parameter" in first[0]
    assert [] == [what for what in first if what.startswith("title ") or what in {"policy", "owner", "notes"}]


@pytest.mark.parametrize(("language", "said"), [("en", "parameter hold_after_days"), ("zh", "参数 hold_after_days")])
def test_what_changes_is_named_in_the_language_of_the_page(language: str, said: str) -> None:
    assert f"<code>{said}</code>" in page_of(compared_runs(), language=language)
