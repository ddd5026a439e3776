"""What the decisions of a run were made on, kept by parts of its customers, within a bound of memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.language.feel.expressions import NameSource
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import names_read_by
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.partitions import CustomerRange
from simulations.replay.fact_rows import read_only
from simulations.replay.noting import ORDERS, REVIEWS, Noted

#: Room for decisions of a part, by customer and by order of the window: what is not written on takes no memory.
_REVIEWS_OF_CUSTOMER: Final = 64
_ORDERS_OF_CUSTOMER: Final = 16
_CHECKS_OF_ORDER: Final = 2
_WORD: Final = 8


class Slots(NamedTuple):
    """The places of the values that the rule sets of reviews and of order checks read."""

    reviews: Column
    orders: Column


@dataclass(frozen=True, slots=True)
class NotedPart:
    """What was written down for customers next to each other, by type of decision in the order of a plan.

    `rows` has the values of each decision, `ends` says by customer and type where its rows end. `is_whole` is 0 of a
    customer whose rows do not tell everything.
    """

    customers: CustomerRange
    rows: tuple[Column, Column]
    ends: Column
    is_whole: Column

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return sum(column.nbytes for column in (*self.rows, self.ends, self.is_whole))


@dataclass(slots=True)
class DecisionsNoted:
    """A notebook that ends when it has taken more than `limit` bytes: `is_over` then, and `parts` hold nothing."""

    slots: Slots
    limit: int
    is_over: bool = False
    _parts: dict[int, NotedPart] = field(default_factory=dict)
    _size: int = 0
    _guard: Lock = field(default_factory=Lock)

    @property
    def parts(self) -> tuple[NotedPart, ...]:
        """What was written down, in the order of the customers."""
        return tuple(self._parts[first] for first in sorted(self._parts))

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return self._size

    def page(self, customers: int, orders: int) -> Noted:
        """Return what one thread writes on."""
        reviews = _REVIEWS_OF_CUSTOMER * customers
        checks = _CHECKS_OF_ORDER * orders + _ORDERS_OF_CUSTOMER * customers
        return Noted(
            self.slots.reviews,
            self.slots.orders,
            np.empty((reviews, len(self.slots.reviews) + 1), dtype=np.int64),
            np.empty((checks, len(self.slots.orders)), dtype=np.int64),
            np.zeros(2, dtype=np.int64),
            np.zeros((customers, 2), dtype=np.int64),
            np.ones(customers, dtype=np.int64),
        )

    def keep(self, customers: CustomerRange, page: Noted) -> None:
        """Copy what stands on the page, and clear it."""
        if not self.is_over:
            self._add(_copied(customers, page))
        page.counts[:], page.ends[:], page.is_whole[:] = 0, 0, 1

    def _add(self, part: NotedPart) -> None:
        with self._guard:
            self._size += part.size
            self.is_over = self.is_over or self._size > self.limit
            if self.is_over:
                self._parts.clear()
                self._size = 0
            else:
                self._parts[part.customers.first] = part


def slots_read(policy: Policy, slots: Mapping[str, int]) -> Slots:
    """Return the places of all names that the rule sets of reviews and of order checks read."""
    return Slots(_read(policy, DecisionType.REVIEW, slots), _read(policy, DecisionType.ORDER, slots))


def _read(policy: Policy, decision_type: DecisionType, slots: Mapping[str, int]) -> Column:
    # What an earlier rule set of the chain sets is not read as it was before.
    read, already_set = set[str](), set[str]()
    for rule_set in policy.chain(decision_type):
        read |= {name.name for name in names_read_by(rule_set) if name.source is not NameSource.PARAMETER} - already_set
        already_set.update(rule_set.output_names)
    return read_only(np.array(sorted(slots[name] for name in read), dtype=np.int64))


def _copied(customers: CustomerRange, page: Noted) -> NotedPart:
    count = customers.end - customers.first
    rows = (page.reviews[: page.counts[REVIEWS]].copy(), page.orders[: page.counts[ORDERS]].copy())
    ends = np.maximum.accumulate(page.ends[:count], axis=0)
    return NotedPart(customers, rows, ends, page.is_whole[:count].copy())
