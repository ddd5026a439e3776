"""How many case steps each owner role had to take in each week of a run."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from simulations.accounting.sums import RunSums

#: Steps by owner role, a number for each ISO week from that of the window's first day on.
Workload: TypeAlias = Mapping[str, Sequence[int]]


def workload(sums: RunSums) -> Workload:
    """Return the steps of every owner role of the policy's ladders, also of those who never had any."""
    layout = sums.layout
    weeks = sums.totals[0, layout.places.weekly :].reshape(len(layout.owners), layout.calendar.weeks)
    return dict(zip(layout.owners, weeks.tolist(), strict=True))
