"""The search for values of parameters that meet a goal, on one period, and their judgement on a later one.

The values searched for are, of those whose runs miss the conditions by the least in all (nothing, where all are met),
those that turn the fewest parameters, then turn them the least. If there are no more combinations of steps than runs,
every one is run, and the answer is the best there is. Else one parameter after the other is turned through its range
while the others stay, over and over until nothing gets better (coordinate search): from the policy's own values, from
both ends, and from points spread over the ranges. That may miss something better, and says how much it has looked at.
Nothing of the later period is looked at before the search has ended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import product
from typing import Final, TypeAlias

from simulations.accounting.kpis import Kpis
from simulations.search.conditions import Condition
from simulations.search.dials import Dial
from simulations.search.runs import Runs, Values

#: Places of values on the dials.
_Places: TypeAlias = tuple[int, ...]
#: By how much conditions are missed, how many dials are turned, and how far in all: less is better.
_Worth: TypeAlias = tuple[float, int, Fraction, _Places]

#: So many steps of a dial are looked at across its range, and so far around where it stands.
_ACROSS: Final = 9
_AROUND: Final = (1, 2, 4, 8)
_SPREAD_STARTS: Final = 4
_PRIMES: Final = (2, 3, 5, 7, 11, 13)
#: More parameters than that are not searched at once.
MOST_DIALS: Final = len(_PRIMES)


class Verdict(StrEnum):
    """What a search found.

    `already_met`: the policy as it stands meets the conditions in both periods. `met`: the values found do.
    `met_in_search_only`: not in the period that judges. `not_met`: nothing that was run does in the period searched.
    """

    ALREADY_MET = "already_met"
    MET = "met"
    MET_IN_SEARCH_ONLY = "met_in_search_only"
    NOT_MET = "not_met"


@dataclass(frozen=True, slots=True)
class Found:
    """The best values of a search, how much was looked at, and how many of the runs met every condition."""

    values: Values
    missed_by: float
    runs: int
    combinations: int
    meeting: int

    @property
    def has_every_combination(self) -> bool:
        """Whether nothing was left to be looked at."""
        return self.runs >= self.combinations


@dataclass(frozen=True, slots=True)
class Period:
    """What the policy as it stands and the values found come to in one period."""

    own: Kpis
    found: Kpis


@dataclass(frozen=True, slots=True)
class Judged:
    """A finished search: what was found, and both periods."""

    found: Found
    searched: Period
    judged: Period
    verdict: Verdict


def seek(
    searched: Runs,
    judging: Runs,
    dials: Sequence[Dial],
    conditions: Sequence[Condition],
    most_runs: int,
) -> Judged:
    """Return the values found in the runs of the first period, judged by the second.

    `most_runs` bounds the runs of the first. The same for any number of threads.
    """
    found = _Search(searched, dials, conditions, most_runs).found()
    own = searched.own()
    before, after = (Period(*runs.kpis([own, found.values])) for runs in (searched, judging))
    return Judged(found, before, after, _verdict(found, own, after, conditions))


def missed_in_all(conditions: Sequence[Condition], kpis: Kpis, own: Kpis) -> float:
    """Return by how much conditions are missed, added up; 0 if all are met."""
    return sum(condition.missed_by(kpis, own) for condition in conditions)


def _verdict(found: Found, own: Values, judged: Period, conditions: Sequence[Condition]) -> Verdict:
    if found.missed_by:
        return Verdict.NOT_MET
    if missed_in_all(conditions, judged.found, judged.own):
        return Verdict.MET_IN_SEARCH_ONLY
    return Verdict.ALREADY_MET if found.values == own else Verdict.MET


class _Search:
    def __init__(
        self,
        runs: Runs,
        dials: Sequence[Dial],
        conditions: Sequence[Condition],
        most_runs: int,
    ) -> None:
        self._runs, self._dials, self._conditions, self._most = runs, dials, conditions, most_runs
        self._combinations = 1
        for dial in dials:
            self._combinations *= len(dial.values)
        self._seen: dict[_Places, _Worth] = {}
        runs.plan(min(self._combinations, most_runs))
        self._own = runs.kpis([runs.own()])[0]

    def found(self) -> Found:
        """Search, and return the best."""
        own = tuple(dial.own_place for dial in self._dials)
        self._look_at([own])
        # If the policy as it stands meets everything, nothing turns less.
        if self._seen[own][0] or self._values(own) != self._runs.own():
            self._search()
        missed_by, _, _, places = min(self._seen.values())
        meeting = sum(worth[0] == 0 for worth in self._seen.values())
        return Found(self._values(places), missed_by, len(self._seen), self._combinations, meeting)

    def _search(self) -> None:
        if self._combinations <= self._most:
            self._look_at(list(product(*(range(len(dial.values)) for dial in self._dials))))
        else:
            for start in self._starts():
                self._climb(start)

    def _climb(self, start: _Places) -> None:
        self._look_at([start])
        at, before = start, None
        while at != before and at in self._seen:
            before = at
            for axis in range(len(self._dials)):
                line = [(*at[:axis], place, *at[axis + 1 :]) for place in self._line(axis, at[axis])]
                self._look_at(line)
                at = min((places for places in (at, *line) if places in self._seen), key=self._seen.__getitem__)

    def _line(self, axis: int, place: int) -> Sequence[int]:
        last = len(self._dials[axis].values) - 1
        across = {last * number // (_ACROSS - 1) for number in range(_ACROSS)}
        around = {place + sign * far for far in _AROUND for sign in (-1, 1)}
        return sorted(one for one in {*across, *around, self._dials[axis].own_place} if 0 <= one <= last)

    def _starts(self) -> Iterator[_Places]:
        lasts = [len(dial.values) - 1 for dial in self._dials]
        yield tuple(dial.own_place for dial in self._dials)
        yield tuple(0 for _ in lasts)
        yield tuple(lasts)
        for number in range(1, _SPREAD_STARTS + 1):
            # Halton's sequence: each dial in a base of its own, so that few points lie well apart.
            yield tuple(int(last * _spread(number, base)) for last, base in zip(lasts, _PRIMES, strict=False))

    def _look_at(self, every: Sequence[_Places]) -> None:
        new = [places for places in dict.fromkeys(every) if places not in self._seen]
        new = new[: max(self._most - len(self._seen), 0)]
        for places, kpis in zip(new, self._runs.kpis([self._values(each) for each in new]), strict=True):
            self._seen[places] = self._worth(places, kpis)

    def _worth(self, places: _Places, kpis: Kpis) -> _Worth:
        turned, far = 0, Fraction(0)
        for dial, place in zip(self._dials, places, strict=True):
            turned += dial.values[place] != dial.parameter.value
            far += Fraction(abs(place - dial.own_place), max(len(dial.values) - 1, 1))
        return missed_in_all(self._conditions, kpis, self._own), turned, far, places

    def _values(self, places: _Places) -> Values:
        return tuple(dial.values[place] for dial, place in zip(self._dials, places, strict=True))


def _spread(number: int, base: int) -> Fraction:
    found, share = Fraction(0), Fraction(1, base)
    while number:
        number, digit = divmod(number, base)
        found += digit * share
        share /= base
    return found
