"""The levels of a ladder on an axis of days past due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.services.policy_editing.ladders import WrittenStep

WIDTH: Final = 700
#: Where the axis lies; labels stand above and below it in turns, in two rows each.
AXIS: Final = 92
_LEFT: Final = 50
_RIGHT: Final = 70
_ROWS: Final = (AXIS - 26, AXIS + 40, AXIS - 66, AXIS + 80)
_LETTER: Final = 6.6
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 90, 180, 365)
_MOST_TICKS: Final = 12
_BEFORE: Final = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A level in the picture: where its point and its label stand, and its day, if the parameters alone decide it."""

    step: WrittenStep
    day: int | None
    x: float
    label_y: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A day of the axis."""

    day: int
    x: float


@dataclass(frozen=True, slots=True)
class LadderPicture:
    """The axis with its days, and the levels upon it."""

    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]

    @property
    def box(self) -> str:
        """What is drawn on, without the rows that no label needs."""
        top = min((mark.label_y for mark in self.marks), default=AXIS) - 32
        bottom = max((mark.label_y for mark in self.marks), default=AXIS) + 12
        top, bottom = min(top, AXIS - 20), max(bottom, AXIS + 26)
        return f"0 {top} {WIDTH} {bottom - top}"


def ladder_picture(levels: Sequence[WrittenStep], days: Mapping[str, int]) -> LadderPicture:
    """Return where every level stands; one whose day takes facts stands between those next to it in the file."""
    known = [_day(level, days) for level in levels]
    placed = [day for day in known if day is not None]
    # A level whose day takes facts and which is counted backwards stands before the due date.
    is_before = any(day is None and _is_negative(level) for level, day in zip(levels, known, strict=True))
    low, high = min(0, -_BEFORE if is_before else 0, *placed), max(1, *placed)
    step = next((each for each in _STEPS if (high - low) / each <= _MOST_TICKS), 365)
    first, last = low // step * step, -(-high // step) * step

    def x_of(day: float) -> float:
        return round(_LEFT + (day - first) / (last - first) * (WIDTH - _LEFT - _RIGHT), 1)

    ticks = tuple(Tick(day, x_of(day)) for day in range(first, last + 1, step))
    spots = [
        x_of(_between(known, at, first, 0 if _is_negative(levels[at]) else last) if day is None else day)
        for at, day in enumerate(known)
    ]
    rows = _rows(levels, spots)
    marks = (Mark(*each) for each in zip(levels, known, spots, rows, strict=True))
    return LadderPicture(ticks, tuple(marks))


def _day(level: WrittenStep, days: Mapping[str, int]) -> int | None:
    written = level.days_past_due
    return int(written) if written.removeprefix("-").isdecimal() and len(written) < 6 else days.get(level.id)


def _letters(level: WrittenStep) -> int:
    # The id of a level whose day takes facts is followed by its formula.
    formula = "" if level.days_past_due.removeprefix("-").isdecimal() else level.days_past_due
    return max(len(level.action), len(level.id) + len(formula))


def _is_negative(level: WrittenStep) -> bool:
    return level.days_past_due.startswith("-")


def _between(known: Sequence[int | None], at: int, first: int, last: int) -> float:
    before = next((day for day in reversed(known[:at]) if day is not None), first)
    after = next((day for day in known[at + 1 :] if day is not None), last)
    return (before + min(after, last)) / 2


def _rows(levels: Sequence[WrittenStep], spots: Sequence[float]) -> list[int]:
    # A label stands in the first row that has room for it, so that none covers another.
    ends = dict.fromkeys(_ROWS, -WIDTH * 1.0)
    rows = [0] * len(levels)
    for at in sorted(range(len(levels)), key=lambda each: spots[each]):
        half = max(_letters(levels[at]), 4) * _LETTER / 2 + 4
        row = next((row for row in _ROWS if ends[row] <= spots[at] - half), _ROWS[-1])
        ends[row], rows[at] = spots[at] + half, row
    return rows
