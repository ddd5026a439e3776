"""A question replayed chunk by chunk: by whom, from where, and what is kept so that a killed run goes on."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from simulations.accounting.cohorts import ALL
from simulations.accounting.kpis import Kpis, kpis_of
from simulations.comparison.comparison import Question
from simulations.executors.in_process import Threads
from simulations.executors.port import Executor, Stop, never
from simulations.ledger_snapshot.files import write_snapshot
from simulations.ledger_snapshot.partitions import CustomerRange
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.runs.checkpoints import Checkpoints, checkpoints_in
from simulations.runs.chunks import CHUNK, ChunkResult, ChunkWork, Merging, Source, divided, work_of

#: Told how many chunks are done, and of how many.
ToldChunks: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Means:
    """By whom a run is done, none of which its report shows.

    `folder` is where the snapshot is mapped from: then each chunk maps it anew, and no more than the chunks under way
    is in memory. In `checkpoints` finished chunks are kept while the run lasts. `stop` is asked again and again.
    `orders` is about how many a chunk has.
    """

    executor: Executor = Threads()  # noqa: RUF009 - it is frozen.
    folder: Path | None = None
    checkpoints: Path | None = None
    stop: Stop = never
    orders: int = CHUNK


@contextmanager
def source_of(snapshot: Snapshot, means: Means) -> Iterator[Source]:
    """Give where the chunks of a run find the snapshot: written to a folder for a time if they cannot otherwise."""
    if means.folder is not None:
        yield means.folder
    elif means.executor.shares_memory:
        yield snapshot
    else:
        with tempfile.TemporaryDirectory(prefix="snapshot-") as made:
            folder = Path(made) / "snapshot"
            write_snapshot(snapshot, folder)
            yield folder


@contextmanager
def kept_chunks(work: ChunkWork, folder: Path | None) -> Iterator[Checkpoints | None]:
    """Give what was kept of that run, if anything is to be kept, and remove it once the run has ended well."""
    if folder is None:
        yield None
        return
    kept = checkpoints_in(folder, work)
    kept.begin()
    yield kept
    kept.remove()


def replayed(
    work: ChunkWork, chunks: Sequence[CustomerRange], means: Means, kept: Checkpoints | None, told: ToldChunks
) -> ChunkResult:
    """Return what all chunks come to; those that were kept are not done again."""
    merging, missing = Merging(), list[int]()
    for place, chunk in enumerate(chunks):
        found = kept.found(chunk) if kept is not None else None
        if found is None:
            missing.append(place)
        else:
            merging.take(place, found)
    done = len(chunks) - len(missing)
    told(done, len(chunks))

    def take(at: int, result: ChunkResult) -> None:
        nonlocal done
        if kept is not None:
            kept.keep(chunks[missing[at]], result)
        merging.take(missing[at], result)
        done += 1
        told(done, len(chunks))

    means.executor.run(work, [chunks[place] for place in missing], take, means.stop)
    return merging.whole()


def figures_of(snapshot: Snapshot, question: Question, means: Means) -> tuple[Kpis, Kpis]:
    """Return every figure of both sides, and nothing else of the comparison."""
    with source_of(snapshot, means) as source:
        work = work_of(question, snapshot, source)
        part = replayed(work, divided(snapshot, question, means.orders), means, None, lambda *_: None).part
    old, new = (
        kpis_of(
            sums.totals[sums.cohorts.index(ALL)],
            sums.layout,
            question.costs,
            has_ladder=not side.run.is_recorded,
        )
        for side, sums in ((question.baseline, part.baseline), (question.candidate, part.candidate))
    )
    return old, new
