"""A thing has one word in Chinese, in every part: 账簿 for a ledger, 决策 for a decision, 政策 for a policy."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
#: What people read in Chinese is written in these.
WRITTEN: Final = sorted(
    file
    for folder, kind in (
        ("policy_service", "*.py"),
        ("policy_service/chinese/sentences", "*.txt"),
        ("simulations", "*.py"),
        ("simulations", "*.html"),
        ("admin", "*.py"),
        ("admin/translations", "*.po"),
        ("rules", "*.yaml"),
    )
    for file in (ROOT / folder).rglob(kind)
)
#: 决定 is what persons do, or what a cell or a formula does; beside these it would be another word for 决策.
_AS_A_NOUN: Final = re.compile("(首次|订单|引擎的|任何)决定|决定(不同|变化|有变|不一致|都相同|不影响|影响|即时)")


@pytest.mark.parametrize("other", ["账册", "策略"])
def test_no_other_word_stands_for_it(other: str) -> None:
    assert WRITTEN
    assert [] == [file.name for file in WRITTEN if other in file.read_text("utf-8")]


def test_what_was_decided_upon_an_order_has_one_word() -> None:
    found = [(file.name, match[0]) for file in WRITTEN for match in _AS_A_NOUN.finditer(file.read_text("utf-8"))]
    assert [] == found
