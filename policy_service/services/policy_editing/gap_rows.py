"""What would fill a gap: a row with the conditions of the region that no row matches, or a band that reaches over it.

The outputs of such a row are those of the nearest row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.findings import Finding
from policy_service.linter.codes import Code
from policy_service.services.policy_editing.edits import Path
from policy_service.services.policy_editing.sheets import Grid, Sheet, SheetRow
from policy_service.services.policy_editing.widened_bands import Widened, widened

#: What the linter says of one column, piece by piece, as far as a cell can be written with the same words.
_PIECE: Final = re.compile(r"(?:= )?(?P<value>[\w.+-]+)|(?P<test>[<>]=? [\w.+-]+|[\[(][\w.+-]+\.\.[\w.+-]+[\])])")
_BETWEEN: Final = re.compile(r", | or ")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
#: In which part of a sheet a row fills the gap.
_PARTS: Final[Mapping[str, str]] = {
    Code.GAP: "rows",
    Code.GAP_AT_UNKNOWN: "rows",
    Code.ATTRIBUTE_GAP: "characteristics",
}


@dataclass(frozen=True, slots=True)
class GapRow:
    """The cells of such a row, the row whose outputs it may borrow, and columns that are left open: see the finding.

    `part` is that of the sheet it belongs into.
    """

    part: str
    when: tuple[tuple[str, str], ...]
    like: Path | None
    left_open: tuple[str, ...] = ()


def is_of_a_gap(finding: Finding) -> bool:
    """Return whether a finding tells of a region that could be filled."""
    return (finding.code in _PARTS or finding.code == Code.BAND_HOLE) and bool(finding.box)


def fill_of(finding: Finding, sheet: Sheet, at: Path) -> GapRow | Widened | None:
    """Return what fills the gap of a finding about something at that path of a sheet; none where nothing ready does."""
    if finding.code != Code.BAND_HOLE:
        return gap_row(finding, sheet, at)
    grid = next(grid for grid in sheet.grids if grid.part == "bands")
    condition = next(place for place, column in enumerate(grid.columns) if column.kind == "when")
    return widened(_cell(finding.box[0].text), grid.rows, condition)


def gap_row(finding: Finding, sheet: Sheet, at: Path) -> GapRow:
    """Return the row that fills the gap of a finding in the table or scorecard that it is about, at that path."""
    grid = next(grid for grid in sheet.grids if grid.part == _PARTS[finding.code])
    named = [column.name for column in grid.columns if column.kind == "when"]
    names = {_bare(name): name for name in named}
    # In a characteristic each attribute says something of its fact, under a heading that all have in common.
    shared = named[0] if grid.part == "characteristics" else None
    cells = [(shared or names.get(_bare(span.column), span.column), _cell(span.text)) for span in finding.box]
    when = tuple((name, text) for name, text in cells if text)
    rows = [row for row in grid.rows if not row.is_otherwise and (not row.group or row.group == at[: len(row.group)])]
    left_open = tuple(name for name, text in cells if not text)
    return GapRow(grid.part, when, _nearest(dict(when), grid, rows), left_open)


def _cell(text: str) -> str:
    tests = [_PIECE.fullmatch(piece) for piece in _BETWEEN.split(text)]
    found = [(test["value"] or test["test"]) for test in tests if test]
    return ", ".join("null" if each == "unknown" else each for each in found) if len(found) == len(tests) else ""


def _nearest(when: dict[str, str], grid: Grid, rows: Sequence[SheetRow]) -> Path | None:
    return max(rows, key=lambda row: _likeness(when, row, grid)).at if rows else None


def _likeness(when: dict[str, str], row: SheetRow, grid: Grid) -> int:
    said = {column.name: cell for column, cell in zip(grid.columns, row.cells, strict=True) if column.kind == "when"}
    return sum(_alike(text, said.get(name, "")) for name, text in when.items())


def _alike(text: str, cell: str) -> int:
    if cell in ("", "-", text):
        return 2
    # A row that ends where the gap begins is the neighbour.
    return int(not set(_NUMBER.findall(text)).isdisjoint(_NUMBER.findall(cell)))


def _bare(name: str) -> str:
    return "".join(name.split())
