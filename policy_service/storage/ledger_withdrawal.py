"""Rows that one source brought and no longer has: withdrawn, so that they count no longer from a posting on.

What was known before stays readable, as with a correction; nothing stands in the place of a withdrawn row.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, insert, select, update
from sqlalchemy.orm import Session

from policy_service.domain.entries import Invoice
from policy_service.ledger.columns import Table
from policy_service.storage.ledger_differences import Differences, StoredEntry, chunks, is_replaceable
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES, HANGING, EntryTable, Placed
from policy_service.storage.models.ledger import Withdrawal


@dataclass(frozen=True, slots=True)
class Brought:
    """What a source brought: rows that came with its `postings`, of these `customers`; of all, for none.

    Both are questions to the database, each with one column.
    """

    postings: Select[Any]
    customers: Select[Any] | None = None


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A row in force that the source brought, and in whose history it stands; others may need it (`is_needed`)."""

    row_number: int
    history_of: str
    is_needed: bool


#: The rows of a source by table and key.
OwnRows = Mapping[Table, Mapping[Hashable, OwnRow]]
_NEEDING_CUSTOMERS: Final = tuple(table for table in ENTRY_TABLES if table not in (Table.RATES, Table.CUSTOMERS))


def own_rows(session: Session, brought: Brought) -> OwnRows:
    """Return the rows in force that a source brought of the customers concerned, and its rates."""
    return {table: dict(_own_rows_of(session, kept, brought)) for table, kept in ENTRY_TABLES.items()}


def count_in_force(session: Session, postings: Select[Any]) -> int:
    """Return how many rows in force came with these postings."""
    counts = (
        select(func.count()).select_from(kept.rows).where(in_force(kept, None), kept.rows.c.posting.in_(postings))
        for kept in ENTRY_TABLES.values()
    )
    return sum(session.scalar(count) or 0 for count in counts)


def withdraw(session: Session, rows: Mapping[Table, Sequence[int]], posting: int) -> frozenset[str]:
    """Let rows in force, by their numbers, end at a posting; return the customers in whose histories they stood.

    It is the caller's to make the posting, and to say that it speaks of these customers.
    """
    owners = set[str]()
    for table, numbers in rows.items():
        kept = ENTRY_TABLES[table]
        for chunk in chunks(iter(numbers)):
            is_one = kept.rows.c.row_number.in_(chunk)
            if table is not Table.RATES:
                owners.update(map(str, session.scalars(select(kept.history_column).where(is_one).distinct())))
            session.execute(update(kept.rows).where(is_one).values(superseded_by=posting))
    counts = [{"posting": posting, "entry_table": table, "rows": len(rows[table])} for table in rows if rows[table]]
    if counts:
        session.execute(insert(Withdrawal), counts)
    return frozenset(owners - {""})


def beside_own(beside: Mapping[Table, Differences], own: OwnRows) -> Mapping[Table, Differences]:
    """Return how an import stands beside what others stored: as if the source's own rows were not there.

    What goes on elsewhere contradicts here: nobody changes what somebody else brought. An invoice that others need
    and that cannot be replaced is theirs as well.
    """
    return {
        table: Differences(
            {key for key in found.unchanged if key not in own[table]},
            {},
            {key: stored for key, stored in _stored_otherwise(found) if key not in own[table]},
        )
        for table, found in beside.items()
    }


def without_fixed(own: OwnRows, beside: Mapping[Table, Differences], invoices: Sequence[Placed]) -> OwnRows:
    """Return the rows of a source but for invoices that others need where the source now says they are another's."""
    kept, found = ENTRY_TABLES[Table.INVOICES], beside[Table.INVOICES]
    fixed = {
        key
        for key, entry in ((kept.key_of(entry), entry) for _, entry in invoices)
        if isinstance(entry, Invoice)
        and key in found.contradicted
        and key in own[Table.INVOICES]
        and own[Table.INVOICES][key].is_needed
        and not is_replaceable(found.contradicted[key].entry, entry)
    }
    left = {key: row for key, row in own[Table.INVOICES].items() if key not in fixed}
    return {**own, Table.INVOICES: left}


def no_longer_there(
    own: OwnRows, accepted: Mapping[Table, Sequence[Placed]], beside: Mapping[Table, Differences]
) -> Mapping[Table, Mapping[Hashable, int]]:
    """Return the rows of a source that have to be withdrawn, by table and key.

    They are those that the source has no longer, or has for another customer, or as an invoice in another currency;
    what others need stays.
    """
    return {table: dict(_no_longer_there(table, own[table], accepted[table], beside[table])) for table in ENTRY_TABLES}


def _no_longer_there(
    table: Table, own: Mapping[Hashable, OwnRow], accepted: Sequence[Placed], beside: Differences
) -> Iterator[tuple[Hashable, int]]:
    kept = ENTRY_TABLES[table]
    goes_on = set[Hashable]()
    for history_of, entry in accepted:
        key = kept.key_of(entry)
        row = own.get(key)
        before = beside.contradicted.get(key)
        is_same = row and (table is Table.RATES or row.history_of == history_of)
        if is_same and not (before and not is_replaceable(before.entry, entry)):
            goes_on.add(key)
    for key, row in own.items():
        if key not in goes_on and not row.is_needed:
            yield key, row.row_number


def _own_rows_of(session: Session, kept: EntryTable, brought: Brought) -> Iterator[tuple[Hashable, OwnRow]]:
    rows = kept.rows.c
    history = rows.currency if kept.table is Table.RATES else kept.history_column
    asked = select(*(rows[name] for name in kept.key), rows.row_number, history)
    asked = asked.where(in_force(kept, None), rows.posting.in_(brought.postings))
    if brought.customers is not None and kept.table is not Table.RATES:
        asked = asked.where(history.in_(brought.customers))
    needed = _needed_by_others(session, kept, brought)
    for part in session.execute(asked).partitions(10_000):
        for *key, row_number, history_of in part:
            name = key[1] if kept.table is Table.RATES else key[0]
            yield (key[0] if len(key) == 1 else tuple(key)), OwnRow(row_number, history_of, name in needed)


def _needed_by_others(session: Session, kept: EntryTable, brought: Brought) -> frozenset[str]:
    match kept.table:
        case Table.INVOICES:
            naming = [(table, "invoice_id") for table in HANGING]
        case Table.ORDERS:
            naming = [(Table.INVOICES, "order_id")]
        case Table.CUSTOMERS:
            naming = [(table, "") for table in _NEEDING_CUSTOMERS]
        case Table.RATES:
            naming = [(Table.INVOICES, "currency"), (Table.ORDERS, "currency")]
        case _:
            naming = []
    found = set[str]()
    for table, column in naming:
        found.update(_named_by_others(session, ENTRY_TABLES[table], column, brought))
    return frozenset(found)


def _named_by_others(session: Session, naming: EntryTable, column: str, brought: Brought) -> Iterator[str]:
    named = naming.rows.c[column] if column else naming.history_column
    is_others: list[ColumnElement[bool]] = [in_force(naming, None), naming.rows.c.posting.not_in(brought.postings)]
    if brought.customers is not None and column != "currency":
        is_others.append(naming.history_column.in_(brought.customers))
    yield from session.scalars(select(named).where(*is_others).distinct())


def _stored_otherwise(found: Differences) -> Iterator[tuple[Hashable, StoredEntry]]:
    yield from found.contradicted.items()
    yield from found.continued.items()
