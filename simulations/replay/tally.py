"""What a measure adds up over entries: counts, exact sums, extremes, dates and months."""

from typing import Final

import numpy as np

from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.filling import fill
from simulations.columnar.wide import plus, product
from simulations.ledger_snapshot.columns import Column

COUNT: Final = 0
SUM: Final = 1
#: The sum of those that meet the condition of a share.
PART: Final = 2
SMALLEST: Final = 3
LARGEST: Final = 4
FIRST: Final = 5
LAST: Final = 6
MONTHS: Final = 7
WEIGHT: Final = 8
#: Days from the day decided on, added up; wide sums take two places each, the high half first.
DAYS: Final = 9
DAYS_SQUARED: Final = 10
WEIGHED: Final = 12
BY_DAY: Final = 14
_STAMP: Final = 16
#: The first later day on which what is added up may change although nothing happens.
CHANGES: Final = 17
_LENGTH: Final = 18
#: Every month of the years 1 to 9999.
_ALL_MONTHS: Final = 120_000

_MOST: Final = 2**63 - 1


def empty_tally() -> tuple[Column, Column]:
    """Return a tally, and which months it has seen."""
    return np.zeros(_LENGTH, dtype=np.int64), np.zeros(_ALL_MONTHS, dtype=np.int64)


@lean_kernel
def clear_tally(tally: Column) -> None:
    """Begin anew."""
    stamp = tally[_STAMP]
    fill(tally, 0, len(tally))
    tally[_STAMP] = stamp + 1
    tally[SMALLEST] = _MOST
    tally[LARGEST] = -_MOST
    tally[FIRST] = _MOST
    tally[LAST] = -_MOST
    tally[CHANGES] = _MOST


@lean_kernel
def add_wide(tally: Numbers, place: int, left: int, right: int) -> None:
    """Add a product to a wide sum."""
    high, low = product(left, right)
    high, low = plus(tally[place], np.uint64(tally[place + 1]), high, low)
    tally[place] = high
    tally[place + 1] = int(np.int64(low))


@lean_kernel
def note_month(tally: Numbers, months: Numbers, day: int) -> None:
    """Count the month of a day, unless it was counted."""
    year, month, _ = civil(day)
    place = year * 12 + month - 13
    if months[place] != tally[_STAMP]:
        months[place] = tally[_STAMP]
        tally[MONTHS] += 1


@lean_kernel
def civil(day: int) -> tuple[int, int, int]:
    """Return year, month and day of the month of a day counted from 1970-01-01, in the Gregorian calendar."""
    # Years of eras of 400 begin on the 1st of March, so that the day of a leap year is the last.
    since = day + 719_468
    era = since // 146_097
    of_era = since - era * 146_097
    year_of_era = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * of_year + 2) // 153
    of_month = of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    return year_of_era + era * 400 + (1 if month <= 2 else 0), month, of_month
