"""What a thread of the hand-written kernel works with: a row of sums for every day, and a bit for each that has any."""

from typing import Any, Final, NamedTuple

import numpy as np

from simulations.columnar.compiled_functions import lean_kernel
from simulations.ledger_snapshot.columns import Column

#: An array of any type of number, at the border to compiled code.
Numbers = np.ndarray[Any, Any]

# The columns of a day: by how much each changes on it. The first firing is a place in the list of firings, plus 1.
EXPOSURE: Final = 0
PAST_DUE: Final = 1
OVERDUE_AFTER_0: Final = 2
OVERDUE_AFTER_3: Final = 3
OVERDUE_AFTER_5: Final = 4
COUNTS: Final = 5
FIRST_FIRING: Final = 6
COLUMNS: Final = 8
# Three counts in one column: invoices more than 14 days past due, at least 14, and promises broken.
ONE_HELD: Final = 1
ONE_AGED: Final = 1 << 20
ONE_BROKEN: Final = 1 << 40
COUNT_MASK: Final = (1 << 20) - 1

# The places of `Desk.state`.
BEGINS: Final = 0
ENDS: Final = 1
STANDING: Final = 2
STOPPED: Final = 3
PREPAYS: Final = 4
CASE_UNTIL: Final = 5
WAS_TRUE: Final = 6
WATCHES_PROMISES: Final = 7
PASSED: Final = 8
PAID: Final = 9
WRITTEN_OFF: Final = 10
LATE: Final = 11
TO_FIRE: Final = 12
FIRED: Final = 13
POSTED: Final = 14
CUSTOMER: Final = 15
GRADE: Final = 16
NEXT_REVIEW: Final = 17
REVIEWS: Final = 18
_STATE: Final = 19

_WORD: Final = 32
_POWERS: Final = 37
#: Powers of 2 differ modulo 37: the place of the only bit of a number by its remainder.
_PLACE_OF_BIT: Final = tuple(
    next((place for place in range(_WORD) if 2**place % _POWERS == remainder), 0) for remainder in range(_POWERS)
)


class Desk(NamedTuple):
    """Days from the one before the window on, what they add up to so far, and lists of the customer under way.

    `days` has a row of changes by day, `busy` 32 bits a word that say which have any, `totals` their sum up to the day
    reached. `sequence` are the customer's invoices in the order in which they are ordered, `cleared` by invoice the
    morning on which nothing of it is open any more. `posted_...` are the postings of the invoice that goes ahead, as
    they become known. For reviews: `paid` (date, morning, days late, amount), `written_off` (date, morning, amount),
    `late` (from when more than 30 days past due, until when open, disputed from and until). `to_fire` (next one of the
    morning, invoice, level) are the levels to come.
    """

    state: Column
    days: Column
    busy: Column
    totals: Column
    sequence: Column
    cleared: Column
    posted_on: Column
    posted_morning: Column
    posted_kind: Column
    posted_part: Column
    paid: Column
    written_off: Column
    late: Column
    to_fire: Column


def desk_of(begins: int, ends: int, invoices: int, postings: int, postings_of_one: int) -> Desk:
    """Return a desk for customers of at most so many invoices and postings."""

    def column(*shape: int) -> Column:
        return np.zeros(shape, dtype=np.int64)

    days = ends - begins + 2
    state = column(_STATE)
    state[BEGINS], state[ENDS] = begins, ends
    return Desk(
        state,
        column(days, COLUMNS),
        column(days // _WORD + 2),
        column(COLUMNS),
        column(invoices),
        column(invoices),
        *(column(postings_of_one) for _ in range(4)),
        column(postings + 1, 4),
        column(postings + 1, 3),
        column(invoices, 4),
        column(invoices * 5 + 1, 3),
    )


@lean_kernel
def put(desk: Desk, day: int, column: int, amount: int) -> None:
    """Let a column change by an amount on a day; before the window all days are one."""
    if day < desk.state[ENDS]:
        place = max(day - desk.state[BEGINS] + 1, 0)
        desk.days[place][column] += amount
        desk.busy[place >> 5] |= 1 << (place & 31)


@lean_kernel
def wake(desk: Desk, day: int) -> None:
    """Have a morning not be slept through."""
    place = day - desk.state[BEGINS] + 1
    desk.busy[place >> 5] |= 1 << (place & 31)


@lean_kernel
def next_busy(desk: Desk, last: int) -> int:
    """Return the row of the first day up to `last` on which anything changes, and take it off the list; -1: none."""
    word, last_place = desk.state[PASSED], last - desk.state[BEGINS] + 1
    while word << 5 <= last_place:
        bits = desk.busy[word]
        if bits:
            place = (word << 5) + _PLACE_OF_BIT[(bits & -bits) % _POWERS]
            if place > last_place:
                break
            desk.busy[word] = bits & (bits - 1)
            desk.state[PASSED] = word
            return place
        word += 1
    desk.state[PASSED] = last_place >> 5
    return -1
