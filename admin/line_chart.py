"""Figures over time as a line in a drawing: the least at the bottom, the largest at the top, a gap for none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing, and the room that its line leaves on each side, in the units of the drawing."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Point(Generic[Item]):
    """What a figure is of, the figure, and where it stands in the drawing."""

    item: Item
    value: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line(Generic[Item]):
    """The points, the lines between those next to each other, and the first of the least and of the largest."""

    points: tuple[Point[Item], ...]
    pieces: tuple[str, ...]
    low: Point[Item]
    high: Point[Item]


def line_chart(frame: Frame, items: Sequence[Item], values: Sequence[float | None]) -> Line[Item] | None:
    """Return the line of the items' values, one each; none where no item has one."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    high, span = max(known), (max(known) - min(known)) or 1.0
    step = (frame.width - frame.left - frame.right) / max(len(items) - 1, 1)
    runs: list[list[Point[Item]]] = [[]]
    for place, (item, value) in enumerate(zip(items, values, strict=True)):
        if value is None:
            runs.append([])
            continue
        y = frame.top + (frame.height - frame.top - frame.bottom) * (high - value) / span
        runs[-1].append(Point(item, value, round(frame.left + place * step, 1), round(y, 1)))
    points = tuple(point for run in runs for point in run)
    pieces = tuple(" ".join(f"{point.x},{point.y}" for point in run) for run in runs if run)
    low, high_point = min(points, key=lambda point: point.value), max(points, key=lambda point: point.value)
    return Line(points, pieces, low, high_point)
