"""A run divided among chunks of customers: what is done with each, and how all of them come to one.

A chunk is replayed and added up by itself, so that no more than the chunks under way are in memory, and it does not
matter who does it. Everything that it comes to adds up exactly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from policy_service.engines.version import ENGINE_VERSION
from simulations.accounting.calendar import Calendar, calendar_of, earliest_day
from simulations.accounting.kernel_input import in_stretches
from simulations.accounting.weights import Weights, draws_of
from simulations.columnar.program import Compiled, compiled
from simulations.comparison.caveats import LedgerCaveats, ledger_caveats, merge_ledger_caveats
from simulations.comparison.comparison import Part, Question, Side, merge_parts, part_of
from simulations.comparison.run_key import seed_of
from simulations.ledger_snapshot.files import read_snapshot
from simulations.ledger_snapshot.partitions import CustomerRange, partitioned, view_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.group_reading import reads_groups
from simulations.replay.recorded import recorded_practice
from simulations.replay.replay import replay
from simulations.replay.trace import Trace
from simulations.runs.errors import other_snapshot, other_version
from simulations.runs.sampled_orders import SampledOrders, merge_samples, sampled_orders

#: Orders of a chunk: it takes about 100 megabytes while it is done.
CHUNK: Final = 125_000
#: A snapshot is mapped anew for so many chunks: until then the pages that they read stay in memory.
_CHUNKS_OF_MAPPING: Final = 4
#: Where a snapshot is: the folder to map it from, or in memory.
Source: TypeAlias = Path | Snapshot
#: What the policies of baseline and candidate are compiled to; none of recorded practice.
Programs: TypeAlias = tuple[Compiled | None, Compiled | None]


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What the customers of a chunk come to.

    `part` is without the ids of its customers, which whoever has the ledger knows; its orders are numbered as in the
    whole ledger.
    """

    part: Part
    sample: SampledOrders
    ledger: LedgerCaveats


@dataclass(frozen=True, slots=True)
class ChunkWork:
    """A question over a ledger: what is done with each chunk of its customers, wherever that is.

    `calendar`, the number of `customers` and the recorded `grades` are those of the whole ledger.
    """

    source: Source
    question: Question
    calendar: Calendar
    customers: int
    grades: tuple[str, ...]
    version: str = ENGINE_VERSION

    def opened(self) -> Callable[[CustomerRange], ChunkResult]:
        """Return what does a chunk; RequestError R524 where the program is of another version."""
        if self.version != ENGINE_VERSION:
            raise other_version(self.version, ENGINE_VERSION)
        drawn = draws_of(seed_of(self.question.key), self.customers, 0, self.customers, self.question.draws)
        return partial(_done, self, _snapshots(self), drawn, programs_of(self.question))


def work_of(question: Question, snapshot: Snapshot, source: Source) -> ChunkWork:
    """Return the work of that question over the whole snapshot, which is also at `source`."""
    calendar = calendar_of(question.options, earliest_day(snapshot, question.options))
    return ChunkWork(source, question, calendar, snapshot.customers, _recorded_grades(snapshot))


def divided(snapshot: Snapshot, question: Question, orders: int = CHUNK) -> Sequence[CustomerRange]:
    """Return the chunks: customers next to each other, of about so many orders; no unit of groups is cut in two.

    They depend on nothing else, so that a run that goes on later finds those that it had.
    """
    in_all = len(snapshot.orders.date) if snapshot.has_orders_file else len(snapshot.invoices.issued)
    reads = any(side.text is not None and reads_groups(side.text) for side in (question.baseline, question.candidate))
    return partitioned(snapshot, max(1, -(-in_all // orders)), keeps_units=reads)


def merged(results: Sequence[ChunkResult]) -> ChunkResult:
    """Return what the customers of all these chunks come to, which stand next to each other, in order."""
    return ChunkResult(
        merge_parts([one.part for one in results]),
        merge_samples([one.sample for one in results]),
        merge_ledger_caveats([one.ledger for one in results]),
    )


class Merging:
    """The results of chunks, merged as they come, so that few of them are kept at a time."""

    def __init__(self) -> None:
        self._early: dict[int, ChunkResult] = {}
        self._next = 0
        # Runs of chunks next to each other, each of half as many as the one before it or fewer: so every customer is
        # handed on only as often as the number of chunks can be halved.
        self._runs: list[tuple[int, ChunkResult]] = []

    def take(self, place: int, result: ChunkResult) -> None:
        """Take the result of the chunk at that place."""
        self._early[place] = result
        while self._next in self._early:
            self._append(self._early.pop(self._next))
            self._next += 1

    def whole(self) -> ChunkResult:
        """Return what all chunks come to."""
        return merged([result for _, result in self._runs])

    def _append(self, result: ChunkResult) -> None:
        chunks = 1
        while self._runs and self._runs[-1][0] == chunks:
            before = self._runs.pop()[1]
            result, chunks = merged([before, result]), 2 * chunks
        self._runs.append((chunks, result))


def opened_snapshot(source: Source, ledger_hash: str) -> Snapshot:
    """Return the snapshot that is there; RequestError R523 if it is another one than was asked about.

    Who maps it anew gives back the memory of the pages that were read.
    """
    snapshot = read_snapshot(source) if isinstance(source, Path) else source
    if snapshot.hash != ledger_hash:
        raise other_snapshot(str(source) if isinstance(source, Path) else "", snapshot.hash, ledger_hash)
    return snapshot


def programs_of(question: Question) -> Programs:
    """Return what the policies of both sides are compiled to, which is the same for every chunk."""
    sides = question.baseline, question.candidate
    old, new = (None if side.text is None else compiled(side.text, side.run.parameters) for side in sides)
    return old, new


def traces_of(
    snapshot: Snapshot, question: Question, grades: tuple[str, ...], programs: Programs = (None, None)
) -> tuple[Trace, Trace]:
    """Return what both sides do with that part of a ledger; `grades` are all that the ledger has recorded.

    `programs` are those of `programs_of`, if they are at hand.
    """
    sides = question.baseline, question.candidate
    old = _trace(snapshot, sides[0], question, grades, programs[0])
    return old, old if sides[0] == sides[1] else _trace(snapshot, sides[1], question, grades, programs[1])


def _snapshots(work: ChunkWork) -> Callable[[], Snapshot]:
    turns = count()

    @lru_cache(maxsize=1)
    def opened(_: int) -> Snapshot:
        return opened_snapshot(work.source, work.question.ledger_hash)

    return lambda: opened(next(turns) // _CHUNKS_OF_MAPPING)


def _done(
    work: ChunkWork,
    mapped: Callable[[], Snapshot],
    drawn: Weights,
    programs: Programs,
    customers: CustomerRange,
) -> ChunkResult:
    whole = mapped()
    orders = whole.orders if whole.has_orders_file else whole.invoices
    first_order = int(orders.begins[customers.first])
    snapshot = view_of(whole, customers)
    traces = traces_of(snapshot, work.question, work.grades, programs)
    part = part_of(
        work.question,
        snapshot,
        traces,
        calendar=work.calendar,
        before=customers.first,
        of=work.customers,
        drawn=drawn,
    )
    sample = sampled_orders(work.question.key, snapshot, traces)
    return ChunkResult(
        _numbered(part, first_order), sample.numbered(customers.first, first_order), ledger_caveats(snapshot)
    )


def _numbered(part: Part, first_order: int) -> Part:
    first = part.moves.first.copy()
    first[first[:, 1] >= 0, 1] += first_order
    return replace(part, customer_ids=(), moves=replace(part.moves, first=first))


def _trace(
    snapshot: Snapshot, side: Side, question: Question, grades: tuple[str, ...], program: Compiled | None
) -> Trace:
    if side.text is not None:
        return in_stretches(replay(snapshot, side.text, question.options, side.run.parameters, program=program))
    trace = recorded_practice(snapshot, question.options)
    # A part of the ledger may lack grades that others have.
    place_of = np.array([*(grades.index(text) for text in trace.grades), -1], dtype=np.int64)
    reviewed = trace.reviewed._replace(grade=place_of[trace.reviewed.grade])
    return replace(trace, grades=grades, reviewed=reviewed)


def _recorded_grades(snapshot: Snapshot) -> tuple[str, ...]:
    texts = {snapshot.words[word] for word in np.unique(snapshot.standings.grade).tolist()}
    return tuple(sorted(texts - {""}))
