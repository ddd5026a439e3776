"""What reviews and order checks of a replay are decided on, written down in the kernel for whoever asks again.

Only where a desk has room for it: without, one comparison a decision. What is written down are the values before the
chain runs, at the places that its rule sets read; what a chain makes of them can be asked of any other program.
"""

from typing import Final, NamedTuple, Protocol

import numpy as np

from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.partitions import CustomerRange
from simulations.replay.fact_rows import read_only

#: The types of decisions that are written down, by their numbers in a plan.
REVIEWS: Final = 0
ORDERS: Final = 1


class Noted(NamedTuple):
    """Where a thread writes down what it decides for the customers of its part, one after the other.

    `review_slots` and `order_slots` are the places of values to write down; `reviews` and `orders` have a row for each
    decision, that of a review with one word more: how many order checks stand before it. `counts` are the rows written
    so far, by type, `ends` the same by customer of the part, after its last decision. `is_whole` is 0 of a customer
    that the rows do not tell everything of: there was no room, or a fact was out of all bounds.
    """

    review_slots: Column
    order_slots: Column
    reviews: Column
    orders: Column
    counts: Column
    ends: Column
    is_whole: Column


class Notebook(Protocol):
    """Where what the threads write down is kept; threads call it at the same time."""

    def page(self, customers: int, orders: int) -> Noted:
        """Return what one thread writes on, for parts of at most so many customers and orders of the window."""
        ...

    def keep(self, customers: CustomerRange, page: Noted) -> None:
        """Copy what was written down for the customers of a part, and clear the page."""
        ...


def nothing_noted() -> Noted:
    """Return what a desk has that writes nothing down."""
    nowhere, no_rows = read_only(np.zeros(0, dtype=np.int64)), np.zeros((0, 0), dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    return Noted(nowhere, nowhere, no_rows, no_rows, nothing, no_rows, nothing)


@lean_kernel
def note(kind: int, customer: int, fits: bool, values: Numbers, noted: Noted) -> None:
    """Write down the values that a decision is made on, if decisions are written down."""
    if len(noted.is_whole):
        _write_down(kind, customer, fits, values, noted)


@lean_kernel
def _write_down(kind: int, customer: int, fits: bool, values: Numbers, noted: Noted) -> None:
    slots, rows = noted.order_slots, noted.orders
    if kind == REVIEWS:
        slots, rows = noted.review_slots, noted.reviews
    place = noted.counts[kind]
    if place == len(rows) or not fits:
        noted.is_whole[customer] = 0
        return
    for number in range(len(slots)):
        rows[place, number] = values[slots[number]]
    if kind == REVIEWS:
        rows[place, len(slots)] = noted.counts[ORDERS]
    noted.counts[kind] = place + 1
    noted.ends[customer, kind] = place + 1
