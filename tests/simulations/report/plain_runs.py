"""A run of the plain replay as the trace of an executor, so that what is reported of it can be compared."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from policy_service.facts.knowledge import NEVER
from policy_service.language.policy import Policy
from simulations.accounting.costs import DEFAULT_COSTS, Costs
from simulations.comparison.caveats import ledger_caveats
from simulations.comparison.comparison import Comparison, Question, Side, compared, merge_parts, part_of
from simulations.comparison.run_key import RECORDED, PolicyRun
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.trace import OUTCOMES, DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace
from tests.simulations.plain.books import BookedInvoice
from tests.simulations.plain.happened import Happened


def comparison_of(
    before: Happened, after: Happened, policies: tuple[Policy | None, Policy], costs: Costs = DEFAULT_COSTS
) -> Comparison:
    """Compare two runs of one ledger, added up customer by customer."""
    snapshot = snapshot_of(before.ledger)
    question = Question(side_of(policies[0]), side_of(policies[1]), snapshot.hash, before.options, costs, draws=0)
    traces = (trace_of(before, snapshot), trace_of(after, snapshot))
    parts = [part_of(question, snapshot, traces, customers=range(n, n + 1)) for n in range(snapshot.customers)]
    return compared(question, merge_parts(parts), ledger_caveats(snapshot))


def side_of(policy: Policy | None) -> Side:
    """Return what was replayed; none: today's practice."""
    return Side(PolicyRun(RECORDED, "", {})) if policy is None else Side(PolicyRun(policy.id, policy.id, {}), policy)


def trace_of(happened: Happened, snapshot: Snapshot) -> Trace:
    """Return what happened in columns."""
    entries = snapshot.order_ids if snapshot.has_orders_file else snapshot.invoice_ids
    place = {name: number for number, name in enumerate(entries)}
    customer = {name: number for number, name in enumerate(snapshot.customer_ids)}
    reasons = sorted({one.reason for one in happened.decided if one.reason})
    rows = sorted({one.hit for one in happened.decided if one.hit})
    levels = tuple(happened.owners)
    grades = sorted(set(happened.grades.values()))
    return Trace(
        orders=_columns(
            DecidedOrders,
            [
                (
                    place[one.order.id],
                    customer[one.order.customer_id],
                    one.order.date,
                    OUTCOMES.index(one.outcome),
                    reasons.index(one.reason) if one.reason else -1,
                    rows.index(one.hit) if one.hit else -1,
                    -NEVER if one.went_ahead is None else one.went_ahead,
                )
                for one in sorted(happened.decided, key=lambda one: (one.order.customer_id, one.order.place))
            ],
        ),
        invoices=_columns(ReplayedInvoices, list(_invoices(happened, snapshot))),
        firings=_columns(
            Firings,
            [(customer[one.customer_id], one.day, levels.index(one.key), -1, int(one.opens)) for one in happened.fired],
        ),
        reviewed=_columns(
            Reviewed,
            [
                (happened.reviews.get(name, 0), grades.index(happened.grades[name]) if name in happened.grades else -1)
                for name in snapshot.customer_ids
            ],
        ),
        reasons=tuple(reasons),
        rows=tuple(rows),
        levels=levels,
        owners=tuple(happened.owners.values()),
        grades=tuple(grades),
    )


def _invoices(happened: Happened, snapshot: Snapshot) -> Sequence[tuple[int, ...]]:
    there: Mapping[str, BookedInvoice] = dict(
        chain.from_iterable(books.invoices.items() for books in happened.books.values())
    )
    return [_invoice(there[name]) if name in there else (0, 0, 0, 0, 0, -NEVER) for name in snapshot.invoice_ids]


def _invoice(one: BookedInvoice) -> tuple[int, ...]:
    return 1, one.waited, one.due, one.moved, one.prepaid, -NEVER if one.prepaid_on is None else one.prepaid_on


def _columns(of: Any, rows: Sequence[tuple[int, ...]]) -> Any:
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), len(of._fields)).T
    return of(*(np.ascontiguousarray(column) for column in columns))
