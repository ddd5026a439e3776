"""All customers of a comparison as a Parquet file; amounts are whole minor units."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from simulations.comparison.comparison import Comparison
from simulations.report.contents import NOTHING_KNOWN, Circumstances
from simulations.report.tables import CUSTOMER_COLUMNS, Cells, customer_rows

_AT_ONCE: Final = 50_000
_TEXTS: Final = ("customer_id", "why_date", "why_rule_set", "why_row", "why_cell_row", "why_cell")


def write_parquet(file: Path, found: Comparison, circumstances: Circumstances = NOTHING_KNOWN) -> None:
    """Write every customer as a row of texts and 64-bit integers."""
    schema = pa.schema([(name, pa.string() if name in _TEXTS else pa.int64()) for name in CUSTOMER_COLUMNS])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        rows: list[Cells] = []
        for row in customer_rows(found, circumstances, found.customers.by_money_moved()):
            rows.append(row)
            if len(rows) == _AT_ONCE:
                writer.write_table(_table(rows, schema))
                rows = []
        writer.write_table(_table(rows, schema))


def _table(rows: list[Cells], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(CUSTOMER_COLUMNS)
    values = [
        [(cell or None) if pa.types.is_string(kind.type) else _whole(cell) for cell in column]
        for column, kind in zip(columns, schema, strict=True)
    ]
    return pa.table(values, schema=schema)


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None
