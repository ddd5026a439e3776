"""What a chain of rule sets answers at one point, by the same range arithmetic with every name fixed.

This is no engine: it serves to confirm counterexamples. Where a rule set would refer to a person there is no
answer (None), and nothing to compare. Only what is asked for is worked out, and nothing twice for equal inputs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, assert_never

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.language.feel.expressions import Name, NameSource
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard
from policy_service.linter.claims.points_of_scores import scorecard_at
from policy_service.linter.claims.points_of_tables import table_at
from policy_service.linter.regions.evaluation import Ranges, evaluate
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.ranges import point
from policy_service.linter.regions.trees import formulas_of, names_in
from policy_service.linter.work import Work

Made: TypeAlias = Mapping[str, int]
#: So many answers of one rule set are kept.
_MOST_KEPT: Final = 20_000


@dataclass(slots=True)
class Step:
    """One rule set of the chain: what it reads, and its answers so far by the values of that."""

    rule_set: RuleSet
    inputs: tuple[Name, ...]
    parameters: Ranges
    answer: Callable[[Ranges], Made | None]
    known: dict[tuple[int, ...], Made | None] = field(default_factory=dict)

    def at(self, values: Mapping[str, int]) -> Made | None:
        """Return the outputs asked for at a point; None where the rule set refers."""
        key = tuple([values.get(name.name, UNKNOWN) for name in self.inputs])
        if key not in self.known:
            if len(self.known) >= _MOST_KEPT:
                self.known.clear()
            fixed = {name: point(value) for name, value in zip(self.inputs, key, strict=True)}
            self.known[key] = self.answer({**self.parameters, **fixed})
        return self.known[key]


@dataclass(frozen=True, slots=True)
class Chain:
    """Rule sets that run in order; `given` is not replaced by what one of them makes of that name."""

    steps: tuple[Step, ...]
    knowledge: Knowledge
    given: str

    def at(self, values: Mapping[str, int]) -> Made | None:
        """Return the outputs of the last rule set, run on facts by name; None if one of them refers."""
        known = dict(values)
        made: Made | None = {}
        for step in self.steps:
            made = step.at(known)
            if made is None or (step is not self.steps[-1] and self._refers(made)):
                return None
            for name in step.rule_set.output_names:
                if name != self.given:
                    known[name] = made.get(name, UNKNOWN)
        return made

    def _refers(self, made: Made) -> bool:
        return "outcome" in made and self.knowledge.policy.vocabulary[made["outcome"]] == Outcome.REFER


def chain_of(rule_sets: Sequence[RuleSet], output: str, given: str, knowledge: Knowledge, work: Work) -> Chain:
    """Prepare rule sets to answer for one output of the last; `work` is spent on what they work out."""
    steps: list[Step] = []
    wanted = {output, "outcome"}
    for rule_set in reversed(rule_sets):
        asked = frozenset(wanted & set(rule_set.output_names))
        names = names_in(*formulas_of(rule_set))
        inputs = sorted((name for name in names if name.source is not NameSource.PARAMETER), key=lambda name: name.name)
        parameters = {name: knowledge.ranges[name] for name in names if name.source is NameSource.PARAMETER}
        steps.append(Step(rule_set, tuple(inputs), parameters, _answering(rule_set, asked, knowledge, work)))
        wanted |= {name.name for name in inputs}
    return Chain(tuple(reversed(steps)), knowledge, given)


def _answering(
    rule_set: RuleSet, asked: frozenset[str], knowledge: Knowledge, work: Work
) -> Callable[[Ranges], Made | None]:
    match rule_set:
        case DecisionTable():
            return table_at(rule_set, asked, knowledge, work)
        case Scorecard():
            return scorecard_at(rule_set, work)
        case FormulaSet():
            return lambda ranges: _formulas(rule_set, asked, ranges, work)
        case Ladder():
            return lambda _ranges: {}
        case _:
            assert_never(rule_set)


def _formulas(rule_set: FormulaSet, asked: frozenset[str], ranges: Ranges, work: Work) -> Made:
    found = dict(ranges)
    needed = set(asked)
    for value in reversed(rule_set.values):
        if value.name in needed:
            needed |= {name.name for name in names_in(value.expression)}
    for value in rule_set.values:
        if value.name in needed:
            work.spend()
            made = evaluate(value.expression, found)
            found[Name(value.name, NameSource.OUTPUT, value.kind)] = made if made.single is not None else point(UNKNOWN)
    outputs = {value.name: found.get(Name(value.name, NameSource.OUTPUT, value.kind)) for value in rule_set.values}
    singles = {name: value.single for name, value in outputs.items() if value is not None}
    return {name: UNKNOWN if single is None else single for name, single in singles.items()}
