"""Rows of one file as rows of another system: by their key, or by their line where the key does not tell them apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policy_service.connectors.drop_folder.watched import Watched
from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import BROKEN, Body, RemoteRow
from policy_service.domain.errors import LedgerError
from policy_service.domain.instants import Instant
from policy_service.ledger.sheets import BrokenRow, Sheet, open_csv
from policy_service.ledger.workbooks import open_xlsx

MOST_ROWS: Final = 1_000_000
_LONGEST_KEY: Final = 100


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file that nobody writes to any more, and what is read of it."""

    sheet: Sheet
    watched: Watched
    changed_at: Instant


def open_dropped(path: Path, watched: Watched, changed_at: Instant) -> DroppedFile:
    """Return the file with its header; ConnectorError X134 for one that cannot be read, X135 if it lacks the key.

    Of a workbook the sheet that is called like the object is read, or else the first.
    """
    try:
        is_workbook = path.suffix == ".xlsx"
        sheet = open_xlsx(path, watched.object_name) if is_workbook else open_csv(path, watched.delimiter)
    except LedgerError as error:
        raise _unreadable(error, path.name) from None
    twice = sorted({name for name in filter(None, sheet.header) if sheet.header.count(name) > 1})
    if twice:
        raise _header(f'{path.name} has the column "{twice[0]}" twice.')
    refuse_lacking(sheet, (watched.key,))
    return DroppedFile(sheet, watched, changed_at)


def refuse_lacking(sheet: Sheet, wanted: Sequence[str]) -> None:
    """Raise ConnectorError X135 unless the file has all of these columns."""
    for name in wanted:
        if name not in sheet.header:
            raise _header(f'{sheet.file} lacks the column "{name[:100]}".')


def read_rows(dropped: DroppedFile, wanted: Sequence[str]) -> Iterator[RemoteRow]:
    """Yield a row for each of the file; ConnectorError X133 beyond a million, X134 where it cannot be read further.

    Of a row whose key is empty, too long or stood before, the line is the id, so that it is not lost in another: what
    it says is for the import to judge. One that cannot be told apart into cells has none, and says why.
    """
    refuse_lacking(dropped.sheet, wanted)
    places = {name: dropped.sheet.header.index(name) for name in (*wanted, dropped.watched.key)}
    seen = set[str]()
    try:
        for line, row in dropped.sheet.rows(lambda _: None):
            if len(seen) >= MOST_ROWS:
                raise _too_many(dropped.sheet.file)
            if isinstance(row, BrokenRow):
                key, body = "", _broken(row, wanted)
            else:
                key, body = row[places[dropped.watched.key]], {name: row[places[name]] for name in wanted}
            row_id = _row_id(key, line, seen)
            seen.add(row_id)
            yield RemoteRow(row_id, dropped.changed_at, body)
    except LedgerError as error:
        raise _unreadable(error, dropped.sheet.file) from None


def _row_id(key: str, line: int, seen: set[str]) -> str:
    row_id = key if len(key) <= _LONGEST_KEY else ""
    if not row_id or row_id in seen:
        row_id = f"{row_id}#{line}"
    while row_id in seen:
        row_id += "#"
    return row_id


def _broken(row: BrokenRow, wanted: Sequence[str]) -> Body:
    return {**dict.fromkeys(wanted), BROKEN: row.found}


def _unreadable(error: LedgerError, file: str) -> ConnectorError:
    where = f"{file}, line {error.place.line}" if error.place.line else file
    return ConnectorError("X134", f"{where} cannot be read: {error.message}", remedy=error.remedy)


def _header(found: str) -> ConnectorError:
    return ConnectorError(
        "X135",
        found,
        remedy="Correct the header of the file, or have a mapping proposed by the columns that the files have: "
        "policy connect map NAME --propose.",
    )


def _too_many(file: str) -> ConnectorError:
    return ConnectorError("X133", f"{file} has more than {MOST_ROWS} rows.", remedy="Divide the file by its years.")
