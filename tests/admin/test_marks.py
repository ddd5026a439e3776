"""Marks between words stand in the catalogue, so that full-width ones stand between Chinese words."""

import re
from pathlib import Path

import pytest

from tests.admin.test_translations import TEMPLATES

#: A mark right behind something that is said, and before something else.
_MARK = re.compile(r"(?:\}\}|%\})(?:</(?:a|b|code|span|strong)>)?(?:[:,;] | \()(?=[<{])")
#: What is of a policy or a formula, and the same in every language.
_SAME_EVERYWHERE = re.compile(r"translate=\"no\">.*?</span>")
#: Between a month and a number, or customers and currency codes, stand no words.
_PAGES = [page for page in TEMPLATES if page.name != "home.html"]


@pytest.mark.parametrize("template", _PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_mark_between_words_stands_in_a_page_beside_the_catalogue(template: Path) -> None:
    text = _SAME_EVERYWHERE.sub("", template.read_text("utf-8"))
    assert [] == [text[found.start() : found.end() + 40] for found in _MARK.finditer(text)]
