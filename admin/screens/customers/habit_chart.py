"""The payment habit as bars: a month's mean days late above the line, early below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from policy_service.services.payment_habit import MonthPaid

WIDTH: Final = 860
HEIGHT: Final = 220
_LEFT: Final = 44
_TOP: Final = 14
_BOTTOM: Final = 30
#: How far the axis reaches at least, in days.
_LEAST: Final = 10
_TICKS: Final = (1, 2, 5, 10, 15, 30, 60, 90, 180, 365, 730, 1825)


@dataclass(frozen=True, slots=True)
class Bar:
    """A month's bar, in the units of the drawing; `height` 0 for a month without a payment."""

    month: MonthPaid
    x: float
    y: float
    width: float
    height: float
    is_late: bool
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the drawing at so many days."""

    days: int
    y: float


@dataclass(frozen=True, slots=True)
class HabitChart:
    """The drawing: its bars, the lines across it, and where the line of no day late is."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    zero: float


def habit_chart(months: Sequence[MonthPaid]) -> HabitChart | None:
    """Return the drawing; none where no month has a payment."""
    days = [month.days_late for month in months if month.days_late is not None]
    if not days:
        return None
    highest, lowest = max(_LEAST, *days), min(0.0, *days)
    step = next((one for one in _TICKS if (highest - lowest) / one <= 6), _TICKS[-1])
    highest, lowest = ceil(highest / step) * step, floor(lowest / step) * step
    scale = (HEIGHT - _TOP - _BOTTOM) / (highest - lowest)

    def place(value: float) -> float:
        return round(_TOP + (highest - value) * scale, 1)

    width = (WIDTH - _LEFT) / len(months)
    bars = tuple(_bar(month, _LEFT + width * number, width, place) for number, month in enumerate(months))
    ticks = tuple(Tick(value, place(value)) for value in range(lowest, highest + 1, step))
    return HabitChart(bars, ticks, place(0))


def _bar(month: MonthPaid, left: float, width: float, place: Callable[[float], float]) -> Bar:
    late = month.days_late or 0.0
    top, bottom = place(max(late, 0.0)), place(min(late, 0.0))
    is_labelled = month.month.month in (1, 4, 7, 10)
    # A month paid on the day has a bar as well, as thin as a line.
    height = max(bottom - top, 1.5) if month.days_late is not None else 0.0
    return Bar(
        month, round(left + width * 0.15, 1), top, round(width * 0.7, 1), round(height, 1), late > 0, is_labelled
    )
