"""Entries of several customers side by side, with the customer or the invoice that each belongs to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import numpy as np

from policy_service.domain.entries import CustomerHistory
from policy_service.facts.columns import day_numbers
from policy_service.facts.knowledge import NEVER
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.errors import does_not_fit

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Flattened(Generic[Entry]):
    """Entries, and for each the number of what it belongs to."""

    entries: Sequence[Entry]
    of: Column

    def begins(self, length: int) -> Column:
        """Return where the entries of each of `length` numbers begin, and at the end where the last ones end."""
        return begins_of(self.of, length)

    def sorted_by(self, *keys: Column) -> "Flattened[Entry]":
        """Return the entries by what they belong to, then the keys, then as they stand."""
        order = np.lexsort((*reversed(keys), self.of))
        return Flattened([self.entries[place] for place in order.tolist()], self.of[order])


def begins_of(of: Column, length: int) -> Column:
    """Return where each of `length` numbers begins in the sorted column `of`, and where the last one ends."""
    return np.searchsorted(of, np.arange(length + 1)).astype(np.int64, copy=False)


def by_customer(
    histories: Sequence[CustomerHistory], entries_of: Callable[[CustomerHistory], Iterable[Entry]]
) -> Flattened[Entry]:
    """Return one collection of every history, as it stands there."""
    entries: list[Entry] = []
    counts = []
    for history in histories:
        before = len(entries)
        entries.extend(entries_of(history))
        counts.append(len(entries) - before)
    return Flattened(entries, np.repeat(np.arange(len(histories)), counts))


def by_named(
    of_customers: Flattened[Entry], named: Callable[[Entry], str], places: Sequence[Mapping[str, int]]
) -> Flattened[Entry]:
    """Return those entries that name something with a place among those of their customer."""
    customers = of_customers.of.tolist()
    found = [
        places[customer].get(named(one), -1) for one, customer in zip(of_customers.entries, customers, strict=True)
    ]
    known = [(one, place) for one, place in zip(of_customers.entries, found, strict=True) if place >= 0]
    return Flattened([one for one, _ in known], whole_numbers([place for _, place in known]))


def whole_numbers(values: Sequence[int], what: str = "an amount of the ledger") -> Column:
    """Return the values as a column; SnapshotError S301 for one beyond 64 bits."""
    try:
        return np.array(values, dtype=np.int64)
    except OverflowError as error:
        raise does_not_fit(what) from error


def days_of(dates: Iterable[date]) -> Column:
    """Return the dates as numbers of days."""
    return day_numbers(dates)


def days_or(dates: Sequence[date | None], none: int) -> Column:
    """Return the dates as numbers of days, `none` where there is no date."""
    days = day_numbers([one or date.min for one in dates])
    days[[one is None for one in dates]] = none
    return days


def later(days: Column, dates: Iterable[date]) -> Column:
    """Return the later of the days and the dates."""
    return np.maximum(days, day_numbers(dates))


#: Before all days: of what has no date.
FROM_EVER = -NEVER
