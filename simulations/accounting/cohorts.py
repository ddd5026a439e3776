"""Customers by grade, segment and industry, as known at the window's end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulations.accounting.kernel_input import as_column
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.trace import Trace

GRADE: Final = "grade"
DIMENSIONS: Final = (GRADE, "segment", "industry")
#: The name of the set of all customers.
ALL: Final = ("", "")
#: What has no value.
NONE: Final = "none"
#: Cut into more values than that, a dimension tells nobody anything, and its sums would fill the memory.
MOST_VALUES: Final = 1000


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The sets that sums are made of: all customers first, then each value of each dimension, in order.

    `names` are pairs of dimension and value, empty for all customers. `groups` has a row per customer: the places in
    `names` of what it counts in. `uncut` are dimensions left out, as they have too many values.
    """

    names: tuple[tuple[str, str], ...]
    groups: Column
    uncut: tuple[str, ...] = ()


def everybody(customers: int) -> Cohorts:
    """Return the one set of all customers."""
    return Cohorts((ALL,), as_column(np.zeros((customers, 1))))


def cohorts_of(snapshot: Snapshot, baseline: Trace, ends: int, customers: range) -> Cohorts:
    """Return where each customer of that range belongs.

    By the baseline's last grade, and by what the customer file says at the start of the day `ends`.
    """
    names: list[tuple[str, str]] = [ALL]
    columns = [np.zeros(len(customers), dtype=np.int64)]
    uncut = []
    for dimension in DIMENSIONS:
        values, which = _distinct(_texts(snapshot, baseline, ends, dimension, customers))
        if len(values) > MOST_VALUES:
            uncut.append(dimension)
            continue
        columns.append(which + len(names))
        names.extend((dimension, value) for value in values)
    return Cohorts(tuple(names), as_column(np.stack(columns, axis=1)), tuple(uncut))


def grade_texts(trace: Trace, customers: range) -> tuple[list[str], Column]:
    """Return the grades, and which of them each customer of that range has at last; `none` without one."""
    chosen = slice(customers.start, customers.stop)
    return _distinct((trace.grades, trace.reviewed.grade[chosen]))


def row_at(snapshot: Snapshot, day: int, customers: range) -> Column:
    """Return the row of the customers file that counts for each customer of that range at the start of `day`."""
    begins = snapshot.versions.begins[customers.start : customers.stop + 1]
    before = np.concatenate([[0], np.cumsum(snapshot.versions.counts_from <= day)])
    rows: Column = begins[:-1] + np.maximum(before[begins[1:]] - before[begins[:-1]] - 1, 0)
    return rows


def _texts(
    snapshot: Snapshot, baseline: Trace, ends: int, dimension: str, customers: range
) -> tuple[Sequence[str], Column]:
    if dimension == GRADE:
        return grade_texts(baseline, customers)
    if dimension not in snapshot.attributes:
        return (), np.full(len(customers), -1, dtype=np.int64)
    said = snapshot.attributes[dimension][row_at(snapshot, ends, customers)]
    return snapshot.words, said


def _distinct(texts: tuple[Sequence[str], Column]) -> tuple[list[str], Column]:
    words, places = texts
    found, which = np.unique(places, return_inverse=True)
    said = [words[place] or NONE if place >= 0 else NONE for place in found.tolist()]
    values = sorted(set(said))
    at = np.array([values.index(value) for value in said], dtype=np.int64)
    return values, at[which.reshape(-1)] if len(found) else which
