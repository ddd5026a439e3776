"""A row that would fill a gap: its conditions from the region that no row matches, its outputs from the nearest row."""

import re
from dataclasses import dataclass
from typing import Final

from policy_service.domain.findings import Finding
from policy_service.linter.codes import Code
from policy_service.services.policy_editing.edits import Path
from policy_service.services.policy_editing.sheets import Grid, SheetRow

#: What the linter says of one column, piece by piece, as far as a cell can be written with the same words.
_PIECE: Final = re.compile(r"(?:= )?(?P<value>[\w.+-]+)|(?P<test>[<>]=? [\w.+-]+|[\[(][\w.+-]+\.\.[\w.+-]+[\])])")
_BETWEEN: Final = re.compile(r", | or ")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_FILLED: Final = frozenset({Code.GAP, Code.GAP_AT_UNKNOWN})


@dataclass(frozen=True, slots=True)
class GapRow:
    """The cells of such a row, the row whose outputs it may borrow, and columns that are left open: see the finding."""

    when: tuple[tuple[str, str], ...]
    like: Path | None
    left_open: tuple[str, ...] = ()


def is_of_a_gap(finding: Finding) -> bool:
    """Return whether a finding tells of a region that a row could fill."""
    return finding.code in _FILLED and bool(finding.box)


def gap_row(finding: Finding, grid: Grid) -> GapRow:
    """Return the row that fills the gap of a finding in a table."""
    names = {_bare(column.name): column.name for column in grid.columns if column.kind == "when"}
    cells = [(names.get(_bare(span.column), span.column), _cell(span.text)) for span in finding.box]
    when = tuple((name, text) for name, text in cells if text)
    return GapRow(when, _nearest(dict(when), grid), tuple(name for name, text in cells if not text))


def _cell(text: str) -> str:
    tests = [_PIECE.fullmatch(piece) for piece in _BETWEEN.split(text)]
    found = [(test["value"] or test["test"]) for test in tests if test]
    return ", ".join("null" if each == "unknown" else each for each in found) if len(found) == len(tests) else ""


def _nearest(when: dict[str, str], grid: Grid) -> Path | None:
    rows = [row for row in grid.rows if not row.is_otherwise]
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
