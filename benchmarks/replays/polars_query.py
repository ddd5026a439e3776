"""The order check of an open loop as a lazy Polars query: changes by day, added up, looked up as of each order."""

import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks.hand_written.policy import HOLD_AFTER_DAYS, MATERIALITY
from benchmarks.replays.order_check import OPEN_LOOP, TOLERATED
from simulations.ledger_snapshot.columns import Column

_NO_DAY = 2**40
_CHANGES = ("exposure", "past_due", "held")


def rows_hit_by_polars(tables: dict[str, pa.Table]) -> Column:
    """Return by order of the window, as the product decides them, the place of the row that is hit first."""
    frames = {name: pl.from_arrow(table).lazy() for name, table in tables.items()}  # type: ignore[union-attr]
    invoices, postings = frames["invoices"], _known_postings(frames).collect().lazy()
    late = _late_invoices(invoices, postings, frames["disputes"]).collect().lazy()
    balances = (
        pl.concat([*_changes(postings, late)], how="diagonal")
        .group_by("customer", "day")
        .agg(pl.col(_CHANGES).sum())
        .sort("customer", "day")
        .with_columns(pl.col(_CHANGES).cum_sum().over("customer"))
    )
    is_held = (pl.col("held") > 0) & (pl.col("past_due") > MATERIALITY)
    is_above = (pl.col("before") + pl.col("exposure") + pl.col("amount") > TOLERATED) & (pl.col("amount") > MATERIALITY)
    found = (
        _orders(invoices)
        .join_asof(balances, left_on="ordered", right_on="day", by="customer", check_sortedness=False)
        .with_columns(pl.col(_CHANGES).fill_null(0))
        .sort("customer", "ordered", "issued", "invoice")
        .select(pl.when(is_held).then(0).when(is_above).then(1).otherwise(2).alias("row"))
    )
    rows: Column = found.collect()["row"].to_numpy().astype(np.int64)
    return rows


def _orders(invoices: pl.LazyFrame) -> pl.LazyFrame:
    # With what was asked for before each of them, on the same day too.
    return (
        invoices.sort("customer", "ordered", "issued", "invoice")
        .with_columns((pl.col("amount").cum_sum().over("customer") - pl.col("amount")).alias("before"))
        .filter(pl.col("ordered").is_between(OPEN_LOOP.begins, OPEN_LOOP.ends, closed="left"))
        .select("customer", "invoice", "ordered", "issued", "amount", "before")
    )


def _known_postings(frames: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    of_invoice = frames["invoices"].select("invoice", "customer", "known", "due", "amount")
    return frames["postings"].join(of_invoice, on="invoice").with_columns(pl.max_horizontal("morning", "known"))


def _late_invoices(invoices: pl.LazyFrame, postings: pl.LazyFrame, disputes: pl.LazyFrame) -> pl.LazyFrame:
    # Those that were open after their due date, with the days between which nobody disputes them.
    paid = postings.group_by("invoice").agg(pl.col("part").sum(), pl.col("morning").max().alias("last"))
    is_paid = pl.col("part") == pl.col("amount")
    return (
        invoices.join(paid, on="invoice", how="left")
        .with_columns(pl.when(is_paid).then(pl.col("last")).otherwise(_NO_DAY).alias("cleared"))
        .with_columns(pl.max_horizontal(pl.col("due") + 1, "known").alias("fell_due"))
        .filter(pl.col("cleared") > pl.col("fell_due"))
        .join(disputes, on="invoice", how="left")
        .with_columns(
            pl.max_horizontal("disputed", "known").alias("disputed"),
            pl.max_horizontal(pl.col("due") + HOLD_AFTER_DAYS + 1, "known").alias("holds"),
        )
        .with_columns((pl.col("settled") > pl.col("disputed")).fill_null(value=False).alias("is_disputed"))
        .select("invoice", "customer", "amount", "cleared", "fell_due", "holds", "disputed", "settled", "is_disputed")
    )


def _changes(postings: pl.LazyFrame, late: pl.LazyFrame) -> list[pl.LazyFrame]:
    less = (-pl.col("part")).alias
    paid_late = postings.select("invoice", "morning", "part").join(late, on="invoice")
    undisputed, disputed = late.filter(~pl.col("is_disputed")), late.filter("is_disputed")
    return [
        postings.select("customer", pl.col("morning").alias("day"), less("exposure")),
        late.select("customer", pl.col("fell_due").alias("day"), pl.col("amount").alias("past_due")),
        paid_late.select("customer", pl.max_horizontal("morning", "fell_due").alias("day"), less("past_due")),
        *_held(undisputed, pl.col("holds"), pl.col("cleared")),
        *_held(disputed, pl.col("holds"), pl.min_horizontal("disputed", "cleared")),
        *_held(disputed, pl.max_horizontal("holds", "settled"), pl.col("cleared")),
    ]


def _held(late: pl.LazyFrame, begins: pl.Expr, ends: pl.Expr) -> list[pl.LazyFrame]:
    spans = late.select("customer", begins.alias("begins"), ends.alias("ends")).filter(
        pl.col("begins") < pl.col("ends")
    )
    one = pl.lit(1, pl.Int64)
    return [
        spans.select("customer", pl.col("begins").alias("day"), one.alias("held")),
        spans.select("customer", pl.col("ends").alias("day"), (-one).alias("held")),
    ]
