"""The pictures of the page: what a script draws, and what is said of each to those who do not see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from simulations.report.page.numbers import Numbers
from simulations.report.page.wording import Wording


class Drawn(StrEnum):
    """How a picture is drawn: along time, or a pair of bars per name."""

    LINES = "lines"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of both sides; amounts are minor units. `alternative` says in words what it shows.

    `limit` is a line drawn across it, with its number.
    """

    id: str
    drawn: Drawn
    title: str
    alternative: str
    is_money: bool
    names: Sequence[str]
    baseline: Sequence[int] | None
    candidate: Sequence[int]
    limit: int | None = None


def lines(
    name: str,
    title: str,
    names: Sequence[str],
    sides: tuple[Sequence[int] | None, Sequence[int]],
    words: Wording,
    numbers: Numbers,
    *,
    is_money: bool = True,
    limit: int | None = None,
) -> Chart:
    """Return a picture along time; there is at least one day, month or week."""
    old, new = (
        words("none") if side is None else (numbers.money if is_money else numbers.count)(side[-1]) for side in sides
    )
    alternative = words(
        "picture",
        title=title,
        first=names[0],
        last=names[-1],
        baseline=words("baseline"),
        candidate=words("candidate"),
        old=old,
        new=new,
    )
    return Chart(name, Drawn.LINES, title, alternative, is_money, names, *sides, limit=limit)


def bars(
    name: str, title: str, names: Sequence[str], sides: tuple[Sequence[int], Sequence[int]], words: Wording
) -> Chart:
    """Return a picture of a pair of bars of money per name."""
    return Chart(name, Drawn.BARS, title, words("picture_bars", title=title), True, names, *sides)


def drawn(charts: Sequence[Chart], words: Wording, numbers: Numbers) -> Mapping[str, Any]:
    """Return what the script of the page draws, as plain data."""
    return {
        "decimals": numbers.currency.decimals,
        "currency": numbers.currency.code,
        "language": words.language,
        "baseline": words("baseline"),
        "candidate": words("candidate"),
        "shown": words("shown", shown="{shown}", found="{found}"),
        "charts": [
            {
                "id": chart.id,
                "drawn": chart.drawn,
                "money": chart.is_money,
                "names": chart.names,
                "baseline": chart.baseline,
                "candidate": chart.candidate,
                "limit": chart.limit,
            }
            for chart in charts
        ],
    }
