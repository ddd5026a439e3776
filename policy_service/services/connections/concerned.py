"""Which customers are read again after a change: all whose entries it may bear upon, and no more.

A row bears upon the customer that it names and on that of its invoice. Beyond these, an import judges some rows
together: rows with the same id, a payment and the invoice of another customer, an invoice and another's order, and
customers of one group. So whoever has to do with one of them is read again with the others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from policy_service.ledger.columns import Table
from policy_service.storage.ledger_differences import chunks
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES
from policy_service.storage.models.connections import TranslatedRow
from policy_service.storage.translated_store import (
    AGAIN,
    CUSTOMER,
    EVERYTHING,
    GROUP,
    INVOICE,
    KEY,
    ORDER,
    TranslatedStore,
)

#: Where more names are touched all customers are read again.
MOST_NAMES: Final = 20_000
_ROWS: Final = TranslatedRow.metadata.tables["translated_rows"]
_AT_ONCE: Final = 500


def concerned(session: Session, connection_id: int) -> frozenset[str] | None:
    """Return the customers that a change bears upon, and those of whom something was left out before; none for all.

    So what an import leaves out is always all that is left out.
    """
    store = TranslatedStore(session, connection_id)
    touched = store.all_touched(MOST_NAMES)
    if touched is None:
        return None
    names = _merged(touched)
    if EVERYTHING in names:
        return None
    found = set(names[CUSTOMER])
    found |= _owners_of_invoices(session, store, names[INVOICE])
    found |= _owners_of_orders(session, store, names[ORDER])
    found |= _below(session, store, names[GROUP])
    for kind, keys in names.items():
        if kind.startswith(KEY):
            found |= _owners_of_keys(session, store, kind.removeprefix(KEY), keys)
    groups = (*_of_one_key(session, store), *_across(session, store))
    return frozenset(with_joined(found, groups) - {""})


def with_joined(names: Collection[str], groups: Sequence[Collection[str]]) -> set[str]:
    """Return the names with all that chains of groups join them to.

    Each group is gone through once, however large: a mapping that reads a constant as an id makes one of all customers.
    """
    groups_of = defaultdict[str, list[int]](list)
    for number, group in enumerate(groups):
        for name in group:
            groups_of[name].append(number)
    found, waiting, is_done = set(names), list(names), [False] * len(groups)
    while waiting:
        for number in groups_of.get(waiting.pop(), ()):
            if not is_done[number]:
                is_done[number] = True
                more = set(groups[number]) - found
                found |= more
                waiting += more
    return found


def _merged(touched: Mapping[str, Collection[str]]) -> Mapping[str, set[str]]:
    names = defaultdict[str, set[str]](set)
    for kind, some in touched.items():
        names[kind.removeprefix(AGAIN)] |= set(some)
    return names


def _owners_of_invoices(session: Session, store: TranslatedStore, invoices: Collection[str]) -> set[str]:
    kept = ENTRY_TABLES[Table.INVOICES].rows.c
    found = _column(session, _of_table(store, Table.INVOICES, _ROWS.c.customer_id), _ROWS.c.entry_key, invoices)
    stored = select(kept.customer_id).where(in_force(ENTRY_TABLES[Table.INVOICES], None))
    return found | _column(session, stored, kept.invoice_id, invoices)


def _owners_of_orders(session: Session, store: TranslatedStore, orders: Collection[str]) -> set[str]:
    found = _column(session, _of_table(store, Table.ORDERS, _ROWS.c.customer_id), _ROWS.c.entry_key, orders)
    return found | _column(session, _of_table(store, Table.INVOICES, _ROWS.c.customer_id), _ROWS.c.order_id, orders)


def _owners_of_keys(session: Session, store: TranslatedStore, table: str, keys: Collection[str]) -> set[str]:
    named = _of_table(store, Table(table), _ROWS.c.customer_id, _ROWS.c.invoice_id)
    customers, invoices = set[str](), set[str]()
    for customer, invoice in _chunked(session, named, _ROWS.c.entry_key, keys):
        customers.add(customer)
        invoices.add(invoice)
    return customers | _owners_of_invoices(session, store, invoices - {""})


def _below(session: Session, store: TranslatedStore, tops: Collection[str]) -> set[str]:
    found = set(tops)
    level = found
    while level:
        below = _column(session, _of_table(store, Table.CUSTOMERS, _ROWS.c.customer_id), _ROWS.c.parent_id, level)
        level = below - found
        found |= level
    return found


def _of_one_key(session: Session, store: TranslatedStore) -> Iterator[set[str]]:
    key = (_ROWS.c.entry_table, _ROWS.c.entry_key)
    is_apart = _ROWS.c.entry_table.not_in((Table.CUSTOMERS.value, Table.STANDINGS.value, Table.RATES.value))
    repeated = select(*key).where(store.is_own, is_apart).group_by(*key).having(func.count() > 1)
    groups = defaultdict[tuple[str, str], set[str]](set)
    invoices = defaultdict[str, set[tuple[str, str]]](set)
    asked = select(*key, _ROWS.c.customer_id, _ROWS.c.invoice_id).where(store.is_own, tuple_(*key).in_(repeated))
    for table, name, customer, invoice in session.execute(asked):
        groups[table, name].add(customer)
        if invoice and table != Table.INVOICES:
            invoices[invoice].add((table, name))
    owners = _of_table(store, Table.INVOICES, _ROWS.c.entry_key, _ROWS.c.customer_id)
    for invoice, customer in _chunked(session, owners, _ROWS.c.entry_key, invoices):
        for one in invoices[invoice]:
            groups[one].add(customer)
    for group in groups.values():
        yield group - {""}


def _across(session: Session, store: TranslatedStore) -> Iterator[set[str]]:
    other = _ROWS.alias()
    for table, column, named in (
        (Table.PAYMENTS, _ROWS.c.invoice_id, Table.INVOICES),
        (Table.INVOICES, _ROWS.c.order_id, Table.ORDERS),
    ):
        asked = select(_ROWS.c.customer_id, other.c.customer_id).where(
            store.is_own,
            _ROWS.c.entry_table == table.value,
            _ROWS.c.customer_id != "",
            column != "",
            other.c.connection_id == _ROWS.c.connection_id,
            other.c.entry_table == named.value,
            other.c.entry_key == column,
            other.c.customer_id != _ROWS.c.customer_id,
        )
        for pair in session.execute(asked.distinct()):
            yield {str(name) for name in pair} - {""}


def _of_table(store: TranslatedStore, table: Table, *columns: Any) -> Select[Any]:
    return select(*columns).where(store.is_own, _ROWS.c.entry_table == table.value)


def _column(session: Session, asked: Select[Any], column: Any, names: Iterable[str]) -> set[str]:
    return {row[0] for row in _chunked(session, asked.distinct(), column, names)}


def _chunked(session: Session, asked: Select[Any], column: Any, names: Iterable[str]) -> Iterator[Any]:
    for chunk in chunks(iter(sorted(names)), _AT_ONCE):
        yield from session.execute(asked.where(column.in_(chunk)))
