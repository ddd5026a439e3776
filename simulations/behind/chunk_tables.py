"""The orders and case steps of some customers as tables, by what both sides did with them."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from policy_service.facts.knowledge import NEVER
from simulations.accounting.calendar import Calendar, monday_of
from simulations.accounting.cohorts import Cohorts
from simulations.accounting.kernel_input import as_column, recorded_of
from simulations.accounting.places import layout_of
from simulations.accounting.sums import add_up
from simulations.behind.columns import ORDER_COLUMNS, SIDES, STEP_COLUMNS, SUMMED
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Mode, Options
from simulations.replay.trace import OUTCOMES, DecidedOrders, Trace

#: All sums of so many customers are in memory at a time.
_AT_ONCE: Final = 500


def orders_of(snapshot: Snapshot, traces: tuple[Trace, Trace], options: Options) -> pa.Table:
    """Return every order dated in the window, with what baseline and candidate decide first."""
    old, new = (_by_entry(trace.orders) for trace in traces)
    ids = snapshot.order_ids if snapshot.has_orders_file else snapshot.invoice_ids
    return pa.table(
        {
            "order_id": pa.array([ids[entry] for entry in new.entry.tolist()], pa.string()),
            "customer_id": _texts(snapshot.customer_ids, new.customer),
            "date": _days(new.day),
            "amount": pa.array(recorded_of(snapshot).order_amount[new.entry], pa.int64()),
            **_decided(SIDES[0], old, traces[0], options),
            **_decided(SIDES[1], new, traces[1], options),
        },
        schema=ORDER_COLUMNS,
    )


def steps_of(snapshot: Snapshot, traces: tuple[Trace, Trace]) -> pa.Table:
    """Return every case step: what fired of one level for one customer on one day."""
    tables = [_steps(snapshot, side, trace) for side, trace in zip(SIDES, traces, strict=True)]
    return pa.concat_tables(tables)


def sums_of(snapshot: Snapshot, trace: Trace, calendar: Calendar, mode: Mode) -> Column:
    """Return a row per customer with the figures of `SUMMED`, of a part of a ledger with that calendar."""
    layout, places = layout_of(trace, calendar), list(SUMMED.values())
    found = []
    for first in range(0, snapshot.customers, _AT_ONCE):
        some = range(first, min(first + _AT_ONCE, snapshot.customers))
        # Each customer is a set of its own.
        alone = Cohorts(tuple(("", str(one)) for one in some), as_column(np.arange(len(some)).reshape(-1, 1)))
        found.append(add_up(snapshot, trace, mode, layout, alone, customers=some).totals[:, places])
    return np.concatenate(found) if found else np.zeros((0, len(places)), dtype=np.int64)


def _decided(side: str, orders: DecidedOrders, trace: Trace, options: Options) -> dict[str, Any]:
    is_sold = (orders.went_ahead > -NEVER) & (orders.went_ahead < options.ends)
    sold = np.ones(len(is_sold), dtype=np.int64) if options.mode is Mode.OPEN else is_sold.astype(np.int64)
    return {
        f"{side}_outcome": _texts([str(outcome) for outcome in OUTCOMES], orders.outcome),
        f"{side}_reason": _texts(trace.reasons, orders.reason),
        f"{side}_rule_set": _texts([rule_set for rule_set, _ in trace.rows], orders.hit),
        f"{side}_row": _texts([row for _, row in trace.rows], orders.hit),
        f"{side}_sold": pa.array(sold, pa.int64()),
    }


def _steps(snapshot: Snapshot, side: str, trace: Trace) -> pa.Table:
    fired = trace.firings
    steps = np.stack([fired.customer, fired.day, fired.level], axis=1)
    if not len(steps):
        return STEP_COLUMNS.empty_table()
    found, first, which, notices = np.unique(steps, axis=0, return_index=True, return_inverse=True, return_counts=True)
    opened = np.bincount(which.reshape(-1), weights=fired.opens, minlength=len(found)).astype(np.int64)
    customer, day, level = found.T
    return pa.table(
        {
            "customer_id": _texts(snapshot.customer_ids, customer),
            "date": _days(day),
            "week": _days(_mondays(day)),
            "side": pa.array([side] * len(found), pa.string()),
            "level": _texts(trace.levels, level),
            "owner": _texts([owner or None for owner in trace.owners], level),
            "notices": pa.array(notices, pa.int64()),
            "opened": pa.array(opened, pa.int64()),
            "invoice_id": _texts(snapshot.invoice_ids, fired.invoice[first]),
        },
        schema=STEP_COLUMNS,
    )


def _by_entry(orders: DecidedOrders) -> DecidedOrders:
    # A released order may stand elsewhere in one of the sides.
    in_order = np.argsort(orders.entry, kind="stable")
    return DecidedOrders(*(column[in_order] for column in orders))


def _texts(words: Sequence[str | None], places: Column) -> pa.Array:
    known, which = np.unique(places, return_inverse=True)
    texts = pa.array([words[place] if place >= 0 else None for place in known.tolist()], pa.string())
    return texts.take(pa.array(which.reshape(-1)))


def _days(days: Column) -> pa.Array:
    return pa.array(days.astype("datetime64[D]")).cast(pa.string())


def _mondays(days: Column) -> Column:
    known, which = np.unique(days, return_inverse=True)
    return np.array([monday_of(day) for day in known.tolist()], dtype=np.int64)[which.reshape(-1)]
