"""A curve as one line of text."""

from collections.abc import Sequence
from typing import Final

_HEIGHTS: Final = "▁▂▃▄▅▆▇█"
#: Where there is no figure.
_NO_FIGURE: Final = " "
#: A line that does not rise or fall.
_LEVEL: Final = "─"


def text_curve(places: Sequence[int], figures: Sequence[float | None], width: int) -> str:
    """Return the figures as bars of eight heights, from the first place to the last over `width` characters at most.

    Each character shows the figure of the last place that is not to the right of it, so that a step looks like one.
    """
    first, last = places[0], places[-1]
    columns = min(width, last - first + 1)
    shown: list[float | None] = []
    at = 0
    for column in range(columns):
        wanted = first + (last - first) * column // max(columns - 1, 1)
        while at + 1 < len(places) and places[at + 1] <= wanted:
            at += 1
        shown.append(figures[at])
    known = [figure for figure in figures if figure is not None]
    low, high = (min(known), max(known)) if known else (0, 0)
    return "".join(_bar(figure, low, high) for figure in shown)


def _bar(figure: float | None, low: float, high: float) -> str:
    if figure is None:
        return _NO_FIGURE
    if high == low:
        return _LEVEL
    return _HEIGHTS[round((figure - low) / (high - low) * (len(_HEIGHTS) - 1))]
