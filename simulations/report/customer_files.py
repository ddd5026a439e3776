"""All customers of a comparison as a comma-separated file; amounts are whole minor units."""

import csv
from collections.abc import Iterable
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Final, TextIO

from simulations.comparison.comparison import Comparison
from simulations.report.contents import NOTHING_KNOWN, Circumstances
from simulations.report.tables import CUSTOMER_COLUMNS, Cells, customer_rows

_FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(file: Path, found: Comparison, circumstances: Circumstances = NOTHING_KNOWN) -> None:
    """Write every customer as a line; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    every = customer_rows(found, circumstances, found.customers.by_money_moved())
    write_rows(file, chain([CUSTOMER_COLUMNS], every))


def write_rows(file: Path, rows: Iterable[Cells]) -> None:
    """Write each row as a line of cells; a text that a spreadsheet would take for a formula is quoted as above."""
    with file.open("w", encoding="utf-8", newline="") as out:
        _write(out, rows)


def written_rows(rows: Iterable[Cells]) -> str:
    """Return what `write_rows` writes."""
    out = StringIO()
    _write(out, rows)
    return out.getvalue()


def _write(out: TextIO, rows: Iterable[Cells]) -> None:
    csv.writer(out, lineterminator="\n").writerows(_as_texts(row) for row in rows)


def as_text(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; a number stays as it is."""
    if not cell.startswith(_FORMULA_BEGINS) or _is_number(cell):
        return cell
    return f"'{cell}"


def _as_texts(row: Iterable[str]) -> list[str]:
    return [as_text(cell) for cell in row]


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").isascii() and cell[1:].isdigit() and cell.startswith("-")
