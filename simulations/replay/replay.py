"""A replay: a snapshot, a policy and assumptions in, a trace out; in chunks of customers on plain threads."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from policy_service.domain.values import UNKNOWN
from policy_service.language.policy import Policy
from simulations.columnar.program import Compiled
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.partitions import CustomerRange, partitioned
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.desk import Desk, desk_of, needs_of_plan
from simulations.replay.group_reading import reads_groups
from simulations.replay.noting import Notebook, Noted
from simulations.replay.options import Options
from simulations.replay.own_desks import at_own_desks
from simulations.replay.part_of_run import part_of_run
from simulations.replay.plan import Planned, plan_of
from simulations.replay.replaying_units import replay_units
from simulations.replay.running import Told, run_customers
from simulations.replay.trace import DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace

#: So that no thread waits for long for the last chunk of another.
_CHUNKS_OF_THREAD: Final = 32
#: A chunk costs as much as a thousand orders, whatever its size.
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
    notebook: Notebook | None = None,
    program: Compiled | None = None,
) -> Trace:
    """Return what a replay of the snapshot under the policy did; the same whatever the number of threads.

    What it decided on is written down in the notebook, unless facts of groups are read. `program` is the policy with
    these parameters where it is compiled already.

    UnsupportedCondition E020 names what of the policy cannot be replayed.
    """
    planned = plan_of(snapshot, policy, options, parameters, program)
    told_begins = _told_begins(snapshot, options)
    # All of it is told.
    told = Told(
        np.empty((int(told_begins[-1]), _TOLD_OF_ORDER), dtype=np.int64),
        np.empty((len(snapshot.invoices.issued), _TOLD_OF_INVOICE), dtype=np.int64),
        np.empty((snapshot.customers, _TOLD_OF_CUSTOMER), dtype=np.int64),
    )
    if reads_groups(policy):
        firings = replay_units(snapshot, planned, options, told_begins, told, threads, _chunks(told, threads))
    else:
        firings = _replay_customers(snapshot, planned, options, told_begins, told, threads, notebook)
    begins = snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
    return _trace(planned, told, firings, begins)


def _replay_customers(
    snapshot: Snapshot,
    planned: Planned,
    options: Options,
    told_begins: Column,
    told: Told,
    threads: int,
    notebook: Notebook | None,
) -> Sequence[Column]:
    needs = needs_of_plan(snapshot, planned, options)
    parts = partitioned(snapshot, _chunks(told, threads), keeps_units=False)

    def desk() -> Desk:
        return desk_of(planned, needs, _page(notebook, parts, told_begins))

    def run(own: Desk, customers: CustomerRange) -> Column:
        part = part_of_run(snapshot, customers, planned.plan, told_begins, told)
        last = part.snapshot.customers
        firings = run_customers(0, last, part.agenda, part.plan, own, part.history, part.told)
        part.name_customers()
        if notebook:
            notebook.keep(customers, own.noted)
        return part.named(firings)

    return at_own_desks(threads, desk, run, parts)


def _chunks(told: Told, threads: int) -> int:
    if threads == 1:
        return 1
    return min(threads * _CHUNKS_OF_THREAD, max(threads, len(told.orders) // _ORDERS_OF_CHUNK))


def _page(notebook: Notebook | None, parts: Sequence[CustomerRange], told_begins: Column) -> Noted | None:
    if notebook is None:
        return None
    orders = max((int(told_begins[part.end] - told_begins[part.first]) for part in parts), default=0)
    return notebook.page(max((part.end - part.first for part in parts), default=0), orders)


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
