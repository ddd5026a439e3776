"""The ledger read back: one customer's history, or all of it, as it was known after any posting."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select, union
from sqlalchemy.orm import Session

from policy_service.domain.entries import Customer, CustomerHistory, Rate
from policy_service.ledger.columns import Table
from policy_service.ledger.group_roots import roots_of
from policy_service.storage.ledger_tables import ENTRY_TABLES, Cell, Entry, EntryTable

_ORDER: Final[Mapping[Table, tuple[str, ...]]] = {
    Table.ORDERS: ("date", "order_id"),
    Table.INVOICES: ("issue_date", "invoice_id"),
    Table.PAYMENTS: ("date", "payment_id"),
    Table.ADJUSTMENTS: ("date", "adjustment_id"),
    Table.DISPUTES: ("opened", "dispute_id"),
    Table.PROMISES: ("made", "promise_id"),
    Table.EVENTS: ("date", "event_id"),
    Table.STANDINGS: ("valid_from",),
    Table.RATES: ("date", "currency"),
}


def in_force(kept: EntryTable, through: int | None) -> ColumnElement[bool]:
    """Return the condition on rows in force after the posting of that number; after all, for none."""
    return kept.rows.c.superseded_by.is_(None) if through is None else _in_force_at(kept, through)


def _in_force_at(kept: EntryTable, through: int | BindParameter[int]) -> ColumnElement[bool]:
    superseded_by = kept.rows.c.superseded_by
    return and_(kept.rows.c.posting <= through, or_(superseded_by.is_(None), superseded_by > through))


def history_of(session: Session, customer_id: str, through: int | None) -> CustomerHistory | None:
    """Return all that is in force of one customer; none if nothing says there is one."""
    collected: dict[str, Any] = {}
    # Rows name the same invoices, days and currencies: kept once, they take half the memory.
    once: dict[Cell, Cell] = {}
    for kept in ENTRY_TABLES.values():
        if kept.collection:
            asked = {"customer": customer_id, "through": through}
            rows = session.execute(_of_customer(kept.table, has_end=through is not None), asked).all()
            columns = [map(once.setdefault, column, column) for column in zip(*rows, strict=True)]
            collected[kept.collection] = in_order(kept.table, kept.entries(zip(*columns, strict=True)))
            # The customers are asked for before all else.
            if not collected["versions"]:
                return None
    return CustomerHistory(customer_id, **collected)


@cache
def _of_customer(table: Table, *, has_end: bool) -> Select[Any]:
    # Made once: to make a question takes longer than to answer it.
    kept = ENTRY_TABLES[table]
    is_in_force = _in_force_at(kept, bindparam("through")) if has_end else in_force(kept, None)
    return select(*kept.columns).where(kept.history_column == bindparam("customer"), is_in_force)


def histories_of_all(session: Session, through: int | None) -> Mapping[str, CustomerHistory]:
    """Return the histories of every customer, in order of id."""
    return {history.customer_id: history for history in histories_of(session, None, through)}


def histories_of(
    session: Session, customer_ids: Collection[str] | None, through: int | None
) -> tuple[CustomerHistory, ...]:
    """Return the histories of those customers that the ledger has, in order of id; of all of them, for none."""
    collected: dict[str, dict[str, Any]] = defaultdict(dict)
    for kept in ENTRY_TABLES.values():
        if kept.collection:
            for customer_id, entries in _by_customer(session, kept, through, customer_ids).items():
                collected[customer_id][kept.collection] = in_order(kept.table, entries)
    return tuple(
        CustomerHistory(name, **collected[name]) for name in sorted(collected) if collected[name].get("versions")
    )


def customer_ids_of(session: Session, through: int | None) -> tuple[str, ...]:
    """Return the ids of all customers, in order."""
    kept = ENTRY_TABLES[Table.CUSTOMERS]
    # The order of texts is a matter of the database's settings; here it is that of their characters.
    return tuple(sorted(session.scalars(select(kept.rows.c.customer_id).where(in_force(kept, through)).distinct())))


def rates_of(session: Session, through: int | None) -> tuple[Rate, ...]:
    """Return the rates in order of date, then currency."""
    kept = ENTRY_TABLES[Table.RATES]
    rows = session.execute(select(*kept.columns).where(in_force(kept, through)))
    rates: tuple[Any, ...] = in_order(Table.RATES, kept.entries(iter(rows)))
    return rates


def versions_of_groups(session: Session, through: int | None) -> Mapping[str, Sequence[Customer]]:
    """Return the rows of every customer that ever had a parent or was one, by customer, in order of `valid_from`."""
    kept = ENTRY_TABLES[Table.CUSTOMERS]
    rows = kept.rows.c
    has_parent = and_(rows.parent_id != "", in_force(kept, through))
    involved = union(select(rows.customer_id).where(has_parent), select(rows.parent_id).where(has_parent))
    found = session.execute(select(*kept.columns).where(rows.customer_id.in_(involved), in_force(kept, through)))
    versions: dict[str, list[Customer]] = defaultdict(list)
    for entry in in_order(Table.CUSTOMERS, kept.entries(iter(found))):
        if isinstance(entry, Customer):
            versions[entry.customer_id].append(entry)
    return versions


def roots_of_versions(versions: Mapping[str, Sequence[Customer]]) -> Mapping[str, str]:
    """Return the root of each customer's group by the parent of its last version; an unknown parent is none."""
    parents = {name: entries[-1].parent_id for name, entries in versions.items()}
    return roots_of({name: parent if parent in parents else "" for name, parent in parents.items()})


def in_order(table: Table, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries in the order that a history has them in."""
    # The order of texts is a matter of the database's settings; here it is that of their characters.
    if table is Table.CUSTOMERS:
        return tuple(sorted(entries, key=_valid_from))
    return tuple(sorted(entries, key=attrgetter(*_ORDER[table])))


def _valid_from(version: Entry) -> dt.date:
    day: dt.date | None = getattr(version, "valid_from", None)
    return day or dt.date.min


def _by_customer(
    session: Session, kept: EntryTable, through: int | None, customer_ids: Collection[str] | None
) -> Mapping[str, list[Entry]]:
    asked = select(kept.history_column, *kept.columns).where(in_force(kept, through))
    if customer_ids is not None:
        asked = asked.where(kept.history_column.in_(customer_ids))
    rows = session.execute(asked)
    groups: dict[str, list[Entry]] = defaultdict(list)
    for part in rows.partitions(10_000):
        entries = kept.entries(row[1:] for row in part)
        for row, entry in zip(part, entries, strict=True):
            groups[row[0]].append(entry)
    return groups
