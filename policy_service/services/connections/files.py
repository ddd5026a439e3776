"""What a connection has of the customers concerned, written as files of the ledger for the import to read.

Beside its own rows stand those of others that they name: customers, the groups above them, invoices, orders and
rates, as the ledger has them, so that they are known to the import. Where both have a row of one id the
connection's own stands, and storing it says whose it is.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from policy_service.domain.amounts import from_scaled
from policy_service.domain.currencies import currency
from policy_service.domain.entries import Customer, Invoice, Order, Rate
from policy_service.domain.values import Kind, scale
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.storage.ledger_differences import chunks
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES, HANGING, Entry
from policy_service.storage.ledger_writing import state_now
from policy_service.storage.models.connections import TranslatedRow
from policy_service.storage.translated_store import TranslatedStore

_ROWS: Final = TranslatedRow.metadata.tables["translated_rows"]
_AT_ONCE: Final = 500
_PART: Final = 1_000
_STORED: Final = ENTRY_TABLES[Table.INVOICES].rows


class ConnectionFiles:
    """The files of one reading; with `is_all` of every customer, else of those resolved."""

    def __init__(self, session: Session, connection_id: int, folder: Path, *, is_all: bool) -> None:
        self._session = session
        self._store = TranslatedStore(session, connection_id)
        self._folder = folder
        self._is_all = is_all
        self._named = set[str]()

    def write(self, tables: frozenset[Table]) -> None:
        """Write every file; `tables` are those that the mapping feeds."""
        state = state_now(self._session)
        has_orders = Table.ORDERS in tables or (state is not None and state.orders_since is not None)
        for table in Table:
            if table in (Table.CUSTOMERS, Table.RATES) or (table is Table.ORDERS and not has_orders):
                continue
            self._write(table, COLUMNS[table].all, self._rows(table))
        self._write(Table.RATES, COLUMNS[Table.RATES].all, self._rates())
        # Last, as every row says whom it names.
        customers = COLUMNS[Table.CUSTOMERS].all
        further = dict.fromkeys(name for cells in self._customers() for name in cells if name not in customers)
        self._write(Table.CUSTOMERS, (*customers, *sorted(further)), self._customers())

    def _write(self, table: Table, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
        with (self._folder / f"{table.value}.csv").open("w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for cells in rows:
                # A NUL would refuse the whole file.
                writer.writerow([cells.get(name, "").replace("\0", "\ufffd") for name in columns])

    def _rows(self, table: Table) -> Iterator[Mapping[str, str]]:
        for cells in self._own(table, self._is_concerned(table)):
            self._named.add(cells.get("customer_id", ""))
            yield cells
        if table is Table.INVOICES:
            named = select(_ROWS.c.invoice_id).where(
                self._store.is_own, _ROWS.c.entry_table.in_([one.value for one in HANGING]), _ROWS.c.invoice_id != ""
            )
            yield from self._of_others(table, _STORED.c.invoice_id.in_(named))
        elif table is Table.ORDERS:
            named = select(_ROWS.c.order_id).where(self._store.is_own, _ROWS.c.entry_table == Table.INVOICES.value)
            yield from self._of_others(table, ENTRY_TABLES[Table.ORDERS].rows.c.order_id.in_(named))

    def _own(self, table: Table, which: ColumnElement[bool] | None) -> Iterator[Mapping[str, str]]:
        asked = select(_ROWS.c.cells).where(self._store.is_own, _ROWS.c.entry_table == table.value)
        if which is not None:
            asked = asked.where(which)
        asked = asked.order_by(_ROWS.c.entry_key, _ROWS.c.object_name, _ROWS.c.row_id, _ROWS.c.row_number)
        for part in self._session.execute(asked.execution_options(yield_per=_PART)).partitions():
            for (cells,) in part:
                yield json.loads(cells)

    def _is_concerned(self, table: Table) -> ColumnElement[bool] | None:
        if self._is_all:
            return None
        of_customer = or_(_ROWS.c.customer_id.in_(self._store.resolved()), _ROWS.c.customer_id == "")
        if table not in HANGING:
            return of_customer
        # Of an invoice that nobody has told of, it is told with every reading that it is not known.
        invoice = _ROWS.alias()
        is_its = (
            invoice.c.connection_id == _ROWS.c.connection_id,
            invoice.c.entry_table == Table.INVOICES.value,
            invoice.c.entry_key == _ROWS.c.invoice_id,
        )
        is_stored = (_STORED.c.invoice_id == _ROWS.c.invoice_id, _STORED.c.superseded_by.is_(None))
        resolved = self._store.resolved()
        return or_(
            and_(_ROWS.c.invoice_id == "", of_customer),
            and_(
                _ROWS.c.invoice_id != "",
                or_(
                    exists().where(*is_its, invoice.c.customer_id.in_(resolved)),
                    exists().where(*is_stored, _STORED.c.customer_id.in_(resolved)),
                    and_(~exists().where(*is_its), ~exists().where(*is_stored)),
                ),
            ),
        )

    def _of_others(self, table: Table, which: ColumnElement[bool]) -> Iterator[Mapping[str, str]]:
        kept = ENTRY_TABLES[table]
        own_key = select(_ROWS.c.entry_key).where(self._store.is_own, _ROWS.c.entry_table == table.value)
        asked = select(*kept.columns).where(
            in_force(kept, None),
            kept.rows.c.posting.not_in(self._store.own_postings()),
            kept.rows.c[kept.key[0]].not_in(own_key),
            which,
        )
        if not self._is_all:
            asked = asked.where(kept.history_column.in_(self._store.resolved()))
        for entry in kept.entries(iter(self._session.execute(asked).all())):
            cells = _as_cells(entry)
            self._named.add(cells["customer_id"])
            yield cells

    def _rates(self) -> Iterator[Mapping[str, str]]:
        own = set[tuple[str, str]]()
        for cells in self._own(Table.RATES, None):
            own.add((cells.get("date", ""), cells.get("currency", "")))
            yield cells
        kept = ENTRY_TABLES[Table.RATES]
        is_others = (in_force(kept, None), kept.rows.c.posting.not_in(self._store.own_postings()))
        for rate in kept.entries(iter(self._session.execute(select(*kept.columns).where(*is_others)).all())):
            if isinstance(rate, Rate) and (rate.date.isoformat(), rate.currency) not in own:
                yield _as_cells(rate)

    def _customers(self) -> Iterator[Mapping[str, str]]:
        own = set[tuple[str, str]]()
        names = set[str]()
        parents = set[str]()
        for cells in self._own(Table.CUSTOMERS, self._is_concerned(Table.CUSTOMERS)):
            own.add((cells.get("customer_id", ""), cells.get("valid_from", "")))
            names.add(cells.get("customer_id", ""))
            parents.add(cells.get("parent_id", ""))
            yield cells
        # Those that are named only, and those above: level by level, each once.
        seen = set[str]()
        level = (self._named | names | parents | self._resolved()) - {""}
        while level:
            seen |= level
            above = set[str]()
            for cells in self._customers_named(level, names, own):
                above.add(cells.get("parent_id", ""))
                yield cells
            level = above - seen - {""}

    def _resolved(self) -> set[str]:
        return set() if self._is_all else set(self._session.scalars(self._store.resolved()))

    def _customers_named(
        self, level: Iterable[str], written: set[str], own: set[tuple[str, str]]
    ) -> Iterator[Mapping[str, str]]:
        kept = ENTRY_TABLES[Table.CUSTOMERS]
        for chunk in chunks(iter(sorted(level)), _AT_ONCE):
            for cells in self._own(
                Table.CUSTOMERS, _ROWS.c.customer_id.in_([one for one in chunk if one not in written])
            ):
                own.add((cells.get("customer_id", ""), cells.get("valid_from", "")))
                yield cells
            asked = select(*kept.columns).where(
                in_force(kept, None),
                kept.rows.c.posting.not_in(self._store.own_postings()),
                kept.rows.c.customer_id.in_(chunk),
            )
            for entry in kept.entries(iter(self._session.execute(asked).all())):
                cells = _as_cells(entry)
                if (cells["customer_id"], cells["valid_from"]) not in own:
                    yield cells


def _as_cells(entry: Entry) -> dict[str, str]:
    match entry:
        case Customer():
            return {name: _text(getattr(entry, name)) for name in COLUMNS[Table.CUSTOMERS].all} | dict(entry.attributes)
        case Rate():
            return {"date": entry.date.isoformat(), "currency": entry.currency, "rate": f"{entry.rate:f}"}
        case Invoice():
            return _money_of(entry, COLUMNS[Table.INVOICES].all)
        case Order():
            return _money_of(entry, COLUMNS[Table.ORDERS].all)
        case _:
            raise TypeError(type(entry))


def _money_of(entry: Invoice | Order, columns: Iterable[str]) -> dict[str, str]:
    cells = {name: _text(getattr(entry, name)) for name in columns}
    return cells | {"amount": str(from_scaled(entry.amount, scale(Kind.MONEY, currency(entry.currency))))}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
