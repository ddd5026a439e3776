"""The product's replay beside one written by hand for the same policy, over the same ledger, on as many threads.

Both take the ledger as a run does: in chunks of its customers, each on one thread, what is told of it let go with it.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from benchmarks.hand_written.agreement import differences
from benchmarks.hand_written.ledger import unlike
from benchmarks.hand_written.replay import replay_by_hand
from benchmarks.large_snapshots import SEED, large_snapshot
from benchmarks.replays.ledgers import WINDOW, sme_simple
from benchmarks.replays.spent import Spent, in_turn
from simulations.cli.memory import keep_memory
from simulations.columnar.program import compiled
from simulations.ledger_snapshot.partitions import CustomerRange, partitioned, view_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.replay import replay
from simulations.runs.chunks import CHUNK

THREADS: Final = 2
OURS, BY_HAND = "this product", "by hand"
_ORDERS_OF_ALL_ROUNDS: Final = 5_000_000
_MOST_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Beside:
    """What both took over a ledger of so many orders, and in which fields of a trace they differ."""

    orders: int
    spent: Mapping[str, Spent]
    differing: tuple[str, ...]


def side_by_side(orders: int) -> Beside:
    """Compare both in every field of a trace, and then measure them."""
    snapshot = large_snapshot(orders, with_hash=False)
    differing = _differing(snapshot)
    rounds = min(max(_ORDERS_OF_ALL_ROUNDS // orders, 1), _MOST_ROUNDS)
    return Beside(orders, _spent(snapshot, rounds), differing)


def in_partitions(orders: int, partitions: int) -> Beside:
    """Replay so many ledgers of a size one after the other, each made when it is its turn and then forgotten."""
    taken: dict[str, list[Spent]] = {OURS: [], BY_HAND: []}
    for partition in range(partitions):
        snapshot = large_snapshot(orders, SEED + partition, with_hash=False)
        for name, spent in _spent(snapshot, 1).items():
            taken[name].append(spent)
    return Beside(orders * partitions, {name: _together(all_spent) for name, all_spent in taken.items()}, ())


def _differing(snapshot: Snapshot) -> tuple[str, ...]:
    missing = unlike(snapshot)
    if missing:
        return missing
    trace = replay(snapshot, sme_simple(), WINDOW, threads=THREADS)
    return differences(replay_by_hand(snapshot, WINDOW, THREADS), trace)


def _spent(snapshot: Snapshot, rounds: int) -> dict[str, Spent]:
    keep_memory()
    return in_turn({BY_HAND: partial(_by_hand, snapshot), OURS: partial(_ours, snapshot)}, rounds)


def _by_hand(snapshot: Snapshot) -> None:
    _in_chunks(snapshot, lambda chunk: replay_by_hand(chunk, WINDOW))


def _ours(snapshot: Snapshot) -> None:
    policy = sme_simple()
    program = compiled(policy)
    _in_chunks(snapshot, lambda chunk: replay(chunk, policy, WINDOW, program=program))


def _in_chunks(snapshot: Snapshot, replayed: Callable[[Snapshot], object]) -> None:
    chunks = partitioned(snapshot, max(THREADS, len(snapshot.invoices.issued) // CHUNK), keeps_units=False)

    def replay_one(customers: CustomerRange) -> None:
        replayed(view_of(snapshot, customers))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(replay_one, chunks))


def _together(parts: list[Spent]) -> Spent:
    return Spent((sum(part.wall[0] for part in parts),), (sum(part.processors[0] for part in parts),))
