"""Which rows of a ledger's files may bear on one another, so that they can be imported a piece at a time.

The checks of the import compare rows that name the same customer, group, invoice, order or id. Every row is given
the label of its customer's group. Where a row ties two labels together, be it a payment for an invoice of another
customer, an id that stands twice or a line that cannot be read and may name anybody, both are doubtful, and all that is
doubtful is one piece: so each piece by itself is checked as it would be within the whole.
"""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from policy_service.ledger.columns import Table
from policy_service.ledger.sheets import BrokenRow, Position, Sheet
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.labels import NO_NAME, NOBODY, Companies, Labels, hash_of

#: The piece of all that is doubtful, or of nobody.
DOUBTFUL: Final = 0

Sheets: TypeAlias = Mapping[Table, Sheet]

#: What tells the rows of a table apart (of standings and customers that is the customer), and whom they name.
_KEYS: Final = {
    Table.ORDERS: "order_id",
    Table.INVOICES: "invoice_id",
    Table.PAYMENTS: "payment_id",
    Table.ADJUSTMENTS: "adjustment_id",
    Table.DISPUTES: "dispute_id",
    Table.PROMISES: "promise_id",
    Table.EVENTS: "event_id",
}
_NAMED: Final = ("customer_id", "invoice_id", "order_id")


@dataclass(frozen=True, slots=True)
class Belonging:
    """The piece of every row, by table, and how many pieces there are; rates are for all of them."""

    pieces: int
    of_rows: Mapping[Table, npt.NDArray[np.int32]]


def belonging_of(sheets: Sheets, rows_of_a_piece: int, position: Callable[[Table], Position]) -> Belonging:
    """Return which rows belong together, in pieces of about so many rows."""
    found = _Found()
    divided: dict[Table, Sheet] = {table: sheet for table, sheet in sheets.items() if table is not Table.RATES}
    labels = {table: found.label(table, sheet, position(table)).astype(np.int32) for table, sheet in divided.items()}
    sizes = np.bincount(np.concatenate([*labels.values(), np.zeros(1, dtype=np.int32)]))
    piece_of = 1 + np.cumsum(sizes) // max(rows_of_a_piece, 1)
    piece_of[[NOBODY, *found.doubtful()]] = DOUBTFUL
    piece_of = np.unique(np.append(piece_of, DOUBTFUL), return_inverse=True)[1][:-1]
    of_rows: dict[Table, npt.NDArray[np.int32]] = {
        table: piece_of.astype(np.int32)[own] for table, own in labels.items()
    }
    return Belonging(int(piece_of.max()) + 1, of_rows)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names in the rows of one table as hashes, NO_NAME where a row has none; of a broken row all have none."""

    columns: Mapping[str, Column]
    broken: Column


class _Found:
    """What the tables so far have told: whose the customers, orders and invoices are, and what is doubtful."""

    def __init__(self) -> None:
        self._known = {name: Labels(_none(), _none()) for name in _NAMED}
        self._has_orders = False
        self._doubtful = {NOBODY}
        self._broken = [_none()]

    def label(self, table: Table, sheet: Sheet, position: Position) -> Column:
        """Return the label of every row of the table; the tables that it names come before it."""
        if table is Table.CUSTOMERS:
            return self._label_customers(sheet, position)
        names = _read_names(sheet, sorted({*_NAMED, _KEYS.get(table, "customer_id")}), position)
        labels = self._labels_of_rows(table, names)
        key = Labels(names.columns[_KEYS[table]], labels) if table in _KEYS else None
        if key:
            self._doubt(key.doubtful)
            self._doubt(key.of(names.broken))
        if key and _KEYS[table] in _NAMED:
            self._known[_KEYS[table]] = key
            self._has_orders |= table is Table.ORDERS
        self._broken.append(names.broken)
        return labels

    def doubtful(self) -> list[int]:
        """Return the labels that are doubtful once all tables are read."""
        broken = np.concatenate(self._broken)
        for known in self._known.values():
            self._doubt(known.of(broken))
        return sorted(self._doubtful)

    def _label_customers(self, sheet: Sheet, position: Position) -> Column:
        companies, names, broken = Companies(), list[str](), array("q")
        own, parent = _places(sheet, ("customer_id", "parent_id"))
        for _, row in sheet.rows(position):
            if isinstance(row, BrokenRow):
                broken.extend(map(hash_of, row.cells))
                names.append("")
                continue
            row.append("")
            names.append(row[own])
            if row[own] and row[parent]:
                companies.join(row[own], row[parent])
        labels = companies.labels(names)
        self._known["customer_id"] = Labels(_column(array("q", map(hash_of, names))), labels)
        self._broken.append(_column(broken))
        return labels

    def _labels_of_rows(self, table: Table, names: _Names) -> Column:
        of = {name: self._known[name].of(names.columns[name]) for name in _NAMED}
        match table:
            case Table.ORDERS | Table.EVENTS | Table.STANDINGS:
                return of["customer_id"]
            case Table.INVOICES:
                if self._has_orders:
                    self._doubt_ties(of["customer_id"], of["order_id"], names.columns["order_id"] != NO_NAME)
                return of["customer_id"]
            case _:
                has_invoice = names.columns["invoice_id"] != NO_NAME
                has_both = has_invoice & (names.columns["customer_id"] != NO_NAME)
                self._doubt_ties(of["invoice_id"], of["customer_id"], has_both)
                labels: Column = np.where(has_invoice, of["invoice_id"], of["customer_id"])
                return labels

    def _doubt_ties(self, labels: Column, others: Column, are_tied: Column) -> None:
        differs = are_tied & (labels != others)
        self._doubt(labels[differs])
        self._doubt(others[differs])

    def _doubt(self, labels: Column) -> None:
        self._doubtful.update(np.unique(labels).tolist())


def _read_names(sheet: Sheet, columns: list[str], position: Position) -> _Names:
    places = _places(sheet, columns)
    names, broken = [array("q") for _ in columns], array("q")
    for _, row in sheet.rows(position):
        if isinstance(row, BrokenRow):
            broken.extend(map(hash_of, row.cells))
            cells = [""] * len(columns)
        else:
            row.append("")
            cells = [row[place] for place in places]
        for column, cell in zip(names, cells, strict=True):
            column.append(hash_of(cell))
    return _Names(dict(zip(columns, map(_column, names), strict=True)), _column(broken))


def _places(sheet: Sheet, columns: tuple[str, ...] | list[str]) -> list[int]:
    # A column that the file lacks is read from the empty text appended to every row.
    return [sheet.header.index(name) if name in sheet.header else len(sheet.header) for name in columns]


def _column(numbers: "array[int]") -> Column:
    return np.frombuffer(numbers, dtype=np.int64) if numbers else _none()


def _none() -> Column:
    return np.empty(0, dtype=np.int64)
