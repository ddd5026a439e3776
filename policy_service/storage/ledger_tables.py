"""How each kind of ledger entry is written into its table and read back, the same entry on both sides."""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import starmap
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from sqlalchemy import Column
from sqlalchemy import Table as SqlTable

from policy_service.domain.entries import (
    Adjustment,
    AdjustmentKind,
    Customer,
    Dispute,
    Event,
    Invoice,
    Ledger,
    Order,
    Payment,
    Promise,
    Rate,
    RecordedStanding,
)
from policy_service.ledger.columns import Table
from policy_service.storage.models.ledger_entries import (
    AdjustmentRow,
    CustomerRow,
    DisputeRow,
    EventRow,
    InvoiceRow,
    OrderRow,
    PaymentRow,
    PromiseRow,
    RateRow,
    StandingRow,
)
from policy_service.storage.models.tables import Model

Hanging: TypeAlias = Payment | Adjustment | Dispute | Promise
Entry: TypeAlias = Customer | Invoice | Hanging | Event | Order | RecordedStanding | Rate
#: What a column holds, before the driver sees it: the border to SQLAlchemy's rows.
Cell: TypeAlias = Any
#: An entry with the customer in whose history it stands; a rate stands in none.
Placed: TypeAlias = tuple[str, Entry]


@dataclass(frozen=True, slots=True)
class EntryTable:
    """One table of entries: `key` tells its rows apart, `collection` is its place in a history (rates have none).

    `written` and `read` turn single columns that hold something else than the entry's own value.
    """

    table: Table
    rows: SqlTable
    entry: Callable[..., Entry]
    names: tuple[str, ...]
    key: tuple[str, ...]
    collection: str
    written: Mapping[str, Callable[[Cell], Cell]]
    read: Mapping[str, Callable[[Cell], Cell]]

    @property
    def is_hanging(self) -> bool:
        """Whether its rows say in whose history they stand, as they may name no customer."""
        return "history_of" in self.rows.c

    @property
    def columns(self) -> list[Column[Cell]]:
        """The columns of the entry, in the order of its fields."""
        return [self.rows.c[name] for name in self.names]

    @property
    def history_column(self) -> Column[Cell]:
        """The column that says in whose history a row stands; rates have none."""
        return self.rows.c["history_of" if self.is_hanging else "customer_id"]

    def key_of(self, entry: Entry) -> Hashable:
        """Return what tells the entry apart from others of its table."""
        key: Hashable = attrgetter(*self.key)(entry)
        return key

    def cells(self, entries: Iterable[Entry]) -> Iterator[tuple[Cell, ...]]:
        """Yield for each entry what `columns` hold of it."""
        cells: Iterator[tuple[Cell, ...]] = map(attrgetter(*self.names), entries)
        return _turned(cells, [self.written.get(name) for name in self.names]) if self.written else cells

    def entries(self, rows: Iterable[Sequence[Cell]]) -> Iterator[Entry]:
        """Yield the entries of rows that hold `columns`."""
        cells = _turned(rows, [self.read.get(name) for name in self.names]) if self.read else rows
        return starmap(self.entry, cells)


def _turned(
    rows: Iterable[Sequence[Cell]], turns: Sequence[Callable[[Cell], Cell] | None]
) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        yield tuple([turn(cell) if turn else cell for cell, turn in zip(row, turns, strict=True)])


def _table(
    table: Table,
    model: type[Model],
    entry: type[Entry],
    key: tuple[str, ...],
    written: Mapping[str, Callable[[Cell], Cell]] | None = None,
    read: Mapping[str, Callable[[Cell], Cell]] | None = None,
) -> EntryTable:
    rows = Model.metadata.tables[model.__tablename__]
    names = tuple(field.name for field in fields(entry))
    return EntryTable(table, rows, entry, names, key, _COLLECTIONS[table], written or {}, read or {})


def _attributes_text(attributes: Mapping[str, str]) -> str:
    return json.dumps(dict(attributes), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _decimal_text(rate: Decimal) -> str:
    return f"{rate:f}"


_COLLECTIONS: Final = {table: table.value for table in Table} | {Table.CUSTOMERS: "versions", Table.RATES: ""}

#: In the order in which they are stored: what others name comes first.
ENTRY_TABLES: Final[Mapping[Table, EntryTable]] = MappingProxyType(
    {
        one.table: one
        for one in (
            _table(Table.RATES, RateRow, Rate, ("date", "currency"), {"rate": _decimal_text}, {"rate": Decimal}),
            _table(
                Table.CUSTOMERS,
                CustomerRow,
                Customer,
                ("customer_id", "valid_from"),
                {"attributes": _attributes_text},
                {"attributes": json.loads},
            ),
            _table(Table.ORDERS, OrderRow, Order, ("order_id",)),
            _table(Table.INVOICES, InvoiceRow, Invoice, ("invoice_id",)),
            _table(Table.PAYMENTS, PaymentRow, Payment, ("payment_id",)),
            _table(Table.ADJUSTMENTS, AdjustmentRow, Adjustment, ("adjustment_id",), read={"kind": AdjustmentKind}),
            _table(Table.DISPUTES, DisputeRow, Dispute, ("dispute_id",)),
            _table(Table.PROMISES, PromiseRow, Promise, ("promise_id",)),
            _table(Table.EVENTS, EventRow, Event, ("event_id",)),
            _table(Table.STANDINGS, StandingRow, RecordedStanding, ("customer_id", "valid_from")),
        )
    }
)

HANGING: Final = (Table.PAYMENTS, Table.ADJUSTMENTS, Table.DISPUTES, Table.PROMISES)
_TABLE_OF: Final[Mapping[object, Table]] = {one.entry: one.table for one in ENTRY_TABLES.values()}


def table_of(entry: Entry) -> EntryTable:
    """Return the table that the entry is kept in."""
    return ENTRY_TABLES[_TABLE_OF[type(entry)]]


def placed_entries(ledger: Ledger) -> Mapping[Table, Sequence[Placed]]:
    """Return the entries of a ledger by table, each with the customer in whose history it stands."""
    placed: dict[Table, list[Placed]] = {table: [] for table in ENTRY_TABLES}
    placed[Table.RATES] = [("", rate) for rate in ledger.rates]
    for customer_id, history in ledger.histories.items():
        for table, kept in ENTRY_TABLES.items():
            if kept.collection:
                placed[table].extend((customer_id, entry) for entry in getattr(history, kept.collection))
    return placed
