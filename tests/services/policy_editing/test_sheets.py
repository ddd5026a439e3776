"""Tables and scorecards as spreadsheets, and the rows that would fill their gaps."""

from pathlib import Path

import pytest

from policy_service.domain.errors import NOWHERE
from policy_service.domain.findings import Finding, Severity, Span
from policy_service.language.yaml_text.layout import layout_of
from policy_service.linter.codes import Code
from policy_service.services.policy_editing.editing import found_at
from policy_service.services.policy_editing.gap_rows import gap_row
from policy_service.services.policy_editing.sheets import head_of, sheet_of

RULES = Path(__file__).parents[3] / "rules"
TABLE = """\
decision_table: limit
title: {en: Limits, open account, zh: 额度}
hit_policy: unique
column_notes: {grade: From the scorecard}
rows:
  - {id: R10, when: {grade: [A, B], days: "< 30"}, then: {credit_limit: 5000}, note: Agreed}
  - {id: R20, when: {grade: C}, then: {credit_limit: 800}, reasons: [LATE, SMALL], release: {days: 0}}
otherwise: {credit_limit: 0, reason: UNKNOWN}
"""


def test_a_table_has_a_column_for_all_that_its_rows_say() -> None:
    (grid,) = sheet_of("limit", "limit.yaml", TABLE).grids
    assert [
        ("id", "id"),
        ("when", "grade"),
        ("when", "days"),
        ("then", "credit_limit"),
        ("reasons", "reasons"),
        ("release", "days"),
        ("note", "note"),
    ] == [(column.kind, column.name) for column in grid.columns]
    assert [
        (("rows", 0), ("R10", "A, B", "< 30", "5000", "", "", "Agreed")),
        (("rows", 1), ("R20", "C", "", "800", "LATE, SMALL", "0", "")),
        (("otherwise",), ("otherwise", "", "", "0", "UNKNOWN", "", "")),
    ] == [(row.at, row.cells) for row in grid.rows]
    assert "From the scorecard" == grid.columns[1].note


def test_the_head_of_a_file_says_what_it_is() -> None:
    head = head_of(TABLE, "limit.yaml")
    assert ("decision_table", "unique", {"en": "Limits, open account", "zh": "额度"}) == (
        head.kind,
        head.hit_policy,
        dict(head.titles),
    )


@pytest.mark.parametrize("file", sorted(RULES.glob("*/*.yaml")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_row_of_the_policies_that_ship_stands_where_its_sheet_says(file: Path) -> None:
    text = file.read_text("utf-8")
    layout = layout_of(text, file.name)
    rows = [row for grid in sheet_of(file.stem, file.name, text).grids for row in grid.rows if not row.is_otherwise]
    assert [] == [row.at for row in rows if found_at(layout, row.at) is None]


def gap(**sides: str) -> Finding:
    """Return the finding that no row matches where columns have these values."""
    box = tuple(Span(column, text) for column, text in sides.items())
    return Finding(Code.GAP, Severity.ERROR, NOWHERE, "no row matches", box=box)


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        ("= A", "A"),
        ("= A, B or C", "A, B, C"),
        ("[30..60)", "[30..60)"),
        (">= 30 or unknown", ">= 30, null"),
        ("= 5", "5"),
        ("true", "true"),
        ("> materiality", "> materiality"),
    ],
)
def test_a_row_for_a_gap_has_the_cells_that_say_the_region(said: str, cell: str) -> None:
    (grid,) = sheet_of("limit", "limit.yaml", TABLE).grids
    assert (("grade", cell),) == gap_row(gap(grade=said), grid).when


def test_what_no_cell_can_say_is_left_to_the_author() -> None:
    (grid,) = sheet_of("limit", "limit.yaml", TABLE).grids
    made = gap_row(gap(grade="= any other", days="< 3 and > limit * 1.05"), grid)
    assert ((), ("grade", "days")) == (made.when, made.left_open)


@pytest.mark.parametrize(
    ("sides", "row"), [({"grade": "= C"}, 1), ({"grade": "= D", "days": ">= 30"}, 1), ({"grade": "= A"}, 0)]
)
def test_a_row_for_a_gap_borrows_from_the_row_that_says_most_of_it(sides: dict[str, str], row: int) -> None:
    (grid,) = sheet_of("limit", "limit.yaml", TABLE.replace("[A, B]", "A")).grids
    assert ("rows", row) == gap_row(gap(**sides), grid).like
