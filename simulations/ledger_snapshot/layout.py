"""Which columns of a snapshot stand in which file: those of equal length together.

Every file is one record batch, so that a column is one stretch of memory when the file is mapped.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa

from simulations.ledger_snapshot.columns import Column, Groups, Rates
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import OF_CUSTOMERS, OF_INVOICES, AnyTable
from simulations.ledger_snapshot.texts import Texts, text_column

#: The fields of a snapshot by name: the border where they are handed over as keywords.
Fields: TypeAlias = dict[str, Any]
Columns: TypeAlias = Mapping[str, Column | Sequence[str]]

_WITH_IDS: Final = {"invoices": ("invoice_id", "invoice_ids"), "orders": ("order_id", "order_ids")}
_DIVIDED_BY: Final = {"begins_by_customer": OF_CUSTOMERS, "begins_by_invoice": OF_INVOICES}
_ROWS: Final[Mapping[str, type[AnyTable]]] = {**OF_CUSTOMERS, **OF_INVOICES, "rates": Rates}

FILES: Final = (*_ROWS, *_DIVIDED_BY, "customers", "words", "attributes", "eras", "roots")


def batch_of(snapshot: Snapshot, file: str) -> pa.RecordBatch:
    """Return the record batch of a file, by its name without ending; numbers are not copied."""
    columns = {name: _as_arrow(column) for name, column in _columns(snapshot, file).items()}
    return pa.record_batch(list(columns.values()), names=list(columns))


def fields_of(batch_of_file: Callable[[str], pa.RecordBatch]) -> Fields:
    """Return the fields of a snapshot that stand in its files.

    KeyError for a column that is not there, ValueError for one of another type or length than it must have.
    """
    begins = {file: _numbers(batch_of_file(file)) for file in _DIVIDED_BY}
    of_table = {table: begins[file][table] for file, tables in _DIVIDED_BY.items() for table in tables}
    rows = {table: batch_of_file(table) for table in _ROWS}
    for table, column in of_table.items():
        if not len(column) or column[0] != 0 or column[-1] != rows[table].num_rows:
            raise ValueError(table)
    tables = {
        table: kind(*(of_table[table] if name == "begins" else _number(rows[table], name) for name in kind._fields))
        for table, kind in _ROWS.items()
    }
    customers, eras = batch_of_file("customers"), _number(batch_of_file("eras"), "begins")
    root = _number(batch_of_file("roots"), "root").reshape(len(eras), len(customers))
    return {
        **tables,
        "groups": Groups(eras, root, _number(customers, "unit")),
        "attributes": _numbers(batch_of_file("attributes")),
        "customer_ids": _texts(customers, "customer_id"),
        "words": _texts(batch_of_file("words"), "word"),
        **{field: _texts(rows[table], name) for table, (name, field) in _WITH_IDS.items()},
    }


def _columns(snapshot: Snapshot, file: str) -> Columns:
    match file:
        case "customers":
            return {"customer_id": snapshot.customer_ids, "unit": snapshot.groups.unit}
        case "words":
            return {"word": snapshot.words}
        case "attributes":
            return snapshot.attributes
        case "eras":
            return {"begins": snapshot.groups.eras}
        case "roots":
            return {"root": snapshot.groups.root.reshape(-1)}
        case "begins_by_customer" | "begins_by_invoice":
            return {table: getattr(snapshot, table).begins for table in _DIVIDED_BY[file]}
        case _:
            return {**_ids(snapshot, file), **_without_begins(getattr(snapshot, file))}


def _ids(snapshot: Snapshot, table: str) -> Columns:
    if table not in _WITH_IDS:
        return {}
    name, field = _WITH_IDS[table]
    return {name: getattr(snapshot, field)}


def _without_begins(table: AnyTable) -> Columns:
    return {name: column for name, column in table._asdict().items() if name != "begins"}


def _as_arrow(column: Column | Sequence[str]) -> pa.Array:
    if isinstance(column, Texts):
        return column.column
    return text_column(column) if isinstance(column, Sequence) else pa.array(column)


def _texts(batch: pa.RecordBatch, name: str) -> Texts:
    column = batch.column(name)
    if column.type != pa.large_string() or column.null_count:
        raise ValueError(name)
    return Texts(column)


def _numbers(batch: pa.RecordBatch) -> Mapping[str, Column]:
    return {name: _number(batch, name) for name in batch.schema.names}


def _number(batch: pa.RecordBatch, name: str) -> Column:
    column: Column = batch.column(name).to_numpy(zero_copy_only=True)
    if column.dtype != np.int64:
        raise ValueError(name)
    # Of no rows Arrow makes an array that may be written into.
    column.setflags(write=False)
    return column
