"""A run that is kept: what it did, what it decided on, and what it comes to; and what an edit makes of it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.language.policy import Policy
from simulations.accounting.calendar import Calendar, calendar_of, earliest_day
from simulations.accounting.cohorts import everybody
from simulations.accounting.places import layout_of
from simulations.accounting.sums import RunSums, add_up
from simulations.columnar.program import Compiled, compiled
from simulations.ledger_snapshot.chosen import chosen
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.books import Room
from simulations.replay.desk import desk_of
from simulations.replay.largest_amounts import most_of_a_unit
from simulations.replay.needed_by_orders import unread_by_orders
from simulations.replay.noting import ORDERS, REVIEWS
from simulations.replay.options import Options
from simulations.replay.plan import Planned, plan_of
from simulations.replay.recorded import recorded_practice
from simulations.replay.replay import replay
from simulations.replay.rooms import Needs
from simulations.replay.trace import Trace
from simulations.runs.simulation import Baseline, Candidate
from simulations.warm.asked_again import NO_SUCH_ROW, SAID, Rows, say_orders, say_reviews
from simulations.warm.decisions_noted import DecisionsNoted, NotedPart, slots_read
from simulations.warm.going_along import SAME_GRADE, follow
from simulations.warm.probing import Seen, inner_slots_of
from simulations.warm.trails import course_of, trails_of

_TYPES: Final = (DecisionType.REVIEW, DecisionType.ORDER)
_NO_ENTRIES: Final = Needs(Room(0, 0, 0, 0, 0, 0), 1, 1)


@dataclass(frozen=True, slots=True)
class Ground:
    """What runs are made upon: a ledger and assumptions, and a few customers of it that plans are compared by.

    `most` is what `most_of_a_unit` says of the ledger.
    """

    snapshot: Snapshot
    options: Options
    calendar: Calendar
    few: Snapshot
    most: float

    def plan(self, candidate: Candidate) -> Planned:
        """Return the plan of a policy for those few customers."""
        policy, parameters = candidate.policy, candidate.parameters
        program = compiled(policy, parameters)
        unread = unread_by_orders(self.snapshot, policy, program, parameters, self.most)
        return plan_of(self.few, policy, self.options, parameters, program, unread)

    def added_up(self, snapshot: Snapshot, trace: Trace) -> RunSums:
        """Return what those customers come to, laid out as all customers of the ledger are."""
        layout = layout_of(trace, self.calendar)
        return add_up(snapshot, trace, self.options.mode, layout, everybody(snapshot.customers))


@dataclass(frozen=True, slots=True)
class SaidPart:
    """What was written down of a part, what was handed on within chains, and what the run's policy said, by type."""

    noted: NotedPart
    inner: tuple[Column, Column]
    said: tuple[Column, Column]

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return self.noted.size + sum(column.nbytes for column in (*self.inner, *self.said))


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run of all customers. Of recorded practice, or where memory did not suffice, `parts` are none."""

    side: Baseline
    planned: Planned | None
    trace: Trace
    sums: RunSums
    parts: Sequence[SaidPart] | None = None

    @property
    def size(self) -> int:
        """The bytes that it takes, but for what is little."""
        told = (*self.trace.orders, *self.trace.invoices, *self.trace.firings)
        return sum(part.size for part in self.parts or ()) + sum(column.nbytes for column in told)


def ground_of(snapshot: Snapshot, options: Options) -> Ground:
    """Return the ground of runs of a snapshot that has customers."""
    few = chosen(snapshot, np.arange(1, dtype=np.int64)).snapshot
    return Ground(
        snapshot, options, calendar_of(options, earliest_day(snapshot, options)), few, most_of_a_unit(snapshot)
    )


def recorded_run(ground: Ground) -> KeptRun:
    """Return today's practice as recorded."""
    trace = recorded_practice(ground.snapshot, ground.options)
    return KeptRun(None, None, trace, ground.added_up(ground.snapshot, trace))


def whole_run(ground: Ground, candidate: Candidate, limit: int, threads: int) -> KeptRun:
    """Replay a policy for all customers, and keep what it decided on if that takes no more than `limit` bytes."""
    planned = ground.plan(candidate)
    notes = DecisionsNoted(slots_read(candidate.policy, planned.compiled.slots), limit)
    trace = replay(ground.snapshot, candidate.policy, ground.options, candidate.parameters, threads, notes)
    parts = None if notes.is_over else _all_said(candidate, planned, notes, threads)
    return KeptRun(candidate, planned, trace, ground.added_up(ground.snapshot, trace), parts)


def passing_run(ground: Ground, candidate: Candidate, threads: int) -> KeptRun:
    """Replay a policy for all customers without keeping what it decided on."""
    trace = replay(ground.snapshot, candidate.policy, ground.options, candidate.parameters, threads)
    return KeptRun(candidate, None, trace, ground.added_up(ground.snapshot, trace))


@dataclass(frozen=True, slots=True)
class Followed:
    """What an edit makes of customers: those to be run again, and the last grades (by code) of those who keep theirs.

    Both by number, rising; of the others everything that is told of a run is as it was, but for the numbers of rows.
    """

    again: Column
    regraded: Column
    grades: Column


def followed(kept: KeptRun, side: Candidate, edited: Planned, threads: int) -> Followed:
    """Follow all customers along a run that is kept: see docs/explanation/how-an-edit-is-answered.md."""
    if kept.side is None or kept.planned is None or kept.parts is None:
        raise ValueError("Of this run it is not known what it decided on.")
    named = _rows_named(edited.compiled, kept.planned.compiled)
    seen = [_seen(kept.side.policy, kept.planned, kind) for kind in _TYPES]
    trails = trails_of((kept.side, side), kept.planned, seen)

    def follow_part(part: SaidPart) -> Followed:
        desk, course = desk_of(edited, _NO_ENTRIES), course_of(trails.is_bound, 1 - part.noted.is_whole)
        reviews, orders = (
            trails.decisions(kind, _rows(part.noted, seen[kind], part.inner[kind], kind), part.said[kind])
            for kind in (REVIEWS, ORDERS)
        )
        follow(0, len(course.is_other), edited.plan, desk, reviews, orders, named, course)
        regraded = np.flatnonzero((course.grades != SAME_GRADE) & (course.is_other == 0))
        first = part.noted.customers.first
        return Followed(np.flatnonzero(course.is_other) + first, regraded + first, course.grades[regraded])

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(follow_part, kept.parts))
    return Followed(*(np.concatenate([np.zeros(0, dtype=np.int64), *columns]) for columns in _columns(parts)))


def _columns(parts: Sequence[Followed]) -> Sequence[Sequence[Column]]:
    return [part.again for part in parts], [part.regraded for part in parts], [part.grades for part in parts]


def _all_said(side: Candidate, planned: Planned, notes: DecisionsNoted, threads: int) -> Sequence[SaidPart]:
    named = np.arange(len(planned.compiled.rows), dtype=np.int64)
    seen = [_seen(side.policy, planned, kind) for kind in _TYPES]

    def say(noted: NotedPart) -> SaidPart:
        desk = desk_of(planned, _NO_ENTRIES)
        said = [np.empty((len(rows), SAID[kind]), dtype=np.int64) for kind, rows in enumerate(noted.rows)]
        inner = [
            np.empty((len(rows), len(seen[kind].inner_slots)), dtype=np.int64) for kind, rows in enumerate(noted.rows)
        ]
        rows = [_rows(noted, seen[kind], inner[kind], kind) for kind in (REVIEWS, ORDERS)]
        say_reviews(planned.plan, desk, rows[REVIEWS], said[REVIEWS])
        say_orders(planned.plan, desk, rows[ORDERS], named, said[ORDERS])
        return SaidPart(noted, (inner[REVIEWS], inner[ORDERS]), (said[REVIEWS], said[ORDERS]))

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(say, notes.parts))


def _seen(policy: Policy, planned: Planned, kind: DecisionType) -> Seen:
    slots = planned.compiled.slots
    return Seen(slots_read(policy, slots)[_TYPES.index(kind)], inner_slots_of(policy, kind, slots))


def _rows(noted: NotedPart, seen: Seen, inner: Column, kind: int) -> Rows:
    return Rows(seen.slots, noted.rows[kind], seen.inner_slots, inner, noted.ends)


def _rows_named(edited: Compiled, kept: Compiled) -> Column:
    # A row is known by rule set and id, whatever its number.
    numbers = {row: number for number, row in enumerate(kept.rows)}
    return np.array([numbers.get(row, NO_SUCH_ROW) for row in edited.rows], dtype=np.int64)
