"""A run under a policy that reads facts of groups: unit by unit, on plain threads."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.partitions import partitioned
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.group_day import run_units
from simulations.replay.members import Desks, desks_for
from simulations.replay.mornings import FIRED_FOR
from simulations.replay.options import Options
from simulations.replay.own_desks import at_own_desks
from simulations.replay.part_of_run import PartOfRun, part_of_run
from simulations.replay.plan import Planned
from simulations.replay.running import Told
from simulations.replay.units import Units, units_of


@dataclass(frozen=True)
class _Chunk:
    """The units of a part from number `first` up to `last`."""

    part: PartOfRun
    units: Units
    first: int
    last: int

    def run(self, desks: Desks) -> Column:
        part = self.part
        firings = run_units(
            self.first,
            self.last,
            self.units,
            desks.members,
            desks.addresses,
            part.agenda,
            part.plan,
            desks.desks[0],
            part.history,
            part.told,
        )
        return part.named(firings)


def replay_units(
    snapshot: Snapshot,
    planned: Planned,
    options: Options,
    told_begins: Column,
    told: Told,
    threads: int,
    chunks: int,
) -> Sequence[Column]:
    """Tell what a replay of a snapshot did, and return the firings of ladders, by customer, then day.

    Customers of one unit are replayed by one thread. Where units lie across each other the snapshot has fewer parts
    than the chunks that are wanted: then each is divided once more, by units.
    """
    ranges = partitioned(snapshot, chunks)
    parts = [part_of_run(snapshot, customers, planned.plan, told_begins, told) for customers in ranges]
    pieces = -(-chunks // max(len(parts), 1))

    def run(desks: Desks, chunk: _Chunk) -> Column:
        return chunk.run(desks)

    chosen = [chunk for part in parts for chunk in _chunks(part, pieces)]
    found = at_own_desks(threads, lambda: desks_for(snapshot, planned, options), run, chosen)
    for part in parts:
        part.name_customers()
    firings = np.concatenate(found) if found else np.zeros((0, 5), dtype=np.int64)
    return [firings[np.argsort(firings[:, FIRED_FOR], kind="stable")]]


def _chunks(part: PartOfRun, pieces: int) -> Sequence[_Chunk]:
    units = units_of(part.snapshot)
    work = np.cumsum(np.diff(units.begins) + units.turn_ends - units.turn_begins)
    aims = work[-1] * np.arange(1, pieces) / pieces
    edges = np.unique([0, *np.searchsorted(work, aims), len(work)]).tolist()
    return [_Chunk(part, units, first, last) for first, last in pairwise(edges)]
