"""The days of one customer on which something becomes known or changes: buckets by day, each a chain of notes.

A note is a kind and a number in one integer. A calendar is made once per thread and cleared for every customer.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from simulations.columnar.bits import first_bit
from simulations.columnar.compiled_functions import lean_kernel
from simulations.ledger_snapshot.columns import Column

INVOICE_KNOWN: Final = 0
POSTING_KNOWN: Final = 1
DISPUTE_KNOWN: Final = 2
DISPUTE_CLOSED: Final = 3
PROMISE_KNOWN: Final = 4
EVENT_KNOWN: Final = 5
CASH_KNOWN: Final = 6
ORDER_KNOWN: Final = 7
BILL_MATURED: Final = 8
ORDER_EXPIRED: Final = 9
INVOICE_FALLS_DUE: Final = 10
LEVEL_FALLS: Final = 11
PROMISE_FALLS_DUE: Final = 12
VERSION_COUNTS: Final = 13

_BITS_OF_NUMBER: Final = 40
_NUMBER: Final = 2**_BITS_OF_NUMBER - 1
_NONE: Final = -1
# Days by words of 64: two to that power.
_WORD: Final = 6
_LAST_OF_WORD: Final = 63
_NO_DAY: Final = np.uint64(0)
_ONE_DAY: Final = np.uint64(1)


class Calendar(NamedTuple):
    """`first` and `used` are of one element: the first day, and how many notes there are.

    `noted` has a bit for each day from the first on on which something is noted, 64 days in a word. `heads` is the last
    note of such a day, `before` the note put on that day before it; of other days it is what an earlier customer left.
    """

    first: Column
    used: Column
    heads: Column
    notes: Column
    before: Column
    noted: npt.NDArray[np.uint64]


def calendar_for(days: int, notes: int) -> Calendar:
    """Return an empty calendar with room for so many days and notes."""
    return Calendar(
        np.zeros(1, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(days, dtype=np.int64),
        np.zeros(notes, dtype=np.int64),
        np.zeros(notes, dtype=np.int64),
        np.zeros((days >> _WORD) + 1, dtype=np.uint64),
    )


@lean_kernel
def clear(calendar: Calendar, first: int, days: int) -> None:
    """Begin anew, with `first` as the first of so many days."""
    calendar.first[0] = first
    calendar.used[0] = 0
    for word in range((days >> _WORD) + 1):
        calendar.noted[word] = _NO_DAY


@lean_kernel
def put(calendar: Calendar, day: int, kind: int, number: int, ends: int) -> None:
    """Put a note on a day; on the first day what is earlier, nowhere what is not before `ends`."""
    if day >= ends:
        return
    place = max(day - calendar.first[0], 0)
    note = calendar.used[0]
    calendar.used[0] = note + 1
    calendar.notes[note] = kind << _BITS_OF_NUMBER | number
    calendar.before[note] = calendar.heads[place] if _is_noted(calendar, place) else _NONE
    calendar.heads[place] = note
    calendar.noted[place >> _WORD] |= _ONE_DAY << np.uint64(place & _LAST_OF_WORD)


@lean_kernel
def last_note(calendar: Calendar, day: int) -> int:
    """Return the last note of a day, -1 without one; `calendar.before` leads to the others."""
    place = day - calendar.first[0]
    return calendar.heads[place] if _is_noted(calendar, place) else _NONE


@lean_kernel
def _is_noted(calendar: Calendar, place: int) -> bool:
    return calendar.noted[place >> _WORD] >> np.uint64(place & _LAST_OF_WORD) & _ONE_DAY != _NO_DAY


@lean_kernel
def kind_of(note: int) -> int:
    """Return the kind of what was noted."""
    return note >> _BITS_OF_NUMBER


@lean_kernel
def number_of(note: int) -> int:
    """Return the number of what was noted."""
    return note & _NUMBER


@lean_kernel
def next_noted(calendar: Calendar, day: int, ends: int) -> int:
    """Return the first day after `day` on which something is noted, `ends` if there is none before it."""
    if day + 1 >= ends:
        return ends
    first, noted = calendar.first[0], calendar.noted
    place, last = day + 1 - first, ends - 1 - first
    word = place >> _WORD
    days = noted[word] >> np.uint64(place & _LAST_OF_WORD)
    if days != _NO_DAY:
        return min(day + 1 + first_bit(days), ends)
    for later in range(word + 1, (last >> _WORD) + 1):
        if noted[later] != _NO_DAY:
            return min(first + (later << _WORD) + first_bit(noted[later]), ends)
    return ends
