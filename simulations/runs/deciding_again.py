"""The sample of a run decided once more: its customers replayed by themselves, its orders put to the live engines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simulations.comparison.comparison import Question
from simulations.ledger_snapshot.chosen import chosen
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import Moments
from simulations.runs.changed_customers import with_their_groups
from simulations.runs.chunks import traces_of
from simulations.runs.live_sample import Disagreement, decided_again, with_parameters
from simulations.runs.sampled_orders import SampledOrders, places_of, with_said


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many orders were decided once more, and those that the live engines decide otherwise.

    An order that both runs decide otherwise than the live engines is one order.
    """

    orders: int
    disagreements: Sequence[Disagreement]


def agreement(
    snapshot: Snapshot,
    question: Question,
    sample: SampledOrders,
    grades: tuple[str, ...],
    told: Callable[[int, int], None],
) -> Agreement:
    """Return what the live engines say to what the run said of its sample, and to what it measured for it."""
    picked = chosen(snapshot, with_their_groups(snapshot, np.unique(sample.customers), question))
    entries = np.searchsorted(picked.orders, sample.entries)
    sides, traces = (question.baseline, question.candidate), traces_of(picked.snapshot, question, grades)
    disagreements: dict[int, Disagreement] = {}
    sampled = 0
    for number, (side, whole) in enumerate(zip(sides, traces, strict=True)):
        if side.text is None or (number == 0 and sides[0] == sides[1]):
            continue
        places = places_of(entries, whole.orders)
        trace = with_said(whole, places, sample.said[:, number])
        policy = with_parameters(side.text, side.run.parameters)
        moments = Moments(picked.snapshot, policy, question.options, trace)
        in_order = np.sort(places).tolist()
        for done, said in enumerate(decided_again(picked.snapshot, policy, moments, trace, in_order)):
            told(done, len(in_order))
            if said is not None:
                disagreements.setdefault(int(trace.orders.entry[in_order[done]]), said)
        sampled = len(in_order)
    return Agreement(sampled, list(disagreements.values()))
