"""The curve of every figure over the range of one parameter, or over the grid of two.

Where there are more steps than runs, an even choice of steps is run first; then the steps halfway between two runs
whose figures differ, the widest gap first, so that every change comes to lie between two runs as near to each other as
the number of runs allows. What runs are left then go halfway between two runs with the same figures: a closed loop may
leave a stretch and come back to it. Of what was not run nothing is claimed: a stretch says how many of its steps were.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, product
from typing import Final, TypeAlias

from simulations.accounting.kpis import Kpis
from simulations.search.dials import Dial
from simulations.search.runs import Runs, Values

#: Of so many runs one is spent on an even choice of steps, the others on halving.
_FIRST_RUNS: Final = 4
#: The ends of a dial and what stands between them.
_LEAST: Final = 3

_Figures: TypeAlias = dict[int, Kpis]


@dataclass(frozen=True, slots=True)
class Point:
    """Values of the parameters, and every figure of the run with them."""

    values: Values
    kpis: Kpis


@dataclass(frozen=True, slots=True)
class Stretch:
    """Values of a parameter from `first` to `last` with the same figures, whatever those of the other parameter.

    `steps` of the dial lie in it, and of these `run` were run.
    """

    parameter: str
    first: int
    last: int
    steps: int
    run: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Neighbouring runs with other figures, between which `steps` steps were not run."""

    parameter: str
    first: int
    last: int
    steps: int


@dataclass(frozen=True, slots=True)
class Curve:
    """All points in order, the flat stretches, and where it is not known at which step figures change."""

    dials: tuple[Dial, ...]
    points: tuple[Point, ...]
    flat: tuple[Stretch, ...]
    gaps: tuple[Gap, ...]

    @property
    def steps(self) -> int:
        """How many points there would be if every step was run."""
        steps = 1
        for dial in self.dials:
            steps *= len(dial.values)
        return steps

    @property
    def has_every_step(self) -> bool:
        """Whether every step was run: then nothing of the curve is taken."""
        return len(self.points) == self.steps


def curve_of(runs: Runs, dials: Sequence[Dial], most_runs: int) -> Curve:
    """Return the curve over one dial, or the grid over two, of at most `most_runs` runs, but three of each dial."""
    if len(dials) == 1:
        return _over_one(runs, dials[0], most_runs)
    return _over_two(runs, (dials[0], dials[1]), most_runs)


def _over_one(runs: Runs, dial: Dial, most_runs: int) -> Curve:
    steps = len(dial.values)
    runs.plan(min(steps, most_runs))
    found: _Figures = {}
    chosen = set(range(steps)) if steps <= most_runs else evenly(dial, max(most_runs // _FIRST_RUNS, 2))
    while chosen:
        places = sorted(chosen)
        found |= zip(places, runs.kpis([(dial.values[place],) for place in places]), strict=True)
        chosen = halfway(found, most_runs - len(found))
    points = tuple(Point((dial.values[place],), found[place]) for place in sorted(found))
    return Curve((dial,), points, tuple(stretches(dial, found)), tuple(_gaps(dial, found)))


def _over_two(runs: Runs, dials: tuple[Dial, Dial], most_runs: int) -> Curve:
    chosen = _thinned(dials, most_runs)
    places = list(product(*chosen))
    runs.plan(len(places))
    values = [(dials[0].values[one], dials[1].values[other]) for one, other in places]
    found = dict(zip(places, runs.kpis(values), strict=True))
    flat: list[Stretch] = []
    gaps: list[Gap] = []
    for axis, dial in enumerate(dials):
        lines = {place: [found[at] for at in places if at[axis] == place] for place in chosen[axis]}
        flat.extend(stretches(dial, lines))
        gaps.extend(_gaps(dial, lines))
    points = tuple(Point(value, found[place]) for place, value in zip(places, values, strict=True))
    return Curve(dials, points, tuple(flat), tuple(gaps))


def _thinned(dials: tuple[Dial, Dial], most_runs: int) -> list[list[int]]:
    # Both ends and the policy's own value of each are always there: a grid has at least nine runs if it has the steps.
    counts = [min(len(dial.values), max(most_runs, _LEAST)) for dial in dials]
    while True:
        chosen = [sorted(evenly(dial, count)) for dial, count in zip(dials, counts, strict=True)]
        if len(chosen[0]) * len(chosen[1]) <= most_runs or max(counts) <= _LEAST:
            return chosen
        counts[counts.index(max(counts))] -= 1


def evenly(dial: Dial, count: int) -> set[int]:
    """Return so many places of a dial, evenly spread: both ends and the policy's own value among them."""
    last = len(dial.values) - 1
    if count > last:
        return set(range(last + 1))
    chosen = {0} if count == 1 else {(last * number + (count - 1) // 2) // (count - 1) for number in range(count)}
    # The policy's own value is always run: it takes the place of its neighbour, unless that is an end.
    own = dial.own_place
    between = chosen - {0, last}
    if own not in chosen and between:
        chosen.remove(min(between, key=lambda place: (abs(place - own), place)))
    return chosen | {own}


def halfway(found: Mapping[int, Kpis], left: int) -> set[int]:
    """Return at most `left` places halfway between two that were run, the widest gap whose ends differ first."""
    places = sorted(found)
    gaps = [(a, b) for a, b in pairwise(places) if b - a > 1]
    telling = [(a, b) for a, b in gaps if found[a] != found[b]] or gaps
    widest = sorted(telling, key=lambda gap: (gap[0] - gap[1], gap[0]))[: max(left, 0)]
    return {(a + b) // 2 for a, b in widest}


def stretches(dial: Dial, found: dict[int, Kpis] | dict[int, list[Kpis]]) -> Iterator[Stretch]:
    """Yield where runs next to each other have the same figures, by the places that were run."""
    for _, group in groupby(_numbered(found), key=lambda one: one[1]):
        places = [place for place, _ in group]
        if len(places) > 1:
            first, last = places[0], places[-1]
            yield Stretch(dial.name, dial.values[first], dial.values[last], last - first + 1, len(places))


def _numbered(found: dict[int, Kpis] | dict[int, list[Kpis]]) -> Iterator[tuple[int, int]]:
    # Each place with the number of changes before it: figures themselves have no order to group by.
    number, before = 0, None
    for place in sorted(found):
        number += before is not None and found[place] != before
        before = found[place]
        yield place, number


def _gaps(dial: Dial, found: dict[int, Kpis] | dict[int, list[Kpis]]) -> Iterator[Gap]:
    for one, other in pairwise(sorted(found)):
        if other - one > 1 and found[one] != found[other]:
            yield Gap(dial.name, dial.values[one], dial.values[other], other - one - 1)
