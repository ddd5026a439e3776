"""A fact over the last month ends as a line."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from admin.line_chart import Frame, Line, line_chart
from policy_service.services.fact_trend import FactThen

_FRAME: Final = Frame(width=860, height=180, left=120, right=30, top=14, bottom=28)
#: Two values at least make a line.
_LEAST: Final = 2


def fact_chart(values: Sequence[FactThen]) -> Line[FactThen] | None:
    """Return the drawing; none of words and days of the calendar, and of fewer than two values. A gap is unknown."""
    numbers = [_number(one) for one in values]
    if sum(number is not None for number in numbers) < _LEAST:
        return None
    return line_chart(_FRAME, values, numbers)


def _number(then: FactThen) -> float | None:
    if then.value is None or isinstance(then.value, bool):
        return None
    try:
        number = Decimal(str(then.value))
    except InvalidOperation:
        return None
    # Some words are numbers to Python that no drawing has a place for.
    return float(number) if number.is_finite() else None
