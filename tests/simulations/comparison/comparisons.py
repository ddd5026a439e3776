"""Two worlds of one history, compared."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from simulations.accounting.calendar import calendar_of, earliest_day
from simulations.comparison.caveats import ledger_caveats
from simulations.comparison.comparison import Comparison, Part, Question, Side, compared, merge_parts, part_of
from simulations.comparison.run_key import RECORDED, PolicyRun
from tests.simulations.accounting.random_worlds import as_recorded, random_world, rerun
from tests.simulations.accounting.worlds import World, snapshot_of, trace_of

OLD = Side(PolicyRun("distributor", "a" * 64, {}))
NEW = Side(PolicyRun("distributor", "b" * 64, {}))
PRACTICE = Side(PolicyRun(RECORDED, "", {}))


def question(world: World, baseline: Side = OLD, candidate: Side = NEW, draws: int = 0) -> Question:
    """Return what is asked of two runs of that history."""
    return Question(baseline, candidate, "0" * 64, world.options, draws=draws)


def compare(asked: Question, old: World, new: World, splits: Sequence[int] = ()) -> Comparison:
    """Compare two runs, with the customers split before each of these."""
    return compared(asked, merge_parts(parts_of(asked, old, new, splits)), ledger_caveats(snapshot_of(old)))


def parts_of(asked: Question, old: World, new: World, splits: Sequence[int] = ()) -> list[Part]:
    """Return what each part of the customers comes to."""
    snapshot, traces = snapshot_of(old), (trace_of(old), trace_of(new))
    bounds = [0, *splits, len(old.buyers)]
    ranges = [range(first, last) for first, last in pairwise(bounds)]
    return [part_of(asked, snapshot, traces, customers=chosen) for chosen in ranges]


def parts_of_partitions(asked: Question, old: World, new: World, splits: Sequence[int]) -> list[Part]:
    """Return the same from snapshots that hold some of the customers each."""
    whole = snapshot_of(old)
    calendar = calendar_of(old.options, earliest_day(whole, old.options))
    bounds = [0, *splits, len(old.buyers)]
    found = []
    for first, last in pairwise(bounds):
        some = [replace(world, buyers=world.buyers[first:last]) for world in (old, new)]
        traces = (trace_of(some[0]), trace_of(some[1]))
        snapshot = snapshot_of(some[0])
        found.append(part_of(asked, snapshot, traces, calendar=calendar, before=first, of=len(old.buyers)))
    return found


def two_worlds(seed: int) -> tuple[World, World]:
    """Return two runs of one random history."""
    old = random_world(seed)
    return old, rerun(old, seed + 1)


def against_practice(seed: int) -> tuple[World, World]:
    """Return recorded practice, and a run of the same history."""
    new = random_world(seed)
    return as_recorded(new), new
