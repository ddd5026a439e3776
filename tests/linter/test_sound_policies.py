"""A sound policy draws no error: what cannot happen is no gap."""

from pathlib import Path

import pytest

from policy_service.domain.findings import Severity
from policy_service.language.load import load_policy
from policy_service.linter.lint import lint

FACTS = """
on_time: {from: payments, measure: "share(amount where days_late <= 0)", within: 365 days, type: number}
"""
REASONS = "NOT_RATED: {en: Not rated, zh: 未评级}\n"
HEAD = "policy: house\nbase_currency: CNY\nrule_sets: [grading, standing]\n"
STANDING = """
decision_table: standing
hit_policy: unique
rows:
  - {id: S1, when: {grade: [A, B]}, then: {credit_limit: 1000}}
"""


def errors(folder: Path, *rows: str) -> list[str]:
    (folder / "facts.yaml").write_text(FACTS)
    (folder / "reasons.yaml").write_text(REASONS)
    house = folder / "house"
    house.mkdir()
    lines = "".join(f"  - {{{row}}}\n" for row in rows)
    (house / "policy.yaml").write_text(HEAD)
    (house / "grading.yaml").write_text(f"decision_table: grading\nhit_policy: unique\nrows:\n{lines}")
    (house / "standing.yaml").write_text(STANDING)
    return [str(one.code) for one in lint(load_policy(house)) if one.severity is Severity.ERROR]


@pytest.mark.parametrize("fact", ["on_time", "payment_index_12m"])
def test_a_share_or_an_index_needs_no_row_above_all_of_it(fact: str, tmp_path: Path) -> None:
    most = {"on_time": 1, "payment_index_12m": 100}[fact]
    rows = (
        f'id: A, when: {{{fact}: "[0.5..{most}]"}}, then: {{grade: A}}',
        f'id: B, when: {{{fact}: "[0..0.5)"}}, then: {{grade: B}}',
    )
    assert [] == errors(tmp_path, *rows)


def test_a_hole_inside_a_share_is_found_all_the_same(tmp_path: Path) -> None:
    rows = (
        'id: A, when: {on_time: "[0.6..1]"}, then: {grade: A}',
        'id: B, when: {on_time: "[0..0.5)"}, then: {grade: B}',
    )
    assert ["C101"] == errors(tmp_path, *rows)


def test_a_grade_that_comes_with_a_refer_needs_no_row_behind_it(tmp_path: Path) -> None:
    rows = (
        'id: A, when: {on_time: "[0.5..1]"}, then: {grade: A}',
        'id: B, when: {on_time: "[0..0.5)"}, then: {grade: B}',
        "id: N, when: {on_time: null}, then: {grade: N, outcome: refer}, reason: NOT_RATED",
    )
    assert [] == errors(tmp_path, *rows)
