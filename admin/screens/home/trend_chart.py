"""Days of sales outstanding and collection effectiveness month by month, as two lines in drawings of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from admin.line_chart import Frame, Line, line_chart
from policy_service.facts.quotients import Missing, Ratio
from policy_service.services.portfolio.month_ends import MonthEnd

_FRAME: Final = Frame(width=430, height=120, left=40, right=10, top=10, bottom=22)


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Both figures; none of which no month has one."""

    days_sales: Line[MonthEnd] | None
    collection: Line[MonthEnd] | None


def trend_chart(months: Sequence[MonthEnd]) -> TrendChart:
    """Return the drawings; a month without a figure is a gap."""
    return TrendChart(
        _line(months, lambda month: month.days_sales.count_back),
        _line(months, lambda month: month.collection_effectiveness),
    )


def _line(months: Sequence[MonthEnd], figure: Callable[[MonthEnd], Ratio]) -> Line[MonthEnd] | None:
    found = [figure(month) for month in months]
    return line_chart(_FRAME, months, [None if isinstance(value, Missing) else value for value in found])
