"""What a benchmark found, as text that reads the same on a terminal and in the documentation."""

from collections.abc import Sequence
from dataclasses import dataclass

#: A cell: a text, or a number that is rounded to what can be trusted.
CellValue = str | int | float
Cells = tuple[CellValue, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: column titles and rows; the first column names the row."""

    columns: tuple[str, ...]
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What was promised, what was measured, and the most it may be."""

    promise: str
    measured: float
    most: float

    @property
    def is_held(self) -> bool:
        """Whether the measurement keeps the promise."""
        return self.measured <= self.most


@dataclass(frozen=True, slots=True)
class Section:
    """One benchmark's heading, what was done, its tables, and what must be known to read them."""

    title: str
    text: str
    grids: tuple[Grid, ...]
    notes: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()

    def __str__(self) -> str:
        parts = [f"## {self.title}", self.text, *map(_markdown, self.grids)]
        if self.notes:
            parts.append("\n".join(f"* {note}" for note in self.notes))
        return "\n\n".join(parts)


def promises(sections: Sequence[Section]) -> str:
    """Return the table of all targets, none for sections without any."""
    rows = tuple(
        (target.promise, target.measured, target.most, "held" if target.is_held else "**missed**")
        for section in sections
        for target in section.targets
    )
    return _markdown(Grid(("target", "measured", "at most", ""), rows)) if rows else ""


def number(value: CellValue) -> str:
    """Return a number with the three digits that a measurement is good for, a text as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.2g}"


def _markdown(grid: Grid) -> str:
    written = [[number(cell) for cell in row] for row in grid.rows]
    widths = [max(len(row[place]) for row in [list(grid.columns), *written]) for place in range(len(grid.columns))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([_line(grid.columns, widths), _line(rule, widths), *(_line(row, widths) for row in written)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    aligned = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return "| " + " | ".join(aligned) + " |"
