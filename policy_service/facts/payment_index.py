"""The payment index: days late on a scale from 0 to 100, straight lines between published points.

It maps own ledger data onto the PAYDEX scale (formulas.md 2.2); it is not a PAYDEX. Every slope of the table
is a multiple of 1/84 of a point a day, so the index of a whole number of days is exact in 84ths.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from policy_service.facts.columns import Collection, Integers, total, total_product
from policy_service.facts.reading import Reading

#: Days late, and the index there: 100 from 30 days early, 80 prompt, 20 at 120 late, 0 from 240 late.
INDEX_POINTS: Final = (
    (-30, 100),
    (-20, 90),
    (0, 80),
    (15, 70),
    (22, 60),
    (30, 50),
    (60, 40),
    (90, 30),
    (120, 20),
    (240, 0),
)
PARTS_OF_A_POINT: Final = 84


def index_in_parts(days_late: int) -> int:
    """Return the payment index of one payment in 84ths of a point: 2 days early is 81 x 84."""
    earliest, latest = INDEX_POINTS[0], INDEX_POINTS[-1]
    days = min(max(days_late, earliest[0]), latest[0])
    for (start, top), (end, bottom) in pairwise(INDEX_POINTS):
        if days <= end:
            return PARTS_OF_A_POINT * top - (days - start) * (top - bottom) * PARTS_OF_A_POINT // (end - start)
    return PARTS_OF_A_POINT * latest[1]


def payment_index(payments: Collection) -> Reading:
    """Return the amount-weighted mean index of the payments; unknown without any amount."""
    weights = payments.numbers["amount"]
    parts = _TABLE[np.clip(payments.numbers["days_late"], *_RANGE) - _RANGE[0]]
    return Reading(total_product(weights, parts), PARTS_OF_A_POINT * total(weights), behind=(payments,))


_RANGE: Final = (INDEX_POINTS[0][0], INDEX_POINTS[-1][0])
_TABLE: Final[Integers] = np.array([index_in_parts(days) for days in range(_RANGE[0], _RANGE[1] + 1)], dtype=np.int64)
