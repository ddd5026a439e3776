"""What of an import is new to the ledger, what it has already, and what it has otherwise."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.domain.entries import Dispute, Invoice, Order
from policy_service.ledger.columns import Table
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES, Cell, Entry, EntryTable, Placed

#: How many keys are looked up, or rows inserted, at once.
CHUNK: Final = 5_000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry in force, and the number of its row."""

    row_number: int
    entry: Entry


@dataclass(slots=True)
class Differences:
    """One table of an import beside what is stored: keys that are equal, that go on, that contradict.

    What goes on is no contradiction: a dispute that has been closed since, an order whose state has changed.
    Every key in none of the three is new.
    """

    unchanged: set[Hashable] = field(default_factory=set)
    continued: dict[Hashable, StoredEntry] = field(default_factory=dict)
    contradicted: dict[Hashable, StoredEntry] = field(default_factory=dict)

    def is_stored(self, key: Hashable) -> bool:
        """Whether a row of that key is in force, equal or not."""
        return key in self.unchanged or key in self.continued or key in self.contradicted

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Let these keys be new."""
        for key in keys:
            self.unchanged.discard(key)
            self.continued.pop(key, None)
            self.contradicted.pop(key, None)


def differences(
    session: Session, placed: Mapping[Table, Sequence[Placed]], is_first: bool = False
) -> Mapping[Table, Differences]:
    """Return for each table how the entries stand beside those in force; `is_first`: nothing is stored yet."""
    found = {table: Differences() for table in ENTRY_TABLES}
    if not is_first:
        for table, entries in placed.items():
            kept, beside = ENTRY_TABLES[table], found[table]
            for chunk in chunks(iter(entries)):
                _compare(session, kept, [entry for _, entry in chunk], beside)
    return found


def stored_entries(session: Session, kept: EntryTable, keys: Sequence[str]) -> Sequence[Entry]:
    """Return the entries in force under these keys, or the first part of theirs."""
    return list(kept.entries(row[:-1] for row in _stored_rows(session, kept, set(keys))))


def is_replaceable(stored: Entry, entry: Entry) -> bool:
    """Whether a correction may stand in the stored row's place: an invoice keeps its customer and currency.

    What hangs on an invoice was read in its currency and counts for its customer.
    """
    if isinstance(stored, Invoice) and isinstance(entry, Invoice):
        return (stored.customer_id, stored.currency) == (entry.customer_id, entry.currency)
    return True


def first_difference(stored: Entry, entry: Entry, names: Sequence[str]) -> tuple[str, Cell, Cell]:
    """Return the first column in which the two differ, with both values."""
    pairs = ((name, getattr(stored, name), getattr(entry, name)) for name in names)
    return next((name, before, now) for name, before, now in pairs if before != now)


def chunks(items: Iterator[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    while chunk := list(islice(items, size)):
        yield chunk


def _compare(session: Session, kept: EntryTable, entries: Sequence[Entry], beside: Differences) -> None:
    keys = [kept.key_of(entry) for entry in entries]
    # The first part of a key selects rows; what else is in it is compared here.
    first = {key[0] if isinstance(key, tuple) else key for key in keys}
    places = itemgetter(*(kept.names.index(name) for name in kept.key))
    stored = {places(row): row for row in _stored_rows(session, kept, first)}
    for key, entry, cells in zip(keys, entries, kept.cells(entries), strict=True):
        row = stored.get(key)
        if row is None:
            continue
        if row[:-1] == cells:
            beside.unchanged.add(key)
        else:
            _compare_entries(key, entry, StoredEntry(row[-1], next(kept.entries([row[:-1]]))), beside)


def _compare_entries(key: Hashable, entry: Entry, before: StoredEntry, beside: Differences) -> None:
    if before.entry == entry:
        beside.unchanged.add(key)
    elif _goes_on(before.entry, entry):
        beside.continued[key] = before
    else:
        beside.contradicted[key] = before


def _stored_rows(session: Session, kept: EntryTable, first: Set[Hashable]) -> Iterable[tuple[Cell, ...]]:
    query = select(*kept.columns, kept.rows.c.row_number).where(kept.rows.c[kept.key[0]].in_(first))
    return session.execute(query.where(in_force(kept, None)))


def _goes_on(stored: Entry, entry: Entry) -> bool:
    match stored, entry:
        case Dispute(), Dispute():
            return stored.closed is None and replace(stored, closed=entry.closed) == entry
        case Order(), Order():
            return replace(stored, state=entry.state) == entry
        case _:
            return False
