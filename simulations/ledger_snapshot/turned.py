"""Columns of customers who were gathered in any order, turned into the order of their ids."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.tables import OF_CUSTOMERS, OF_INVOICES

_TABLE_OF_IDS: Final = {"invoice_ids": "invoices", "order_ids": "orders", "posting_ids": "postings"}


class Turned:
    """Where every row goes, found once from the ids of customers and where the rows of each begin.

    `begins` are those of the tables in order. Customers who are in order already are left as they stand.
    """

    def __init__(self, customer_ids: pa.LargeStringArray, begins: Mapping[str, Column]) -> None:
        customers = pc.sort_indices(customer_ids).to_numpy().astype(np.int64)
        self.begins = dict(begins)
        self._is_in_order = bool((customers == np.arange(len(customers))).all())
        self._order: dict[str, Column] = {}
        if not self._is_in_order:
            self._turn(customers, begins)

    def ids(self, ids: Mapping[str, pa.LargeStringArray]) -> Mapping[str, pa.LargeStringArray]:
        """Return the ids in order."""
        if self._is_in_order:
            return ids
        order = {name: self._order[_TABLE_OF_IDS.get(name, "customers")] for name in ids}
        return {name: column.take(pa.array(order[name])) for name, column in ids.items()}

    def rows(self, table: str, column: Column) -> Column:
        """Return a column of the table in order; one that is not there yet stays so."""
        return column if self._is_in_order or not len(column) else column[self._order[table]]

    def numbers(self, table: str, column: Column) -> Column:
        """Return a column that holds numbers of customers, or places of orders (-1: none), as they are now."""
        if self._is_in_order:
            return column
        order = self._order[table]
        now = np.full(len(order) + 1, -1, dtype=np.int64)
        now[order] = np.arange(len(order))
        return now[column]

    def _turn(self, customers: Column, begins: Mapping[str, Column]) -> None:
        self._order["customers"] = customers
        for table in OF_CUSTOMERS:
            self.begins[table], self._order[table] = _turned(begins[table], customers)
        for table in OF_INVOICES:
            self.begins[table], self._order[table] = _turned(begins[table], self._order["invoices"])


def _turned(begins: Column, owners: Column) -> tuple[Column, Column]:
    counts = np.diff(begins)[owners]
    now = np.concatenate([[0], np.cumsum(counts)])
    return now, np.arange(now[-1]) + np.repeat(begins[:-1][owners] - now[:-1], counts)
