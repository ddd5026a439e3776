"""The hand-written replay: the kernel on plain threads, and what it tells as the product's trace."""

from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Final, NamedTuple

import numpy as np

from benchmarks.hand_written.customers import FIRING, Done, count_decided, run_customers
from benchmarks.hand_written.desk import Desk, Numbers, desk_of
from benchmarks.hand_written.ledger import ledger_of
from simulations.ledger_snapshot.partitions import CustomerRange, partitioned
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options

_CHUNKS_OF_THREAD: Final = 32


class ByHand(NamedTuple):
    """What the hand-written replay did: orders, invoices and customers, and the firings in order."""

    done: Done
    firings: Numbers


def replay_by_hand(snapshot: Snapshot, options: Options, threads: int = 1) -> ByHand:
    """Replay `sme_simple` closed loop with what REPLAY.md assumes unless told otherwise; of the options the window."""
    ledger = ledger_of(snapshot)
    begins, ends = options.begins, options.ends
    parts = partitioned(snapshot, threads * _CHUNKS_OF_THREAD, keeps_units=False)
    with ThreadPoolExecutor(threads) as pool:

        def count(part: CustomerRange) -> int:
            first, last = int(ledger.begins[part.first]), int(ledger.begins[part.end])
            return count_decided(first, last, begins, ends, ledger.ordered)

        told = [0, *np.cumsum(list(pool.map(count, parts))).tolist()]
        done = room_for(snapshot, told[-1])
        free: SimpleQueue[Desk] = SimpleQueue()
        for _ in range(threads):
            free.put(desk_for(snapshot, options))

        def run(part: CustomerRange, told: int) -> Numbers:
            desk = free.get()
            try:
                return run_customers(part.first, part.end, told, ledger, desk, done)
            finally:
                free.put(desk)

        firings = list(pool.map(run, parts, told[:-1]))
    return ByHand(done, np.concatenate(firings) if firings else np.zeros((0, FIRING), dtype=np.int32))


def room_for(snapshot: Snapshot, orders: int) -> Done:
    """Return room for what is told of the snapshot, of which so many orders are decided."""
    invoices = len(snapshot.invoices.issued)
    return Done(
        *(np.zeros(orders, dtype=kind) for kind in (np.int32, np.int32, np.int32, np.int8, np.int8, np.int8)),
        *(np.zeros(invoices, dtype=kind) for kind in (np.int8, np.int32, np.int32, np.int64)),
        np.zeros(snapshot.customers, dtype=np.int32),
        np.zeros(snapshot.customers, dtype=np.int8),
    )


def desk_for(snapshot: Snapshot, options: Options) -> Desk:
    """Return a desk for any customer of the snapshot."""
    of_customers, of_invoices = snapshot.invoices.begins, snapshot.postings.begins
    return desk_of(
        options.begins,
        options.ends,
        int(np.diff(of_customers).max(initial=0)),
        int(np.diff(of_invoices[of_customers]).max(initial=0)),
        int(np.diff(of_invoices).max(initial=0)),
    )
