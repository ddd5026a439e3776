"""Runs over one ledger that are kept, so that the next edit is answered by what of them it leaves as it was."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from simulations.accounting.costs import DEFAULT_COSTS, Costs
from simulations.accounting.sums import RunSums
from simulations.comparison.cause import Cause
from simulations.comparison.caveats import LedgerCaveats, ledger_caveats
from simulations.comparison.comparison import Comparison, Part, Question, Side, compared
from simulations.comparison.migration import grade_migration
from simulations.comparison.moves import Moves, moves_between
from simulations.ledger_snapshot.chosen import chosen
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import Moments
from simulations.replay.options import Options
from simulations.replay.plan import Planned
from simulations.replay.replay import replay
from simulations.replay.trace import Trace
from simulations.runs.changed_customers import causes_of, moved_orders, with_their_groups
from simulations.runs.simulation import Baseline, Candidate, Clock, check, side_of
from simulations.warm.asking import FIRST_TOLD
from simulations.warm.impact import Impact, Made, changed_in, first_told
from simulations.warm.kept_runs import (
    Followed,
    Ground,
    KeptRun,
    followed,
    ground_of,
    passing_run,
    recorded_run,
    whole_run,
)
from simulations.warm.likeness import Whole, needs_whole_run, rule_sets_that_differ
from simulations.warm.parts_of_runs import (
    grades_with,
    moves_in_whole,
    moves_renumbered,
    moves_with,
    regraded,
    sums_regraded,
    sums_with,
    trace_of,
)

#: Runs that are kept: that of the baseline, and the last ones made as a whole.
_RUNS_KEPT: Final = 4
#: What of the memory they may take, and what a run may keep of its decisions: one in so many parts.
_SHARE_OF_RUNS: Final = 2
_SHARE_OF_DECISIONS: Final = 3
#: Where the edit bears on more of the orders, to run everybody again costs little more, and the run can be kept.
_LARGEST_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know: the change from one policy to another under those assumptions and rates.

    A run of all customers that is made for a question in passing is not kept, and its baseline may go like any other.
    """

    baseline: Baseline
    candidate: Candidate
    options: Options
    costs: Costs = DEFAULT_COSTS
    told: int = FIRST_TOLD
    is_passing: bool = False


@dataclass(slots=True)
class WarmRuns:
    """The runs kept over one snapshot; one question at a time.

    Of `memory`, in bytes, the runs that are kept take about half, and what a run decided on at most a third.
    """

    snapshot: Snapshot
    threads: int
    memory: int
    clock: Clock
    _runs: "OrderedDict[object, KeptRun]" = field(default_factory=OrderedDict)
    _baseline: object = None
    _ground: Ground | None = None
    _caveats: LedgerCaveats | None = None
    _sides: list[tuple[Baseline, Side]] = field(default_factory=list)
    _moves: "OrderedDict[tuple[int, int], tuple[KeptRun, KeptRun, Moves]]" = field(default_factory=OrderedDict)

    def answer(self, asked: Asked, go_on: Callable[[], None] = lambda: None) -> Impact:
        """Return what the change would have made of the ledger's history; the errors of `simulate`.

        `go_on` is called between steps, and ends the answer by raising.
        """
        check(self.snapshot, asked.baseline, asked.candidate, asked.options, asked.costs)
        watch = _Watch(self.clock, go_on)
        ground = self._ground_of(asked.options)
        with watch.step("baseline"):
            sides = self._side(asked.baseline), self._side(asked.candidate)
            old = self._run(ground, asked.baseline, sides[0], is_baseline=not asked.is_passing)
        with watch.step("plan"):
            edited = ground.plan(asked.candidate)
            kept, whole = self._nearest(old, asked.candidate, edited)
        along = None
        if kept is not None:
            with watch.step("looking"):
                along = followed(kept, asked.candidate, edited, self.threads)
            if self._orders_of(along.again) > _LARGEST_SHARE:
                along, whole = None, Whole.MANY_CUSTOMERS
        question = Question(*sides, self.snapshot.hash, asked.options, asked.costs, draws=0)
        with watch.step("running"):
            if kept is None or along is None:
                if asked.is_passing:
                    new = passing_run(ground, asked.candidate, self.threads)
                else:
                    new = self._run(ground, asked.candidate, sides[1])
                part = self._part(old, new.trace, new.sums, self._moves_of(old, new))
                again = self.snapshot.customers
            else:
                part = self._edited(ground, old, kept, asked.candidate, edited, along)
                again = len(along.again)
        with watch.step("comparing"):
            found = first_told(compared(question, part, self._ledger_caveats()), asked.told)
        with watch.step("causes"):
            causes = self._causes(found, sides, asked, edited)
        return Impact(found, causes, Made(whole, again, watch.seconds), changed_in(found))

    def _ground_of(self, options: Options) -> Ground:
        if self._ground is None or self._ground.options != options:
            self._ground = ground_of(self.snapshot, options)
            self._runs.clear()
            self._moves.clear()
        return self._ground

    def _side(self, side: Baseline) -> Side:
        # To hash a policy takes longer than to find that it is the one that was hashed.
        for known, named in self._sides:
            if known == side if known is None or side is None else known.policy is side.policy:
                return replace(named, run=replace(named.run, parameters=side.parameters)) if side else named
        made = side_of(side)
        self._sides = [(side, made), *self._sides[: _RUNS_KEPT - 1]]
        return made

    def run_of(self, side: Candidate, options: Options) -> KeptRun:
        """Return the run of a policy, made now if it is not kept; the errors of `simulate`."""
        check(self.snapshot, None, side, options)
        return self._run(self._ground_of(options), side, self._side(side))

    def _run(self, ground: Ground, side: Baseline, named: Side, *, is_baseline: bool = False) -> KeptRun:
        key = named.run.hash, tuple(sorted(named.run.parameters.items()))
        self._baseline = key if is_baseline else self._baseline
        found = self._runs.get(key)
        if found is None:
            found = (
                recorded_run(ground)
                if side is None
                else whole_run(ground, side, self.memory // _SHARE_OF_DECISIONS, self.threads)
            )
        self._runs[key] = found
        self._runs.move_to_end(key)
        self._make_room()
        return found

    def _make_room(self) -> None:
        # The oldest goes first, and the baseline stays: every answer needs it.
        for key in [key for key in self._runs if key != self._baseline]:
            if len(self._runs) <= _RUNS_KEPT and self._size() <= self.memory // _SHARE_OF_RUNS:
                return
            self._forget(self._runs.pop(key))

    def _size(self) -> int:
        return sum(run.size for run in self._runs.values())

    def _forget(self, run: KeptRun) -> None:
        for key in [key for key, (old, new, _) in self._moves.items() if run is old or run is new]:
            del self._moves[key]

    def _nearest(self, old: KeptRun, candidate: Candidate, edited: Planned) -> tuple[KeptRun | None, Whole | None]:
        # Of the runs that tell something of the edited policy the one that has the most rule sets in common with it.
        reasons, usable = [], []
        for run in (old, *(run for run in reversed(self._runs.values()) if run is not old)):
            if run.side is None or run.planned is None:
                continue
            reason = (
                Whole.MEMORY if run.parts is None else needs_whole_run((run.side, run.planned), (candidate, edited))
            )
            if reason is None:
                usable.append(run)
            else:
                reasons.append(reason)
        if not usable:
            return None, reasons[0] if reasons else Whole.FIRST_RUN
        return min(usable, key=lambda run: rule_sets_that_differ(run.side, candidate) if run.side else 0), None

    def _orders_of(self, customers: Column) -> float:
        begins = self.snapshot.orders.begins if self.snapshot.has_orders_file else self.snapshot.invoices.begins
        return float((begins[customers + 1] - begins[customers]).sum() / max(int(begins[-1]), 1))

    def _part(self, old: KeptRun, trace: Trace, sums: RunSums, moves: Moves) -> Part:
        migration = grade_migration(old.trace, trace, range(self.snapshot.customers))
        ids = self.snapshot.customer_ids
        return Part(old.sums, sums, moves, migration, ids, trace.rows, old.trace.rows, ())

    def _moves_of(self, old: KeptRun, new: KeptRun) -> Moves:
        key = id(old), id(new)
        if key in self._moves:
            return self._moves[key][2]
        moves = moves_between(self.snapshot, old.trace, new.trace)
        if any(run is new for run in self._runs.values()):
            self._moves[key] = (old, new, moves)
        return moves

    def _edited(
        self, ground: Ground, old: KeptRun, kept: KeptRun, side: Candidate, edited: Planned, along: Followed
    ) -> Part:
        again, rows = along.again, edited.compiled.rows
        trace = replace(regraded(kept.trace, along.regraded, along.grades), rows=rows)
        sums = sums_regraded(kept.sums, kept.trace, trace)
        moves = moves_renumbered(self._moves_of(old, kept), kept.trace.rows, rows)
        if not len(again):
            return self._part(old, trace, sums, moves)
        some = chosen(self.snapshot, again)
        new = replay(some.snapshot, side.policy, ground.options, side.parameters, self.threads, program=edited.compiled)
        before = trace_of(kept.trace, some, again)
        of_old = before if kept is old else trace_of(old.trace, some, again)
        came_to, comes_to = (ground.added_up(some.snapshot, one) for one in (before, new))
        moved, moves_now = (moves_between(some.snapshot, of_old, one) for one in (before, new))
        return self._part(
            old,
            grades_with(trace, again, new),
            sums_with(sums, again, came_to, comes_to),
            moves_with(moves, again, moved, moves_in_whole(moves_now, some)),
        )

    def _ledger_caveats(self) -> LedgerCaveats:
        if self._caveats is None:
            self._caveats = ledger_caveats(self.snapshot)
        return self._caveats

    def _causes(
        self, found: Comparison, sides: tuple[Side, Side], asked: Asked, edited: Planned
    ) -> Mapping[int, Cause]:
        # Those few customers are run once more: their decisions are looked at in a ledger of their own.
        moved = moved_orders(found.customers)
        if not moved:
            return {}
        customers = np.array([one.customer for one in moved], dtype=np.int64)
        few = chosen(self.snapshot, with_their_groups(self.snapshot, customers, found.question))
        side = asked.candidate
        moments = Moments(few.snapshot, side.policy, asked.options, side.parameters, edited.compiled)
        return causes_of(moved, np.searchsorted(few.orders, [one.order for one in moved]), sides, moments)


class _Watch:
    """What each step took, and whether the next one is wanted."""

    def __init__(self, clock: Clock, go_on: Callable[[], None]) -> None:
        self._clock = clock
        self._go_on = go_on
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._go_on()
        began = self._clock()
        yield
        self.seconds[name] = round(self._clock() - began, 6)
