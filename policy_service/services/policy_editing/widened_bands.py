"""A band of a scorecard widened over the hole beside it: a grade has one band, so that no further row could fill it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from policy_service.services.policy_editing.edits import Path
from policy_service.services.policy_editing.sheets import SheetRow

_NUMBER: Final = r"-?\d+(?:\.\d+)?"
_INTERVAL: Final = re.compile(
    rf"(?P<value>{_NUMBER})|(?P<sign>[<>])(?P<with>=)? *(?P<bound>{_NUMBER})"
    rf"|(?P<opens>[\[(])(?P<low>{_NUMBER})\.\.(?P<high>{_NUMBER})(?P<closes>[\])])"
)


@dataclass(frozen=True, slots=True)
class _End:
    """An end of an interval as it is written; `is_in`: the bound itself lies within."""

    text: str
    is_in: bool


@dataclass(frozen=True, slots=True)
class _Interval:
    """Scores from one end to the other; none: without end."""

    low: _End | None
    high: _End | None


@dataclass(frozen=True, slots=True)
class Widened:
    """The condition of a band that would cover the hole too, and where it stands."""

    at: Path
    when: str


def widened(hole: str, bands: Sequence[SheetRow], condition: int) -> Widened | None:
    """Return the band below a hole that reaches over it, else the one above it; none where no band borders on it.

    The band below has the lower grade: whoever scores in the hole gets no better one than before unless somebody
    decides so. `condition` is the place of the condition among the cells of a band.
    """
    of_hole = _interval(hole)
    read = [(row, _interval(row.cells[condition])) for row in bands]
    if of_hole is None:
        return None
    for row, band in read:
        if band is not None and _meet(band.high, of_hole.low):
            return Widened((*row.at, "when"), _written(_Interval(band.low, of_hole.high)))
    for row, band in read:
        if band is not None and _meet(of_hole.high, band.low):
            return Widened((*row.at, "when"), _written(_Interval(of_hole.low, band.high)))
    return None


def _interval(text: str) -> _Interval | None:
    found = _INTERVAL.fullmatch(text.strip())
    if found is None:
        return None
    if found["value"]:
        end = _End(found["value"], is_in=True)
        return _Interval(end, end)
    if found["sign"]:
        end = _End(found["bound"], bool(found["with"]))
        return _Interval(end, None) if found["sign"] == ">" else _Interval(None, end)
    return _Interval(_End(found["low"], found["opens"] == "["), _End(found["high"], found["closes"] == "]"))


def _meet(high: _End | None, low: _End | None) -> bool:
    return high is not None and low is not None and Decimal(high.text) == Decimal(low.text) and high.is_in != low.is_in


def _written(interval: _Interval) -> str:
    match interval:
        case _Interval(None, None):
            return "-"
        case _Interval(_End() as low, None):
            return f"{'>=' if low.is_in else '>'} {low.text}"
        case _Interval(None, _End() as high):
            return f"{'<=' if high.is_in else '<'} {high.text}"
        case _Interval(_End() as low, _End() as high):
            return f"{'[' if low.is_in else '('}{low.text}..{high.text}{']' if high.is_in else ')'}"
        case _:
            raise AssertionError(interval)
