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
from simulations.ledger_snapshot.partitions import CustomerRange, partitioned
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.desk import Desk, desk_of, needs_of_plan
from simulations.replay.fact_rows import read_only
from simulations.replay.options import Options
from simulations.replay.plan import Planned, plan_of
from simulations.replay.rooms import first_days, history_of
from simulations.replay.running import Agenda, Told, run_customers
from simulations.replay.trace import DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace

#: Whoever stops a run waits for one chunk of each thread.
_CHUNKS_OF_THREAD: Final = 32
_TOLD_OF_ORDER: Final = 7


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
    agenda = _agenda(snapshot, options)
    told = Told(
        np.full((int(agenda.told_begins[-1]), _TOLD_OF_ORDER), -NEVER, dtype=np.int64),
        np.zeros((len(snapshot.invoices.issued), 6), dtype=np.int64),
        np.zeros((snapshot.customers, 2), dtype=np.int64),
    )
    history, plan = history_of(snapshot), planned.plan
    needs = needs_of_plan(snapshot, planned, options)
    free: SimpleQueue[Desk] = SimpleQueue()
    for _ in range(threads):
        free.put(desk_of(planned, needs))

    def run(customers: CustomerRange) -> Column:
        desk = free.get()
        try:
            return run_customers(*customers, agenda, plan, desk, history, told)
        finally:
            free.put(desk)

    with ThreadPoolExecutor(threads) as pool:
        firings = list(pool.map(run, partitioned(snapshot, threads * _CHUNKS_OF_THREAD, keeps_units=False)))
    begins = snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
    return _trace(planned, told, firings, begins)


def _agenda(snapshot: Snapshot, options: Options) -> Agenda:
    if snapshot.has_orders_file:
        begins, dates = snapshot.orders.begins, snapshot.orders.date
    else:
        begins, dates = snapshot.invoices.begins, snapshot.invoices.ordered
    in_window = (dates >= options.begins) & (dates < options.ends)
    told = np.concatenate([[0], np.cumsum(in_window)])[begins]
    return Agenda(first_days(snapshot), read_only(told.astype(np.int64)))


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
