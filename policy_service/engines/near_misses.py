"""Near misses: rows that failed by one cell, and the smallest change of its value that would have matched."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import msgspec

from policy_service.domain.decisions import Value
from policy_service.domain.values import LARGEST, SMALLEST, TRUE, UNKNOWN, UNLIMITED, Kind

#: Writes a value as a person reads it.
ValueText: TypeAlias = Callable[[Value, Kind], str]
#: Whether a value would match the cell: true, false or unknown.
Matches: TypeAlias = Callable[[Value], Value]


class NearMiss(msgspec.Struct, frozen=True):
    """A row that every cell but one matched.

    `needed` is the value nearest to `value` that the cell matches and `distance` how far it is, both in steps
    of the representation; none where the column has no order, or no value would do.
    """

    row: str
    column: str
    cell: str
    value: Value
    needed: Value | None
    distance: int | None
    text: str


def nearest_match(value: Value, bounds: Iterable[Value], matches: Matches) -> Value | None:
    """Return the value nearest to `value` that matches a test with these end points; the smaller of two.

    A test only changes its answer at its end points, so the nearest match is one of them or one step beside.
    """
    if value in (UNKNOWN, UNLIMITED):
        return None
    steps = {bound + step for bound in bounds if SMALLEST <= bound <= LARGEST for step in (-1, 0, 1)}
    fitting = [step for step in steps if SMALLEST <= step <= LARGEST and matches(step) == TRUE]
    return min(fitting, key=lambda step: (abs(step - value), step), default=None)


def sentence(column: str, cell: str, value: Value, needed: Value | None, *, kind: Kind, as_text: ValueText) -> str:
    """Return what was missing, in one sentence: the value, what the cell asks, and by how much it failed."""
    found = f"{column} is {as_text(value, kind)}, the row asks for {cell}"
    if needed is None:
        return f"{found}."
    of_distance = Kind.DAYS if kind is Kind.DATE else kind
    direction = "more" if needed > value else "less"
    return f"{found}: {as_text(abs(needed - value), of_distance)} {direction} would do."
