"""A sample of the runs of a search, decided once more by the live engines."""

from collections.abc import Iterable
from dataclasses import dataclass

from simulations.replay.moment import Moments
from simulations.runs.disagreement import Disagreement
from simulations.runs.live_sample import decided_again, live_version, said_of, with_parameters
from simulations.runs.sample_hashes import sample_of
from simulations.search.runs import Runs, Values


@dataclass(frozen=True, slots=True)
class Sample:
    """How many orders were decided once more, over all runs that were sampled, and those decided otherwise."""

    orders: int
    disagreements: tuple[Disagreement, ...]

    @property
    def is_confirmed(self) -> bool:
        """Whether the live engines decide all of them alike."""
        return not self.disagreements


def decided_alike(key: str, runs: Iterable[tuple[Runs, Values]]) -> Sample:
    """Return what the live engines say to a sample of each of these runs; `key` chooses the orders."""
    orders, disagreements = 0, list[Disagreement]()
    for of, values in dict.fromkeys(runs):
        snapshot, trace = of.snapshot, of.trace(values)
        policy = with_parameters(of.policy, of.parameters(values))
        moments = Moments(snapshot, policy, of.options)
        ids = snapshot.order_ids if snapshot.has_orders_file else snapshot.invoice_ids
        places = sample_of(key, ids, trace.orders.entry)
        orders += len(places)
        with live_version(policy) as version:
            found = decided_again(snapshot, version, moments, said_of(trace, places))
            disagreements.extend(one for one in found if one is not None)
    return Sample(orders, tuple(disagreements))
