"""Look for two points at which an output goes the way a claim says it never does, by trying bounds.

A line holds every fact but one; along it that one takes the values at which the policy changes what it says.
Tried are lines inside the regions left open, those beside the best customer there could be and from there to the
worst, lines that mix the bounds of all facts, and then, from the line on which the policy has most to say, those
that differ in one fact.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from policy_service.domain.values import UNKNOWN, Kind
from policy_service.language.feel.expressions import Name, NameSource
from policy_service.language.rule_sets import Direction, MonotonicityClaim, RuleSet
from policy_service.linter.claims.points import Chain, chain_of
from policy_service.linter.claims.proof import Open
from policy_service.linter.claims.ranks import Ranks, ranks_of
from policy_service.linter.regions.candidates import BEYOND_USE, candidates, extremes
from policy_service.linter.regions.grid import bits
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.trees import formulas_of, names_in
from policy_service.linter.work import MOST_OF_A_SEARCH, Work

_MOST_LINES: Final = 240
_MOST_REGIONS: Final = 10
_LINES_IN_A_REGION: Final = 24
_MOST_ON_A_LINE: Final = 24
_MOST_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Facts held fixed, the fact's two values (the second is further on), and the output at each."""

    fixed: Mapping[str, int]
    fact: tuple[int, int]
    output: tuple[int, int]


@dataclass(slots=True)
class Search:
    """A search for a counterexample; `tried` counts the points looked at so far."""

    chain: Chain
    claim: MonotonicityClaim
    kind: Kind
    ranks: Ranks
    values: Mapping[Name, Sequence[int]]
    best: Mapping[Name, int]
    worst: Mapping[Name, int]
    work: Work
    tried: int = 0
    liveliest: tuple[int, Mapping[str, int]] = field(default_factory=lambda: (-1, {}))

    def counterexample(self, left_open: Sequence[Open]) -> Counterexample | None:
        """Return two points that refute the claim, each evaluated exactly; None if none was found.

        None is no proof. The search ends when its work is spent.
        """
        moving = next((name for name in self.values if name.name == self.claim.fact), None)
        if moving is None:
            return None
        for region in left_open[:_MOST_REGIONS]:
            found = self._along_lines(_inside(region, self.values), moving, _LINES_IN_A_REGION)
            if found is not None:
                return self._plainer(found)
        found = (
            self._beside(moving, {name.name: value for name, value in self.best.items()})
            or self._from_best_to_worst(moving)
            or self._along_lines(self.values, moving, _MOST_LINES)
            or self._beside_the_liveliest(moving)
        )
        return None if found is None else self._plainer(found)

    def _along_lines(self, values: Mapping[Name, Sequence[int]], moving: Name, most: int) -> Counterexample | None:
        others = [name for name in values if name != moving]
        line = self._line(values[moving])
        for number in range(most):
            fixed = {name.name: each for name, each in zip(others, self._mixed(number, others, values), strict=True)}
            found = self._on_line(fixed, line)
            if found is not None or self.work.is_over or all(len(values[name]) <= 1 for name in others):
                return found
        return None

    def _mixed(self, number: int, names: Sequence[Name], values: Mapping[Name, Sequence[int]]) -> Iterator[int]:
        # A different stride per name, so that few lines mix the bounds of all names. Every other line keeps most
        # facts at what earns most, or least: few mixtures at random are customers that anybody would have.
        kept = (None, self.best, None, self.worst)[number % 4]
        for place, name in enumerate(names):
            several = values[name]
            rest = number // (place + 1) + number * (2 * place + 1)
            mixed = several[rest % len(several)]
            is_kept = kept is not None and (number // 4 + place) % 4 != 0 and kept[name] in several
            yield kept[name] if kept is not None and is_kept else mixed

    def _line(self, values: Sequence[int]) -> Sequence[int]:
        known = sorted({value for value in values if value != UNKNOWN}, key=self._place_of_fact)
        if len(known) <= _MOST_ON_A_LINE:
            return known
        return [known[place * len(known) // _MOST_ON_A_LINE] for place in range(_MOST_ON_A_LINE)]

    def _place_of_fact(self, value: int) -> int:
        return self.ranks.by_name.get(self.claim.fact, {}).get(value, value)

    def _beside_the_liveliest(self, moving: Name) -> Counterexample | None:
        for _round in range(_MOST_ROUNDS):
            before, base = self.liveliest
            found = self._beside(moving, base)
            if found is not None or self.work.is_over or self.liveliest[0] == before:
                return found
        return None

    def _from_best_to_worst(self, moving: Name) -> Counterexample | None:
        line = self._line(self.values[moving])
        scored = [name for name in self.values if name != moving and self.best[name] != self.worst[name]]
        fixed = {name.name: value for name, value in self.best.items() if name != moving}
        for first in range(len(scored)):
            for count in range(len(scored)):
                worse = [scored[(first + place) % len(scored)] for place in range(count)]
                found = self._on_line({**fixed, **{name.name: self.worst[name] for name in worse}}, line)
                if found is not None or self.work.is_over:
                    return found
        return None

    def _beside(self, moving: Name, base: Mapping[str, int]) -> Counterexample | None:
        line = self._line(self.values[moving])
        fixed = {name: value for name, value in base.items() if name != moving.name}
        for name, several in self.values.items():
            for value in several if name != moving else ():
                found = self._on_line({**fixed, name.name: value}, line)
                if found is not None or self.work.is_over:
                    return found
        return None

    def _plainer(self, found: Counterexample) -> Counterexample:
        for name in self.values:
            simple = sorted(self.values[name], key=abs)[:2]
            for value in simple if name.name in found.fixed else ():
                again = self._on_line({**found.fixed, name.name: value}, found.fact)
                if again is not None:
                    found = again
                    break
        return found

    def _on_line(self, fixed: Mapping[str, int], line: Sequence[int]) -> Counterexample | None:
        sign = 1 if self.claim.direction is Direction.NEVER_RISES else -1
        best: tuple[int, int, int] | None = None
        seen = set()
        for value in line:
            self.tried += 1
            made = self.chain.at({**fixed, self.claim.fact: value})
            output = UNKNOWN if made is None else made.get(self.claim.output, UNKNOWN)
            if output == UNKNOWN:
                continue
            seen.add(output)
            place = sign * self.ranks.of(self.claim.output, self.kind, output)
            if best is not None and place > best[0]:
                return Counterexample(fixed, (best[1], value), (best[2], output))
            if best is None or place < best[0]:
                best = (place, value, output)
        if len(seen) > self.liveliest[0]:
            self.liveliest = (len(seen), fixed)
        return None


def search_of(chain: Sequence[RuleSet], claim: MonotonicityClaim, kind: Kind, knowledge: Knowledge) -> Search:
    """Prepare the search for a counterexample to a claim about the last of some rule sets; `kind`: its output's."""
    made_before = {name for rule_set in chain[:-1] for name in rule_set.output_names}
    names = {
        name
        for rule_set in chain
        for name in names_in(*formulas_of(rule_set))
        if name.source is not NameSource.PARAMETER and (name.name not in made_before or name.name == claim.fact)
    }
    free = sorted(
        names - {name for name in _made_here(chain[-1]) if name.name != claim.fact}, key=lambda name: name.name
    )
    work = Work(MOST_OF_A_SEARCH)
    values = {name: candidates(name, chain, knowledge) for name in free}
    prepared = chain_of(chain, claim.output, claim.fact, knowledge, work)
    best, worst = (extremes(values, chain, knowledge, best=each) for each in (True, False))
    return Search(prepared, claim, kind, ranks_of(knowledge), values, best, worst, work)


def _made_here(rule_set: RuleSet) -> set[Name]:
    kinds = {name for name in names_in(*formulas_of(rule_set)) if name.source is NameSource.OUTPUT}
    return {name for name in kinds if name.name in rule_set.output_names}


def _inside(region: Open, anywhere: Mapping[Name, Sequence[int]]) -> Mapping[Name, Sequence[int]]:
    found = {name: list(values) for name, values in anywhere.items()}
    for axis, box, other in zip(region.axes, *region.boxes, strict=True):
        name = axis.column.expression
        if not isinstance(name, Name) or name not in found:
            continue
        chosen = [axis.bins[number] for number in bits(box | other)]
        inside = [value for value in found[name] if any(each.low <= value <= each.high for each in chosen)]
        inside += [UNKNOWN] if UNKNOWN in found[name] and any(each.is_unknown for each in chosen) else []
        ends_of_bins = [end for each in chosen if not each.is_unknown for end in (each.low, each.high)]
        inside += [end for end in ends_of_bins if abs(end) < BEYOND_USE]
        found[name] = list(dict.fromkeys(inside)) or found[name]
    return found
