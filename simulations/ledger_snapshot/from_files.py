"""Ledger files as a snapshot in a folder, imported a piece at a time, so that memory does not hold the whole ledger.

The files are read twice before they are imported: to find which rows may bear on one another, and to lay them aside
by piece. What is imported and reported is the same as of all files at once.
"""

from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from policy_service.domain.values import Currency
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.ledger.columns import REQUIRED_TABLES, Table
from policy_service.ledger.folder import open_folder
from policy_service.ledger.importer import Progress, read_sheets
from policy_service.ledger.mapping import LedgerMapping
from policy_service.ledger.report import ImportResult
from policy_service.ledger.sheets import Position
from policy_service.services.import_ledger import import_ledger, with_dropped_write_offs
from simulations.ledger_snapshot.belonging import Sheets, belonging_of
from simulations.ledger_snapshot.errors import not_written
from simulations.ledger_snapshot.files import read_snapshot, write_snapshot
from simulations.ledger_snapshot.from_ledger import add_histories, snapshot_of
from simulations.ledger_snapshot.gathering import SnapshotUnderWay
from simulations.ledger_snapshot.merged_report import MergedReport, report_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.spooled_rows import sheets_of_piece, spool

#: About so many rows are imported at a time; each takes a kilobyte or less.
ROWS_AT_A_TIME: Final = 750_000

_Positions: TypeAlias = Callable[[Table], Position]


def made_from(
    folder: Path,
    destination: Path,
    base_currency: Currency,
    declared: FactDictionary,
    mapping: LedgerMapping | None = None,
    progress: Progress | None = None,
    rows_at_a_time: int = ROWS_AT_A_TIME,
) -> Snapshot:
    """Import the ledger in `folder`, write its snapshot into `destination`, and return it mapped from there.

    The report of the import comes with the snapshot. A mapped file is imported whole. LedgerError (D1xx) if nothing
    can be imported, SnapshotError S301, S304 or S305 if no snapshot can be made of it or written. `progress` is told
    of bytes, each of which counts once for every time that it is read.
    """
    if mapping is not None:
        result = import_ledger(folder, base_currency, declared, mapping, progress)
        snapshot, report = snapshot_of(result.ledger, len(result.quarantined)), report_of(result)
    else:
        under_way, merged = _imported(folder, destination, base_currency, declared, progress, rows_at_a_time)
        snapshot, report = under_way.snapshot(quarantined=merged.quarantined), merged.report()
        del under_way
    write_snapshot(snapshot, destination, report)
    return read_snapshot(destination)


def _imported(
    folder: Path,
    destination: Path,
    base_currency: Currency,
    declared: FactDictionary,
    progress: Progress | None,
    rows_at_a_time: int,
) -> tuple[SnapshotUnderWay, MergedReport]:
    sheets, warnings = open_folder(folder, REQUIRED_TABLES)
    merged, under_way = MergedReport(base_currency, warnings), None
    for result in _pieces(sheets, destination, base_currency, declared, progress, rows_at_a_time):
        ledger = result.ledger
        under_way = under_way or SnapshotUnderWay(base_currency, ledger.rates, has_orders_file=ledger.has_orders_file)
        add_histories(under_way, ledger)
        merged.add(result)
    if under_way is None:
        raise AssertionError("there is always a piece of what is doubtful")
    return under_way, merged


def _pieces(
    sheets: Sheets,
    destination: Path,
    base_currency: Currency,
    declared: FactDictionary,
    progress: Progress | None,
    rows_at_a_time: int,
) -> Iterator[ImportResult]:
    told = _Told(sheets, progress)
    belonging = belonging_of(sheets, rows_at_a_time, told.reading(0))
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(
            prefix=f".{destination.name}-", suffix=".rows", dir=destination.parent, ignore_cleanup_errors=True
        ) as place:
            spool(sheets, belonging, Path(place), told.reading(1))
            for piece in range(belonging.pieces):
                of_piece = sheets_of_piece(sheets, piece, Path(place))
                yield with_dropped_write_offs(read_sheets(of_piece, base_currency, declared))
                told.imported(piece + 1, belonging.pieces)
    except OSError as error:
        raise not_written(destination.name, error.strerror or str(error)) from error


class _Told:
    """Progress over three readings of the same bytes."""

    def __init__(self, sheets: Sheets, progress: Progress | None) -> None:
        self._progress = progress
        self._size = sum(sheet.size for sheet in sheets.values())
        sizes = [sheet.size for sheet in sheets.values()]
        self._before = dict(zip(sheets, accumulate(sizes, initial=0), strict=False))

    def reading(self, reading: int) -> _Positions:
        """Return what is told of the bytes of each table that are behind in that reading."""

        def of_table(table: Table) -> Position:
            return lambda position: self._tell(reading * self._size + self._before[table] + position)

        return of_table

    def imported(self, pieces: int, of: int) -> None:
        """Tell that so many pieces were imported."""
        self._tell(2 * self._size + self._size * pieces // of)

    def _tell(self, done: int) -> None:
        if self._progress:
            self._progress(done, 3 * self._size)
