"""The plain run written as a trace over a snapshot, so that whatever works on traces can be tried without a kernel."""

from collections.abc import Iterable, Sequence

import numpy as np

from policy_service.facts.knowledge import NEVER
from policy_service.language.policy import Policy
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.trace import OUTCOMES, DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace
from tests.simulations.plain.happened import Happened


def trace_of(happened: Happened, snapshot: Snapshot, policy: Policy | None) -> Trace:
    """Return the run as a trace; its words in the order in which they were first said, levels in that of the policy."""
    reasons = tuple(dict.fromkeys(one.reason for one in happened.decided if one.reason))
    rows = tuple(dict.fromkeys(one.hit for one in happened.decided if one.hit))
    grades = tuple(sorted({*happened.grades.values(), *(policy.grades if policy else ())}))
    levels = tuple(happened.owners)
    return Trace(
        _orders(happened, snapshot, reasons, rows),
        _invoices(happened, snapshot),
        _firings(happened, snapshot, levels),
        _reviewed(happened, snapshot, grades),
        reasons,
        rows,
        levels,
        tuple(happened.owners.values()),
        grades,
    )


def _orders(
    happened: Happened, snapshot: Snapshot, reasons: Sequence[str], rows: Sequence[tuple[str, str]]
) -> DecidedOrders:
    ids = snapshot.order_ids if snapshot.has_orders_file else snapshot.invoice_ids
    entries, customers = places(ids), places(snapshot.customer_ids)
    columns = [
        (
            entries[one.order.id],
            customers[one.order.customer_id],
            one.order.date,
            OUTCOMES.index(one.outcome),
            reasons.index(one.reason) if one.reason else -1,
            rows.index(one.hit) if one.hit else -1,
            -NEVER if one.went_ahead is None else one.went_ahead,
        )
        for one in happened.decided
    ]
    return DecidedOrders(*as_columns(columns, len(DecidedOrders._fields)))


def _invoices(happened: Happened, snapshot: Snapshot) -> ReplayedInvoices:
    booked = {name: one for books in happened.books.values() for name, one in books.invoices.items()}
    columns = []
    for name in snapshot.invoice_ids:
        one = booked.get(name)
        if one is None:
            columns.append((0, 0, -NEVER, 0, 0, -NEVER))
        else:
            prepaid_on = -NEVER if one.prepaid_on is None else one.prepaid_on
            columns.append((1, one.waited, one.due, one.moved, one.prepaid, prepaid_on))
    return ReplayedInvoices(*as_columns(columns, len(ReplayedInvoices._fields)))


def _firings(happened: Happened, snapshot: Snapshot, levels: Sequence[str]) -> Firings:
    customers, invoices = places(snapshot.customer_ids), places(snapshot.invoice_ids)
    columns = [
        (
            customers[one.customer_id],
            one.day,
            levels.index(one.key),
            invoices[one.invoice_id] if one.invoice_id else -1,
            int(one.opens),
        )
        for one in happened.fired
    ]
    return Firings(*as_columns(columns, len(Firings._fields)))


def _reviewed(happened: Happened, snapshot: Snapshot, grades: Sequence[str]) -> Reviewed:
    columns = [
        (happened.reviews.get(name, 0), grades.index(happened.grades[name]) if name in happened.grades else -1)
        for name in snapshot.customer_ids
    ]
    return Reviewed(*as_columns(columns, len(Reviewed._fields)))


def places(ids: Sequence[str]) -> dict[str, int]:
    """Return the place of each id."""
    return {name: place for place, name in enumerate(ids)}


def as_columns(rows: Iterable[Sequence[int]], width: int) -> list[Column]:
    """Return rows as read-only columns."""
    table = np.array(list(rows), dtype=np.int64).reshape(-1, width)
    columns = [np.ascontiguousarray(table[:, place]) for place in range(width)]
    for column in columns:
        column.flags.writeable = False
    return columns
