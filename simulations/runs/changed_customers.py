"""Why customers changed: those that a report shows, each replayed once more by itself, up to the order that moved."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np

from simulations.columnar.program import Compiled, compiled
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Question, Side
from simulations.comparison.customers import MovedCustomers
from simulations.comparison.why import Causes
from simulations.ledger_snapshot.chosen import chosen
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.group_reading import reads_groups
from simulations.replay.moment import Moments
from simulations.runs.chunks import CHUNK, Source, opened_snapshot

#: So many customers, or such as have so many orders, are looked into together.
_CUSTOMERS, _ORDERS = 500, 2 * CHUNK


class MovedOrder(NamedTuple):
    """The first order of a customer that moved, both by number, with the row by which the candidate decided it.

    `missed` is the row that the baseline hit, where that is one of the same rule set; else empty.
    """

    customer: int
    order: int
    rule_set: str
    row: str
    missed: str


#: Orders by number of their customers.
MovedOrders: TypeAlias = Sequence[MovedOrder]


@dataclass(frozen=True, slots=True)
class CauseWork:
    """A question over a ledger: what moved the first orders of customers; wherever that is found out."""

    source: Source
    question: Question

    def opened(self) -> Callable[[MovedOrders], Mapping[int, Cause]]:
        """Return what finds the causes of some customers, by the customer's number, as far as there are any."""
        side = self.question.candidate
        program = None if side.text is None else compiled(side.text, side.run.parameters)
        return partial(_causes, self, program)


def moved_orders(customers: MovedCustomers) -> MovedOrders:
    """Return the first moved orders of the customers that are told of, as far as a row decided them."""
    return list(_moved_orders(customers))


def together(snapshot: Snapshot, moved: MovedOrders) -> Sequence[MovedOrders]:
    """Return these orders in sets that are looked into together, their customers with not too many orders each."""
    customers = np.array([one.customer for one in moved], dtype=np.int64)
    begins = snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
    orders = begins[customers + 1] - begins[customers]
    sets = np.cumsum(orders / _ORDERS + 1 / _CUSTOMERS).astype(np.int64)
    edges = [0, *(np.flatnonzero(np.diff(sets)) + 1).tolist(), len(moved)]
    return [moved[first:last] for first, last in pairwise(edges) if first < last]


def with_their_groups(snapshot: Snapshot, customers: Column, question: Question) -> Column:
    """Return these customers, and, where a side reads groups, all that belong to theirs."""
    sides = (question.baseline, question.candidate)
    if not any(side.text is not None and reads_groups(side.text) for side in sides):
        return customers
    units = snapshot.groups.unit
    return np.flatnonzero(np.isin(units, units[customers]))


def causes_of(moved: MovedOrders, places: Column, sides: tuple[Side, Side], moments: Moments) -> Mapping[int, Cause]:
    """Return the cell that decided each of these orders, by the number of its customer.

    `moments` are those of the candidate's run, `places` those of the orders in its snapshot; orders of which no cell
    can be told are left out.
    """
    baseline, candidate = sides
    if candidate.text is None:
        return {}
    before = Causes(baseline.text, baseline.run.parameters) if baseline.text is not None else None
    causes = Causes(candidate.text, candidate.run.parameters, before)
    found = {
        one.customer: causes.cause(one.rule_set, one.row, moments.values_at(place), one.missed)
        for one, place in zip(moved, places.tolist(), strict=True)
    }
    return {customer: cause for customer, cause in found.items() if cause is not None}


def _moved_orders(customers: MovedCustomers) -> Iterator[MovedOrder]:
    for customer in sorted(customers.changed()):
        why = customers.why(customer)
        if why is not None and why.rule_set:
            rule_set, row = why.before
            yield MovedOrder(customer, why.order, why.rule_set, why.row, row if rule_set == why.rule_set else "")


def _causes(work: CauseWork, program: Compiled | None, moved: MovedOrders) -> Mapping[int, Cause]:
    question = work.question
    side = question.candidate
    if side.text is None:
        return {}
    whole = opened_snapshot(work.source, question.ledger_hash)
    customers = np.array([one.customer for one in moved], dtype=np.int64)
    part = chosen(whole, with_their_groups(whole, customers, question))
    places = np.searchsorted(part.orders, [one.order for one in moved])
    moments = Moments(part.snapshot, side.text, question.options, side.run.parameters, program)
    return causes_of(moved, places, (question.baseline, side), moments)
