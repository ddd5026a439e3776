"""A fact over the last month ends as a line, in a drawing of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from policy_service.services.fact_trend import FactThen

WIDTH: Final = 860
HEIGHT: Final = 180
_LEFT: Final = 120
_RIGHT: Final = 30
_TOP: Final = 14
_BOTTOM: Final = 28
#: Two values at least make a line.
_LEAST: Final = 2


@dataclass(frozen=True, slots=True)
class Point:
    """A value, and where it stands in the drawing."""

    then: FactThen
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class FactChart:
    """The points, the lines between those next to each other, and the least and the largest value."""

    points: tuple[Point, ...]
    pieces: tuple[str, ...]
    low: FactThen
    high: FactThen


def fact_chart(values: Sequence[FactThen]) -> FactChart | None:
    """Return the drawing; none of words and days of the calendar, and of fewer than two values. A gap is unknown."""
    numbers = [_number(one) for one in values]
    known = [(number, one) for number, one in zip(numbers, values, strict=True) if number is not None]
    if len(known) < _LEAST:
        return None
    low, high = min(known, key=lambda one: one[0]), max(known, key=lambda one: one[0])
    span = float(high[0] - low[0]) or 1.0
    step = (WIDTH - _LEFT - _RIGHT) / (len(values) - 1)
    runs: list[list[Point]] = [[]]
    for place, (number, one) in enumerate(zip(numbers, values, strict=True)):
        if number is None:
            runs.append([])
            continue
        y = _TOP + (HEIGHT - _TOP - _BOTTOM) * float(high[0] - number) / span
        runs[-1].append(Point(one, round(_LEFT + place * step, 1), round(y, 1)))
    pieces = tuple(" ".join(f"{point.x},{point.y}" for point in run) for run in runs if run)
    return FactChart(tuple(point for run in runs for point in run), pieces, low[1], high[1])


def _number(then: FactThen) -> Decimal | None:
    if then.value is None or isinstance(then.value, bool):
        return None
    try:
        return Decimal(str(then.value))
    except InvalidOperation:
        return None
