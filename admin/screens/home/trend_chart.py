"""Days of sales outstanding and collection effectiveness month by month, as two lines in drawings of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.facts.quotients import Missing, Ratio
from policy_service.services.portfolio.month_ends import MonthEnd

WIDTH: Final = 430
HEIGHT: Final = 120
_LEFT: Final = 40
_TOP: Final = 10
_BOTTOM: Final = 22


@dataclass(frozen=True, slots=True)
class Point:
    """A month's figure, and where it stands in the drawing."""

    month: MonthEnd
    value: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A figure month by month: its points, the lines between those next to each other, and its least and largest."""

    points: tuple[Point, ...]
    pieces: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Both figures; none of which no month has one."""

    days_sales: Line | None
    collection: Line | None


def trend_chart(months: Sequence[MonthEnd]) -> TrendChart:
    """Return the drawings; a month without a figure is a gap."""
    return TrendChart(
        _line(months, lambda month: month.days_sales.count_back),
        _line(months, lambda month: month.collection_effectiveness),
    )


def _line(months: Sequence[MonthEnd], figure: Callable[[MonthEnd], Ratio]) -> Line | None:
    found = [figure(month) for month in months]
    known = [value for value in found if not isinstance(value, Missing)]
    if not known:
        return None
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (WIDTH - _LEFT - 10) / max(len(months) - 1, 1)
    runs: list[list[Point]] = [[]]
    for number, (month, value) in enumerate(zip(months, found, strict=True)):
        if isinstance(value, Missing):
            runs.append([])
            continue
        y = _TOP + (HEIGHT - _TOP - _BOTTOM) * (high - value) / span
        runs[-1].append(Point(month, value, round(_LEFT + number * step, 1), round(y, 1)))
    pieces = tuple(" ".join(f"{point.x},{point.y}" for point in run) for run in runs if run)
    return Line(tuple(point for run in runs for point in run), pieces, low, high)
