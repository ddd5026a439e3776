"""One table read whole: its entries and its faulty rows."""

from array import array
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import merge
from operator import attrgetter, itemgetter
from typing import Final, Generic, TypeAlias, TypeVar

from policy_service.domain.entries import (
    Adjustment,
    Customer,
    Dispute,
    Event,
    Invoice,
    Order,
    Payment,
    Promise,
    Rate,
    RecordedStanding,
)
from policy_service.domain.errors import LedgerError
from policy_service.ledger.cells import RowReading
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.ledger.entry_keys import key_attributes, key_text
from policy_service.ledger.reasons import EXPLANATIONS, Reason, Refusal
from policy_service.ledger.report import Fault, Quarantined
from policy_service.ledger.sheets import BrokenRow, Position, Sheet, refuse
from policy_service.ledger.spooled import Spooled

Entry = TypeVar("Entry")
EntryReader: TypeAlias = Callable[[Sequence[str], RowReading], Entry]


class State(IntEnum):
    """What becomes of an entry."""

    ACCEPTED = 0
    REPEATED = 1
    QUARANTINED = 2


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row with faults of its own; of a broken one `cells` are any texts it may have named."""

    line: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...]
    is_broken: bool = False


#: Of one file: with more it must be another than it was taken for.
MOST_FAULTY: Final = 1_000_000


@dataclass(slots=True)
class TableRows(Generic[Entry]):
    """The rows of one table in order of the file; `states` and `lines` run along `entries`."""

    table: Table
    file: str = ""
    entries: list[Entry] = field(default_factory=list)
    lines: MutableSequence[int] = field(default_factory=lambda: array("Q"))
    states: bytearray = field(default_factory=bytearray)
    faulty: Spooled[FaultyRow] = field(default_factory=lambda: Spooled(FaultyRow))
    causes: dict[int, Fault] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows were read."""
        return len(self.entries) + len(self.faulty)

    def accepted(self) -> Iterator[Entry]:
        """Yield the entries that are left, in order of the file."""
        return (entry for entry, state in zip(self.entries, self.states, strict=True) if state == State.ACCEPTED)

    def leave_out(self, row: FaultyRow) -> None:
        """Keep a row that cannot be read apart; LedgerError D113 if there are too many of them to be held."""
        self.faulty.append(row)
        if len(self.faulty) > MOST_FAULTY:
            first = self.faulty[0]
            raise too_many_faulty(self.file, first.line, first.faults[0].reason)

    def quarantine(self, index: int, fault: Fault) -> bool:
        """Leave an accepted entry out; False if it is no longer accepted."""
        if self.states[index] != State.ACCEPTED:
            return False
        self.states[index] = State.QUARANTINED
        self.causes[index] = fault
        return True

    def column(self, name: str) -> list[str]:
        """Return what every entry has in a column of texts."""
        return list(map(attrgetter(name), self.entries))

    def by_key(self) -> dict[str, int]:
        """Return where each accepted entry stands, by the text of its key."""
        keys = map(key_text(self.table), self.entries)
        rows = enumerate(zip(keys, self.states, strict=True))
        return {key: index for index, (key, state) in rows if state == State.ACCEPTED}

    def unsound_names(self) -> frozenset[str]:
        """Return every id that a row left out bears, or may bear."""
        names = {name for row in self.faulty for name in (row.cells if row.is_broken else row.cells[:1])}
        key = attrgetter(key_attributes(self.table)[0])
        names.update(key(self.entries[index]) for index in self.causes)
        names.discard("")
        return frozenset(names)

    def names_in(self, row: FaultyRow, column: str) -> Sequence[str]:
        """Return the ids that a faulty row names in `column`, or may name if it is broken."""
        return row.cells if row.is_broken else (row.cells[COLUMNS[self.table].all.index(column)],)

    def quarantined(self) -> Iterator[Quarantined]:
        """Yield a report for every row left out, in order of the file."""
        return merge(self._reports_of_faulty(), self._reports_of_fallen(), key=attrgetter("line"))

    def _reports_of_faulty(self) -> Iterator[Quarantined]:
        for row in self.faulty:
            name = "" if row.is_broken else row.cells[0]
            yield Quarantined(self.file, row.line, self.table, name, row.faults[0], row.faults[1:])

    def _reports_of_fallen(self) -> Iterator[Quarantined]:
        name_of = attrgetter(key_attributes(self.table)[0])
        for index, fault in sorted(self.causes.items(), key=itemgetter(0)):
            yield Quarantined(self.file, self.lines[index], self.table, name_of(self.entries[index]), fault)


def too_many_faulty(file: str, first_line: int, first_reason: Reason) -> LedgerError:
    """Return the refusal of a file with more faulty rows than can be held."""
    found = f"more than {MOST_FAULTY:,} rows cannot be read. Of the first: {EXPLANATIONS[first_reason].meaning}"
    remedy = "Correct what the rows have in common, such as how days are written."
    return refuse(Refusal.TOO_MANY_FAULTY, found, remedy, file, first_line)


#: The tables whose rows name an invoice that they change.
HangingRows: TypeAlias = TableRows[Payment] | TableRows[Adjustment] | TableRows[Dispute] | TableRows[Promise]
AnyRows: TypeAlias = (
    TableRows[Rate]
    | TableRows[Customer]
    | TableRows[Order]
    | TableRows[Invoice]
    | HangingRows
    | TableRows[Event]
    | TableRows[RecordedStanding]
)


@dataclass(frozen=True, slots=True)
class LedgerTables:
    """All tables of one import; one without a file is empty."""

    rates: TableRows[Rate]
    customers: TableRows[Customer]
    orders: TableRows[Order]
    invoices: TableRows[Invoice]
    payments: TableRows[Payment]
    adjustments: TableRows[Adjustment]
    disputes: TableRows[Dispute]
    promises: TableRows[Promise]
    events: TableRows[Event]
    standings: TableRows[RecordedStanding]

    @property
    def hanging(self) -> tuple[HangingRows, ...]:
        """Return those whose rows name an invoice that they change."""
        return (self.payments, self.adjustments, self.disputes, self.promises)

    @property
    def with_a_file(self) -> tuple[AnyRows, ...]:
        """Return those that were read, in reading order."""
        every: tuple[AnyRows, ...] = (
            self.rates,
            self.customers,
            self.orders,
            self.invoices,
            *self.hanging,
            self.events,
            self.standings,
        )
        return tuple(rows for rows in every if rows.file)


def read_table(
    table: Table, sheet: Sheet, read: EntryReader[Entry], reading: RowReading, position: Position
) -> TableRows[Entry]:
    """Return every row of the sheet, read by `read`; faulty ones are kept apart.

    LedgerError D113 where they are so many that the file must be another than it was taken for.
    """
    rows = TableRows[Entry](table, sheet.file)
    pick, bounds = _pick_cells(sheet.header, table), text_bounds(table)
    for line, row in sheet.rows(position):
        if isinstance(row, BrokenRow):
            fault = Fault(row.column, row.reason, row.found)
            rows.leave_out(FaultyRow(line, row.cells, (fault,), is_broken=True))
            continue
        row.append("")
        cells = pick(row)
        reading.lengths(cells, bounds)
        entry = read(cells, reading)
        if reading.faults:
            rows.leave_out(FaultyRow(line, cells, tuple(reading.faults)))
            reading.faults.clear()
        else:
            rows.entries.append(entry)
            rows.lines.append(line)
    rows.states = bytearray(len(rows.entries))
    return rows


def further_columns(header: Sequence[str], table: Table) -> tuple[str, ...]:
    """Return the columns beyond those of the table that it keeps as they are, in order of the header."""
    columns = COLUMNS[table]
    return tuple(name for name in header if name and name not in columns.all) if columns.keeps_further_columns else ()


def text_bounds(table: Table) -> Sequence[tuple[int, str, int]]:
    """Return the bounded columns of the table, as RowReading.lengths takes them: place, column, most characters."""
    columns = COLUMNS[table]
    return [(columns.all.index(name), name, most) for name, most in columns.longest.items()]


def _pick_cells(header: Sequence[str], table: Table) -> Callable[[list[str]], tuple[str, ...]]:
    # A column that the file lacks is read from the empty text appended to every row.
    names = (*COLUMNS[table].all, *further_columns(header, table))
    return itemgetter(*(header.index(name) if name in header else len(header) for name in names))
