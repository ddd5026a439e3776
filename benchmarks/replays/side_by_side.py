"""The product's replay beside one written by hand for the same policy, over the same ledger, on as many threads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.hand_written.agreement import differences
from benchmarks.hand_written.ledger import unlike
from benchmarks.hand_written.replay import replay_by_hand
from benchmarks.large_snapshots import SEED, large_snapshot
from benchmarks.replays.ledgers import WINDOW, sme_simple
from benchmarks.replays.spent import Spent, in_turn
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.replay import replay

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
    return in_turn(
        {
            BY_HAND: lambda: replay_by_hand(snapshot, WINDOW, THREADS),
            OURS: lambda: replay(snapshot, sme_simple(), WINDOW, threads=THREADS),
        },
        rounds,
    )


def _together(parts: list[Spent]) -> Spent:
    return Spent((sum(part.wall[0] for part in parts),), (sum(part.processors[0] for part in parts),))
