"""Workbooks and Parquet files read row by row as the texts that a CSV file would hold."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow
from pyarrow import parquet
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from policy_service.ledger.reasons import Reason, Refusal
from policy_service.ledger.sheets import (
    ROWS_BETWEEN_REPORTS,
    BrokenRow,
    Position,
    Row,
    Sheet,
    no_header,
    nul_character,
    refuse,
)
from policy_service.ledger.trial import fits_parquet, fits_workbook

_LARGEST_EXACT_FLOAT: Final = 2**53
_MIDNIGHT: Final = dt.time()


def open_xlsx(path: Path, sheet_name: str) -> Sheet:
    """Return the sheet of that name in the workbook at `path`, or else its first.

    LedgerError D104, D108, D109 or D112 otherwise.
    """
    if not fits_workbook(path, sheet_name):
        raise _too_much(path, "Delete the empty rows below the table and the empty columns beside it, or export CSV.")
    with _workbook(path) as workbook:
        names = workbook.sheet_names
        if not names:
            raise no_header(path.name)
        chosen = sheet_name if sheet_name in names else names[0]
        header = _xlsx_header(workbook.get_sheet_by_name(chosen), path.name)

    def rows(position: Position) -> Iterator[Row]:
        with _workbook(path) as opened:
            yield from _xlsx_rows(opened.get_sheet_by_name(chosen), path, len(header), position)

    unread = tuple(name for name in names if name != chosen)
    return Sheet(path.name, path.stat().st_size, header, rows, unread)


def open_parquet(path: Path) -> Sheet:
    """Return the Parquet file at `path`; its first row counts as line 2; D104, D108, D109 or D112 otherwise."""
    if not fits_parquet(path, ROWS_BETWEEN_REPORTS):
        raise _too_much(path, "Write smaller files, or export CSV.")
    with _parquet(path) as file:
        schema = file.schema_arrow
        header = tuple(schema.names)
        for field in schema:
            if not _is_readable(field.type):
                found = f"the column {field.name} is of type {field.type}."
                raise refuse(Refusal.UNREADABLE_FILE, found, "Write texts, dates, decimals or integers.", path.name)
    if not header:
        raise no_header(path.name)

    def rows(position: Position) -> Iterator[Row]:
        with _parquet(path) as opened:
            yield from _parquet_rows(opened, path, position)

    return Sheet(path.name, path.stat().st_size, header, rows)


def cell_text(value: object) -> str:
    """Return a cell as the text a CSV file would hold.

    A float is written with the fewest digits that give it back, so that one which stands for no exact
    decimal shows too many of them; beyond 2^53 it shows an exponent, which is no amount. A decimal loses the
    zeros that only fill the scale of its column.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < _LARGEST_EXACT_FLOAT else repr(value)
        case Decimal():
            return _without_idle_zeros(format(value, "f"))
        case dt.datetime() if value.time() == _MIDNIGHT:
            return value.date().isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


def _without_idle_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable(path, "an xlsx workbook", error) from error


# pyarrow carries no types: this and its schema are the named border.
def _parquet(path: Path) -> Any:
    try:
        return parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path, "a Parquet file", error) from error


def _too_much(path: Path, remedy: str) -> Exception:
    return refuse(Refusal.TOO_MUCH_TO_HOLD, "the file needs more memory than a file may.", remedy, path.name)


def _unreadable(path: Path, what: str, error: Exception) -> Exception:
    found = f"the file cannot be read as {what} ({error})."
    return refuse(Refusal.UNREADABLE_FILE, found, "Save it again, or export CSV.", path.name)


def _xlsx_header(sheet: CalamineSheet, file: str) -> tuple[str, ...]:
    for row in sheet.iter_rows():
        names = [cell_text(cell) for cell in row]
        while names and not names[-1]:
            names.pop()
        if names:
            return tuple(names)
    raise no_header(file)


def _xlsx_rows(sheet: CalamineSheet, path: Path, width: int, position: Position) -> Iterator[Row]:
    filled = _filled_rows(sheet, path.name)
    next(filled)
    for line, cells in filled:
        if any(cells[width:]):
            found = f"a cell stands beyond the {width} columns of the header"
            yield line, BrokenRow("", Reason.RAGGED, found, tuple(cells))
        else:
            yield line, cells[:width] + [""] * (width - len(cells))
        if not line % ROWS_BETWEEN_REPORTS:
            position(path.stat().st_size * line // (sheet.total_height or 1))


def _filled_rows(sheet: CalamineSheet, file: str) -> Iterator[tuple[int, list[str]]]:
    for line, row in enumerate(sheet.iter_rows(), 1):
        cells = [cell_text(cell) for cell in row]
        if any(cells):
            yield line, _without_nul(cells, file, line)


def _parquet_rows(file: Any, path: Path, position: Position) -> Iterator[Row]:
    line = 1
    for batch in file.iter_batches(batch_size=ROWS_BETWEEN_REPORTS):
        columns: Sequence[list[str]] = [[cell_text(value) for value in column.to_pylist()] for column in batch.columns]
        for row in zip(*columns, strict=True):
            line += 1
            yield line, _without_nul(list(row), path.name, line)
        position(path.stat().st_size * line // (file.metadata.num_rows + 1))


def _without_nul(cells: list[str], file: str, line: int) -> list[str]:
    if "\0" in "".join(cells):
        raise nul_character(file, line)
    return cells


def _is_readable(kind: Any) -> bool:
    types = pyarrow.types
    if types.is_dictionary(kind):
        return _is_readable(kind.value_type)
    tests = (
        types.is_string,
        types.is_large_string,
        types.is_string_view,
        types.is_null,
        types.is_integer,
        types.is_floating,
        types.is_decimal,
        types.is_date,
        types.is_timestamp,
        types.is_boolean,
    )
    return any(test(kind) for test in tests)
