"""A replay: a snapshot, a policy and assumptions in, a trace out; in chunks of customers on plain threads."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Final

import numpy as np

from policy_service.domain.values import UNKNOWN
from policy_service.facts.knowledge import NEVER
from policy_service.language.policy import Policy
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.partitions import CustomerRange, partitioned, view_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.desk import Desk, desk_of, needs_of_plan
from simulations.replay.fact_rows import read_only
from simulations.replay.mornings import FIRED_FOR, FIRED_UPON
from simulations.replay.options import Options
from simulations.replay.plan import Plan, Planned, plan_of
from simulations.replay.rooms import first_days, history_of
from simulations.replay.running import TOLD_CUSTOMER, Agenda, Told, run_customers
from simulations.replay.trace import DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace

#: Whoever stops a run waits for one chunk of each thread.
_CHUNKS_OF_THREAD: Final = 32
#: A chunk costs as much as some hundred orders, whatever its size.
_ORDERS_OF_CHUNK: Final = 20_000
_TOLD_OF_ORDER: Final = 7
_TOLD_OF_INVOICE: Final = 6
_TOLD_OF_CUSTOMER: Final = 2


def replay(
    snapshot: Snapshot,
    policy: Policy,
    options: Options,
    parameters: Mapping[str, int] | None = None,
    threads: int = 1,
) -> Trace:
    """Return what a replay of the snapshot under the policy did; the same whatever the number of threads.

    UnsupportedCondition E020 names what of the policy cannot be replayed.
    """
    planned = plan_of(snapshot, policy, options, parameters)
    told_begins = _told_begins(snapshot, options)
    told = Told(
        np.full((int(told_begins[-1]), _TOLD_OF_ORDER), -NEVER, dtype=np.int64),
        np.zeros((len(snapshot.invoices.issued), _TOLD_OF_INVOICE), dtype=np.int64),
        np.zeros((snapshot.customers, _TOLD_OF_CUSTOMER), dtype=np.int64),
    )
    needs = needs_of_plan(snapshot, planned, options)
    free: SimpleQueue[Desk] = SimpleQueue()
    for _ in range(threads):
        free.put(desk_of(planned, needs))

    def run(customers: CustomerRange) -> Column:
        desk = free.get()
        try:
            return _replay_part(snapshot, customers, planned.plan, desk, told_begins, told)
        finally:
            free.put(desk)

    with ThreadPoolExecutor(threads) as pool:
        firings = list(pool.map(run, partitioned(snapshot, _chunks(told, threads), keeps_units=False)))
    begins = snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
    return _trace(planned, told, firings, begins)


def _chunks(told: Told, threads: int) -> int:
    return min(threads * _CHUNKS_OF_THREAD, max(threads, len(told.orders) // _ORDERS_OF_CHUNK))


def _replay_part(
    snapshot: Snapshot, customers: CustomerRange, plan: Plan, desk: Desk, told_begins: Column, told: Told
) -> Column:
    # The kernel numbers customers, invoices and versions of the part from 0.
    part = view_of(snapshot, customers)
    versions = slice(*(int(snapshot.versions.begins[edge]) for edge in customers))
    invoices = slice(*(int(snapshot.invoices.begins[edge]) for edge in customers))
    orders = slice(*(int(told_begins[edge]) for edge in customers))
    own = told_begins[customers.first : customers.end + 1]
    of_part = Told(told.orders[orders], told.invoices[invoices], told.customers[slice(*customers)])
    firings = run_customers(
        0,
        part.customers,
        Agenda(first_days(part), read_only(own - own[0])),
        plan._replace(attributes=plan.attributes[versions]),
        desk,
        history_of(part),
        of_part,
    )
    of_part.orders[:, TOLD_CUSTOMER] += customers.first
    firings[:, FIRED_FOR] += customers.first
    firings[firings[:, FIRED_UPON] >= 0, FIRED_UPON] += invoices.start
    return firings


def _told_begins(snapshot: Snapshot, options: Options) -> Column:
    # Where what is told of the orders of each customer begins: of those dated in the window.
    if snapshot.has_orders_file:
        begins, dates = snapshot.orders.begins, snapshot.orders.date
    else:
        begins, dates = snapshot.invoices.begins, snapshot.invoices.ordered
    in_window = (dates >= options.begins) & (dates < options.ends)
    told: Column = np.concatenate([[0], np.cumsum(in_window)])[begins].astype(np.int64)
    return told


def _trace(planned: Planned, told: Told, firings: Sequence[Column], begins: Column) -> Trace:
    fired = np.concatenate(firings) if firings else np.zeros((0, 5), dtype=np.int64)
    vocabulary = planned.compiled.vocabulary
    codes = told.customers[:, 1]
    return Trace(
        DecidedOrders(
            entry=told.orders[:, 5] + begins[told.orders[:, 4]],
            customer=told.orders[:, 4],
            day=told.orders[:, 6],
            outcome=told.orders[:, 0],
            reason=told.orders[:, 1],
            hit=told.orders[:, 2],
            went_ahead=told.orders[:, 3],
        ),
        ReplayedInvoices(*(told.invoices[:, place] for place in range(6))),
        Firings(fired[:, 0], fired[:, 1], fired[:, 2], fired[:, 3], fired[:, 4]),
        Reviewed(told.customers[:, 0], np.where(codes == UNKNOWN, -1, codes)),
        planned.compiled.reasons,
        planned.compiled.rows,
        tuple(planned.climb.levels),
        tuple(planned.climb.owners),
        vocabulary,
    )
