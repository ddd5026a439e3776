"""How sure the differences are: between which values nine in ten bootstrap draws of customers find them."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from simulations.accounting.kpis import NULL_REASONS, Figure, Kpis
from simulations.comparison.differences import differences

#: The 5th and the 95th percentile; by name where a figure has several; None if there is no difference.
Band: TypeAlias = tuple[int | float, int | float] | Mapping[str, "Band"] | None
_LOW, _HIGH = 5, 95


def intervals(difference: Kpis, draws: Sequence[tuple[Kpis, Kpis]]) -> Mapping[str, Band]:
    """Return the band of every numeric difference; of each draw given are the figures of baseline and candidate.

    A percentile is one of the drawn values: the smallest that at least so many in a hundred do not exceed. Draws in
    which a figure cannot be computed say nothing of it; a name that does not occur in a draw counts as 0.
    """
    drawn = [differences(baseline, candidate) for baseline, candidate in draws]
    names = [name for name in difference if name != NULL_REASONS]
    return {name: _band(difference[name], [of_draw[name] for of_draw in drawn]) for name in names}


def _band(figure: Figure, drawn: Sequence[Figure]) -> Band:
    if isinstance(figure, Mapping):
        found = [of_draw for of_draw in drawn if isinstance(of_draw, Mapping)]
        return {name: _band(figure[name], [_of_name(of_draw, name, figure) for of_draw in found]) for name in figure}
    numbers = sorted(number for number in drawn if isinstance(number, int | float))
    if figure is None or not numbers:
        return None
    return _percentile(numbers, _LOW), _percentile(numbers, _HIGH)


def _of_name(of_draw: Mapping[str, Figure], name: str, figure: Mapping[str, Figure]) -> Figure:
    # A reason has two figures under its name.
    return of_draw.get(name, {} if isinstance(figure[name], Mapping) else 0)


def _percentile(ordered: Sequence[int | float], percent: int) -> int | float:
    return ordered[-(-percent * len(ordered) // 100) - 1]
