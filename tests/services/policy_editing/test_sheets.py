"""Tables and scorecards as spreadsheets, and the rows that would fill their gaps."""

from pathlib import Path

import pytest

from policy_service.domain.errors import NOWHERE
from policy_service.domain.findings import Finding, Severity, Span
from policy_service.language.yaml_text.layout import layout_of
from policy_service.linter.codes import Code
from policy_service.linter.lint import lint
from policy_service.services.policy_editing.editing import edited, found_at
from policy_service.services.policy_editing.edits import Edit, Remove, SetValue
from policy_service.services.policy_editing.gap_rows import GapRow, fill_of, gap_row
from policy_service.services.policy_editing.problems import located
from policy_service.services.policy_editing.sheets import SheetRow, head_of, sheet_of
from policy_service.services.policy_editing.widened_bands import Widened, widened
from policy_service.services.policy_life.files import files_in, read_files

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
    sheet = sheet_of("limit", "limit.yaml", TABLE)
    assert (("grade", cell),) == gap_row(gap(grade=said), sheet, ()).when


def test_what_no_cell_can_say_is_left_to_the_author() -> None:
    sheet = sheet_of("limit", "limit.yaml", TABLE)
    made = gap_row(gap(grade="= any other", days="< 3 and > limit * 1.05"), sheet, ())
    assert ((), ("grade", "days")) == (made.when, made.left_open)


@pytest.mark.parametrize(
    ("sides", "row"), [({"grade": "= C"}, 1), ({"grade": "= D", "days": ">= 30"}, 1), ({"grade": "= A"}, 0)]
)
def test_a_row_for_a_gap_borrows_from_the_row_that_says_most_of_it(sides: dict[str, str], row: int) -> None:
    sheet = sheet_of("limit", "limit.yaml", TABLE.replace("[A, B]", "A"))
    assert ("rows", row) == gap_row(gap(**sides), sheet, ()).like


def filled(edit: Edit, code: str) -> GapRow | Widened | None:
    """Return what would fill the hole that an edit leaves in the grading of a policy that ships."""
    files = files_in(RULES / "manufacturer_cn")
    text = edited(files["grading.yaml"], "grading.yaml", [edit])
    read = read_files("manufacturer_cn", {**files, "grading.yaml": text}, RULES)
    assert read.policy is not None
    (found,) = [one for one in located(read.files, list(lint(read.policy))) if one.said.code == code]
    assert isinstance(found.said, Finding)
    return fill_of(found.said, sheet_of("grading", "grading.yaml", text), found.path)


def test_a_value_without_points_gets_a_row_of_its_characteristic() -> None:
    row = filled(Remove(("characteristics", 1, "attributes", 1)), Code.ATTRIBUTE_GAP)
    near = ("characteristics", 1, "attributes", 0)
    assert GapRow("characteristics", (("when", "[0.6..0.9)"),), near) == row


@pytest.mark.parametrize(
    ("at", "narrower", "wider"),
    [
        (3, "[50..60)", (4, "[26..50)")),
        (0, ">= 90", (1, "[70..90)")),
        (5, "< 20", (5, "< 26")),
        (2, "(60..70)", (3, "[46..60]")),
    ],
)
def test_a_hole_between_grades_is_covered_by_the_lower_one(at: int, narrower: str, wider: tuple[int, str]) -> None:
    found = filled(SetValue(("bands", at, "when"), narrower), Code.BAND_HOLE)
    assert Widened(("bands", wider[0], "when"), wider[1]) == found


@pytest.mark.parametrize(
    ("hole", "bands", "wider"),
    [
        ("< 5", [">= 5"], "-"),
        ("> 5", ["[0..5]"], ">= 0"),
        ("[5..7]", ["> 9", "> 7"], ">= 5"),
        ("[5..7]", ["[1..4)", "(8..9]"], None),
        ("5 or 7", ["< 5"], None),
        ("[5..7]", ["-", "low"], None),
    ],
)
def test_a_band_reaches_over_a_hole_only_where_it_borders_on_it(hole: str, bands: list[str], wider: str | None) -> None:
    rows = [SheetRow(("bands", at), (band,)) for at, band in enumerate(bands)]
    found = widened(hole, rows, 0)
    assert wider == (found.when if found else None)
