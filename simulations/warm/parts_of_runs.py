"""What a run did for some of its customers, and what it comes to with these replaced: exact, as sums are integers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from policy_service.domain.values import UNKNOWN
from simulations.accounting.sums import RunSums
from simulations.comparison.moves import Moves
from simulations.ledger_snapshot.chosen import Chosen, Rows, rows_of
from simulations.ledger_snapshot.columns import Column
from simulations.replay.trace import DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace


def trace_of(trace: Trace, part: Chosen, customers: Column) -> Trace:
    """Return what the run did for the customers of that part, numbered as they are in it."""
    everybody = len(trace.reviewed.grade)
    orders = rows_of(_begins(trace.orders.customer, everybody), customers)
    firings = rows_of(_begins(trace.firings.customer, everybody), customers)
    decided = DecidedOrders(*(column[orders.places] for column in trace.orders))
    fired = Firings(*(column[firings.places] for column in trace.firings))
    ordered, fired_for = _owners(orders), _owners(firings)
    begins = part.snapshot.orders.begins if part.snapshot.has_orders_file else part.snapshot.invoices.begins
    upon = fired.invoice - _moved(part.invoices, part.snapshot.invoices.begins)[fired_for]
    return replace(
        trace,
        orders=decided._replace(entry=decided.entry - _moved(part.orders, begins)[ordered], customer=ordered),
        invoices=ReplayedInvoices(*(column[part.invoices] for column in trace.invoices)),
        firings=fired._replace(customer=fired_for, invoice=np.where(fired.invoice >= 0, upon, fired.invoice)),
        reviewed=Reviewed(*(column[customers] for column in trace.reviewed)),
    )


def sums_with(sums: RunSums, customers: Column, before: RunSums, now: RunSums) -> RunSums:
    """Return the sums of a run in which those customers, who came to `before`, come to `now`."""
    told = sums.customers.copy()
    told[customers] = now.customers
    return replace(
        sums,
        layout=now.layout,
        totals=sums.totals - before.totals + now.totals,
        timeline=sums.timeline - before.timeline + now.timeline,
        customers=told,
    )


def sums_regraded(sums: RunSums, trace: Trace, now: Trace) -> RunSums:
    """Return the sums of a run whose customers end with the grades of `now` instead of those of `trace`."""
    totals, first = sums.totals.copy(), sums.layout.places.grades
    for of_run, sign in ((trace, -1), (now, 1)):
        grades = of_run.reviewed.grade
        totals[0, first:] += sign * np.bincount(grades[grades >= 0], minlength=totals.shape[1] - first)
    return replace(sums, totals=totals)


def moves_with(moves: Moves, customers: Column, before: Moves, now: Moves) -> Moves:
    """Return the moves of a run in which those customers moved as `now` says; before they did as `before` says."""
    moved, first = moves.moved.copy(), moves.first.copy()
    moved[customers], first[customers] = now.moved, now.first
    return Moves(
        moves.outcomes - before.outcomes + now.outcomes,
        moved,
        first,
        moves.other_terms - before.other_terms + now.other_terms,
    )


def moves_in_whole(moves: Moves, part: Chosen) -> Moves:
    """Return the moves of a part with its orders numbered as they are in the whole."""
    first = moves.first.copy()
    has_moved = first[:, 1] >= 0
    first[has_moved, 1] = part.orders[first[has_moved, 1]]
    return replace(moves, first=first)


def moves_renumbered(moves: Moves, rows: Sequence[tuple[str, str]], now_rows: Sequence[tuple[str, str]]) -> Moves:
    """Return the moves with rows of policies numbered as in another text of the policy; -1 for one that is gone."""
    if rows == now_rows:
        return moves
    numbers = {row: number for number, row in enumerate(now_rows)}
    named = np.array([*(numbers.get(row, -1) for row in rows), -1], dtype=np.int64)
    first = moves.first.copy()
    first[:, 2] = named[first[:, 2]]
    return replace(moves, first=first)


def regraded(trace: Trace, customers: Column, grades: Column) -> Trace:
    """Return the trace with those last grades of these customers, by code; UNKNOWN for none."""
    now = trace.reviewed.grade.copy()
    now[customers] = np.where(grades == UNKNOWN, -1, grades)
    return replace(trace, reviewed=trace.reviewed._replace(grade=now))


def grades_with(trace: Trace, customers: Column, now: Trace) -> Trace:
    """Return the trace with the reviews of those customers as they are now, and nothing else of them."""
    columns = [column.copy() for column in trace.reviewed]
    for column, of_now in zip(columns, now.reviewed, strict=True):
        column[customers] = of_now
    return replace(trace, reviewed=Reviewed(*columns))


def _begins(customer: Column, customers: int) -> Column:
    return np.searchsorted(customer, np.arange(customers + 1)).astype(np.int64)


def _owners(rows: Rows) -> Column:
    return np.repeat(np.arange(len(rows.begins) - 1, dtype=np.int64), np.diff(rows.begins))


def _moved(places: Column, begins: Column) -> Column:
    # By customer of the part how many places of the whole come before its first one that are not in the part.
    moved = np.zeros(len(begins) - 1, dtype=np.int64)
    has_any = begins[1:] > begins[:-1]
    firsts = begins[:-1][has_any]
    moved[has_any] = places[firsts] - firsts
    return moved
