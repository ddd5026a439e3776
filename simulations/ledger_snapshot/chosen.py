"""Some customers of a snapshot as a snapshot of their own, wherever they stand in it."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from simulations.ledger_snapshot.columns import Column, Groups, read_only
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import OF_CUSTOMERS, OF_INVOICES, AnyTable
from simulations.ledger_snapshot.texts import PickedTexts


class Rows(NamedTuple):
    """Rows of a table that belong to chosen owners: where those of each begin among them, and their places before."""

    begins: Column
    places: Column


class Chosen(NamedTuple):
    """A snapshot of chosen customers, and the places in the whole of its invoices and its orders."""

    snapshot: Snapshot
    invoices: Column
    orders: Column


def rows_of(begins: Column, owners: Column) -> Rows:
    """Return the rows of the owners, one after the other."""
    counts = begins[owners + 1] - begins[owners]
    now = np.zeros(len(owners) + 1, dtype=np.int64)
    np.cumsum(counts, out=now[1:])
    return Rows(now, np.arange(now[-1], dtype=np.int64) + np.repeat(begins[owners] - now[:-1], counts))


def chosen(snapshot: Snapshot, customers: Column) -> Chosen:
    """Return the customers of those numbers, which rise: customers, invoices and orders are numbered from 0.

    Words, rates and ranks are those of the whole, and so is the hash. Of a group of which not all are chosen each
    stands by itself.
    """
    rows = {table: rows_of(getattr(snapshot, table).begins, customers) for table in OF_CUSTOMERS}
    tables = {table: _taken(getattr(snapshot, table), of_table) for table, of_table in rows.items()}
    invoices = rows["invoices"].places
    for table in OF_INVOICES:
        divided = getattr(snapshot, table)
        tables[table] = _taken(divided, rows_of(divided.begins, invoices))
    tables["invoices"] = _numbered(tables["invoices"], rows["invoices"], rows["orders"])
    made = replace(
        snapshot,
        customer_ids=PickedTexts(snapshot.customer_ids, customers),
        invoice_ids=PickedTexts(snapshot.invoice_ids, invoices),
        order_ids=PickedTexts(snapshot.order_ids, rows["orders"].places),
        attributes={name: column[rows["versions"].places] for name, column in snapshot.attributes.items()},
        groups=_groups(snapshot.groups, customers),
        **tables,
    )
    return Chosen(made, invoices, rows["orders"].places if snapshot.has_orders_file else invoices)


def _taken(table: AnyTable, rows: Rows) -> AnyTable:
    columns = {name: read_only(column[rows.places]) for name, column in table._asdict().items() if name != "begins"}
    return table._replace(begins=read_only(rows.begins), **columns)


def _numbered(invoices: AnyTable, own: Rows, orders: Rows) -> AnyTable:
    customer = np.repeat(np.arange(len(own.begins) - 1, dtype=np.int64), np.diff(own.begins))
    named = invoices.order >= 0
    order = np.where(named, np.searchsorted(orders.places, invoices.order), invoices.order)
    return invoices._replace(customer=read_only(customer), order=read_only(order))


def _groups(groups: Groups, customers: Column) -> Groups:
    itself = np.arange(len(customers), dtype=np.int64)
    root = groups.root[:, customers]
    at = np.minimum(np.searchsorted(customers, root), max(len(customers) - 1, 0))
    root = np.where(customers[at] == root, at, itself) if len(customers) else root
    _, unit = np.unique(groups.unit[customers], return_inverse=True)
    return Groups(groups.eras, read_only(root), read_only(unit.astype(np.int64)))
