"""Rows of a ledger's files laid aside by piece, with their lines, to be imported a piece at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from policy_service.ledger.columns import Table
from policy_service.ledger.reasons import Reason
from policy_service.ledger.sheets import BrokenRow, Position, Row, Sheet
from simulations.ledger_snapshot.belonging import Belonging, Sheets

#: So many rows of all pieces together wait in memory to be written.
_WAITING: Final = 100_000
_BYTES_OF_LENGTH: Final = 8

#: A row as it is laid aside: its line, its cells, and of a broken row column, reason and what was found.
_Laid: TypeAlias = tuple[int, list[str], tuple[str, str, str] | None]
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[_Laid])


def spool(sheets: Sheets, belonging: Belonging, folder: Path, position: Callable[[Table], Position]) -> None:
    """Write every row of the sheets into the file of its table and piece in `folder`."""
    for table, pieces in belonging.of_rows.items():
        waiting: dict[int, list[_Laid]] = defaultdict(list)
        rows = sheets[table].rows(position(table))
        for count, ((line, row), piece) in enumerate(zip(rows, map(int, pieces), strict=True), start=1):
            waiting[piece].append(_laid(line, row))
            if not count % _WAITING:
                _write(waiting, table, folder)
        _write(waiting, table, folder)


def sheets_of_piece(sheets: Sheets, piece: int, folder: Path) -> Sheets:
    """Return the tables with the rows of that piece only; rates are whole in each."""
    return {
        table: sheet if table is Table.RATES else _of_piece(sheet, _path(folder, table, piece))
        for table, sheet in sheets.items()
    }


def _of_piece(sheet: Sheet, path: Path) -> Sheet:
    def rows(_: Position) -> Iterator[Row]:
        for line, cells, broken in _read(path):
            if broken is None:
                yield line, cells
            else:
                column, reason, found = broken
                yield line, BrokenRow(column, Reason(reason), found, tuple(cells))

    return replace(sheet, rows=rows, size=0)


def _read(path: Path) -> Iterator[_Laid]:
    if not path.exists():
        return
    with path.open("rb") as file:
        while length := file.read(_BYTES_OF_LENGTH):
            yield from _DECODER.decode(file.read(int.from_bytes(length)))


def _write(waiting: dict[int, list[_Laid]], table: Table, folder: Path) -> None:
    for piece, rows in waiting.items():
        content = _ENCODER.encode(rows)
        with _path(folder, table, piece).open("ab") as file:
            file.write(len(content).to_bytes(_BYTES_OF_LENGTH))
            file.write(content)
    waiting.clear()


def _path(folder: Path, table: Table, piece: int) -> Path:
    return folder / f"{table.value}-{piece}"


def _laid(line: int, row: list[str] | BrokenRow) -> _Laid:
    if isinstance(row, BrokenRow):
        return line, list(row.cells), (row.column, row.reason.value, row.found)
    return line, row, None
