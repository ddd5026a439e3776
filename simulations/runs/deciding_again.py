"""The sample of a run decided once more: its customers replayed by themselves, its orders put to the live engines."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from policy_service.services.compiled_policy import CompiledPolicy
from simulations.comparison.comparison import Question
from simulations.executors.errors import stopped
from simulations.executors.port import Stop, never
from simulations.ledger_snapshot.chosen import chosen
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import Moments
from simulations.runs.changed_customers import with_their_groups
from simulations.runs.disagreement import Disagreement
from simulations.runs.live_sample import decided_again, live_version, named, with_parameters
from simulations.runs.sampled_orders import SampledOrders

#: What the live engines make of the policies of a question, by the number of the side: those that are decided again.
LiveVersions: TypeAlias = Sequence[tuple[int, Future[CompiledPolicy]]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many orders were decided once more, and those that the live engines decide otherwise.

    An order that both runs decide otherwise than the live engines is one order.
    """

    orders: int
    disagreements: Sequence[Disagreement]


@contextmanager
def live_versions(question: Question) -> Iterator[LiveVersions]:
    """Have the live engines made while something else is done: they try a policy out in a process of its own first."""
    sides = (question.baseline, question.candidate)
    with ExitStack() as held:
        pool = held.enter_context(ThreadPoolExecutor(1))
        begun = []
        for number, side in enumerate(sides):
            if side.text is not None and (number == 1 or sides[0] != sides[1]):
                policy = with_parameters(side.text, side.run.parameters)
                begun.append((number, pool.submit(held.enter_context, live_version(policy))))
        yield begun


def agreement(
    snapshot: Snapshot,
    question: Question,
    sample: SampledOrders,
    live: LiveVersions,
    stop: Stop = never,
) -> Agreement:
    """Return what the live engines say to what the run said of its sample, and to what it measured for it.

    RequestError R518 if `stop`, which is asked before each order, wants an end.
    """
    picked = chosen(snapshot, with_their_groups(snapshot, np.unique(sample.customers), question))
    entries = np.searchsorted(picked.orders, sample.entries).tolist()
    disagreements: dict[int, Disagreement] = {}
    for number, begun in live:
        version = begun.result()
        moments = Moments(picked.snapshot, version.policy, question.options)
        said = [
            named(entry, numbers, moments.reasons, moments.rows)
            for entry, numbers in zip(entries, sample.said[:, number].tolist(), strict=True)
        ]
        said.sort(key=lambda one: moments.turn(one.entry))
        for done, found in enumerate(decided_again(picked.snapshot, version, moments, said)):
            if stop():
                raise stopped()
            if found is not None:
                disagreements.setdefault(said[done].entry, found)
    return Agreement(len(entries) if live else 0, list(disagreements.values()))
