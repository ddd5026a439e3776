"""How customers move between grades."""

from collections.abc import Mapping

import numpy as np

from simulations.accounting.cohorts import grade_texts
from simulations.replay.trace import Trace


def grade_migration(baseline: Trace, candidate: Trace, customers: range) -> Mapping[str, Mapping[str, int]]:
    """Return how many customers of that range have each pair of last grades; `none` of a run that gave them none.

    A customer without a grade in both is not counted.
    """
    old_grades, old = grade_texts(baseline, customers)
    new_grades, new = grade_texts(candidate, customers)
    chosen = slice(customers.start, customers.stop)
    graded = (baseline.reviewed.grade[chosen] >= 0) | (candidate.reviewed.grade[chosen] >= 0)
    counts = np.bincount((old * len(new_grades) + new)[graded], minlength=len(old_grades) * len(new_grades))
    found: dict[str, dict[str, int]] = {}
    for place in np.flatnonzero(counts).tolist():
        before, after = divmod(place, len(new_grades))
        found.setdefault(old_grades[before], {})[new_grades[after]] = int(counts[place])
    return found


def merge_migrations(parts: list[Mapping[str, Mapping[str, int]]]) -> Mapping[str, Mapping[str, int]]:
    """Return the customers of all parts."""
    found: dict[str, dict[str, int]] = {}
    for part in parts:
        for before, row in part.items():
            into = found.setdefault(before, {})
            for after, customers in row.items():
                into[after] = into.get(after, 0) + customers
    return {before: dict(sorted(found[before].items())) for before in sorted(found)}
