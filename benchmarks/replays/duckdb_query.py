"""The order check of an open loop in SQL for DuckDB: changes by day, added up, looked up as of each order."""

from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.hand_written.policy import HOLD_AFTER_DAYS, MATERIALITY
from benchmarks.replays.order_check import OPEN_LOOP, TOLERATED
from simulations.ledger_snapshot.columns import Column

_QUERY: Final = """
WITH known AS (
    SELECT p.invoice, i.customer, greatest(p.morning, i.known) AS morning, p.part
    FROM postings p JOIN invoices i USING (invoice)
), paid AS (
    SELECT invoice, sum(part) AS part, max(morning) AS last FROM known GROUP BY invoice
), late AS (
    SELECT i.invoice, i.customer, i.amount,
        CASE WHEN paid.part = i.amount THEN paid.last ELSE 1::BIGINT << 40 END AS cleared,
        greatest(i.due + 1, i.known) AS fell_due,
        greatest(i.due + $holds, i.known) AS holds,
        greatest(d.disputed, i.known) AS disputed, d.settled,
        coalesce(d.settled > greatest(d.disputed, i.known), false) AS is_disputed
    FROM invoices i LEFT JOIN paid USING (invoice) LEFT JOIN disputes d USING (invoice)
    WHERE cleared > fell_due
), spans AS (
    SELECT customer, holds AS begins, cleared AS ends FROM late WHERE NOT is_disputed
    UNION ALL SELECT customer, holds, least(disputed, cleared) FROM late WHERE is_disputed
    UNION ALL SELECT customer, greatest(holds, settled), cleared FROM late WHERE is_disputed
), changes AS (
    SELECT customer, morning AS day, -part AS exposure, 0 AS past_due, 0 AS held FROM known
    UNION ALL SELECT customer, fell_due, 0, amount, 0 FROM late
    UNION ALL SELECT l.customer, greatest(k.morning, l.fell_due), 0, -k.part, 0 FROM known k JOIN late l USING (invoice)
    UNION ALL SELECT customer, begins, 0, 0, 1 FROM spans WHERE begins < ends
    UNION ALL SELECT customer, ends, 0, 0, -1 FROM spans WHERE begins < ends
), days AS (
    SELECT customer, day, sum(exposure) AS exposure, sum(past_due) AS past_due, sum(held) AS held
    FROM changes GROUP BY customer, day
), balances AS (
    SELECT customer, day, sum(exposure) OVER w AS exposure, sum(past_due) OVER w AS past_due, sum(held) OVER w AS held
    FROM days WINDOW w AS (PARTITION BY customer ORDER BY day)
), orders AS (
    SELECT customer, invoice, ordered, issued, amount,
        sum(amount) OVER (PARTITION BY customer ORDER BY ordered, issued, invoice ROWS UNBOUNDED PRECEDING) AS asked
    FROM invoices
)
SELECT CASE
    WHEN b.held > 0 AND b.past_due > $materiality THEN 0
    WHEN o.asked + coalesce(b.exposure, 0) > $tolerated AND o.amount > $materiality THEN 1
    ELSE 2 END AS hit
FROM orders o ASOF LEFT JOIN balances b ON o.customer = b.customer AND o.ordered >= b.day
WHERE o.ordered >= $begins AND o.ordered < $ends
ORDER BY o.customer, o.ordered, o.issued, o.invoice
"""
_NUMBERS: Final = {
    "holds": HOLD_AFTER_DAYS + 1,
    "materiality": MATERIALITY,
    "tolerated": TOLERATED,
    "begins": OPEN_LOOP.begins,
    "ends": OPEN_LOOP.ends,
}


def rows_hit_by_duckdb(tables: dict[str, pa.Table], threads: int) -> Column:
    """Return by order of the window, as the product decides them, the place of the row that is hit first."""
    with duckdb.connect(config={"threads": threads}) as connection:
        for name, table in tables.items():
            connection.register(name, table)
        rows: Column = connection.execute(_QUERY, _NUMBERS).fetchnumpy()["hit"].astype(np.int64)
        return rows
