"""What a ladder has come to for one customer: the steps taken, their effects on the standing, and the cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_service.domain.decisions import ChainResult, RuleSetResult, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.formulas import prepare, run
from policy_service.engines.parameters import parameters_of
from policy_service.facts.open_items import OpenItem
from policy_service.language.feel.expressions import Expression
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder, Level, Trigger
from policy_service.services.code_book import CodeBook


@dataclass(frozen=True, slots=True)
class LadderCase:
    """A customer's climb of one ladder: the highest level reached and the open invoices that are on the ladder."""

    ladder: str
    level: Level | None
    triggers: tuple[Trigger, ...]
    items: tuple[OpenItem, ...]


def effects_in_force(policy: Policy, escalation: ChainResult, values: Values) -> Iterator[tuple[str, int]]:
    """Yield output and value of every effect of the steps taken whose release condition does not hold.

    Unknown where the value cannot be computed. Where the chain ended in refer, nobody knows the steps: every
    output that a step of the policy could change is unknown.
    """
    if escalation.outcome is not None:
        yield from ((output, UNKNOWN) for output in sorted(could_change(policy)))
        return
    for ladder, result in _ladders(policy, escalation):
        for step in _steps(ladder, result):
            if step.id not in result.releases:
                yield from ((effect.name, _computed(effect.expression, policy, values)) for effect in step.effects)


def cases(
    policy: Policy, escalation: ChainResult, values: Values, items: Sequence[OpenItem], codes: CodeBook
) -> Iterator[LadderCase]:
    """Yield the case of every ladder on which a level is reached or a trigger is true."""
    for ladder, result in _ladders(policy, escalation):
        steps = tuple(_steps(ladder, result))
        triggers = tuple(step for step in steps if isinstance(step, Trigger))
        said = _level_said(result, codes)
        level = next((level for level in ladder.levels if level.id == said), None)
        if level or triggers:
            yield LadderCase(ladder.name, level, triggers, tuple(_on_the_ladder(ladder, policy, items, values)))


def _ladders(policy: Policy, chain: ChainResult) -> Iterator[tuple[Ladder, RuleSetResult]]:
    results = {result.rule_set: result for result in chain.rule_sets}
    for rule_set in policy.chain(DecisionType.ESCALATION):
        if isinstance(rule_set, Ladder) and rule_set.name in results:
            yield rule_set, results[rule_set.name]


def _steps(ladder: Ladder, result: RuleSetResult) -> Iterator[Level | Trigger]:
    return (step for step in _steps_of(ladder) if step.id in result.hits)


def _steps_of(ladder: Ladder) -> tuple[Level | Trigger, ...]:
    return (*ladder.levels, *ladder.triggers)


def could_change(policy: Policy) -> frozenset[str]:
    """Return the outputs of the standing that a step of the policy's ladders has an effect on."""
    ladders = (rule_set for rule_set in policy.chain(DecisionType.ESCALATION) if isinstance(rule_set, Ladder))
    steps = (step for ladder in ladders for step in _steps_of(ladder))
    return frozenset(effect.name for step in steps for effect in step.effects)


def _level_said(result: RuleSetResult, codes: CodeBook) -> str:
    level = result.outputs.get("level", UNKNOWN)
    return "" if isinstance(level, tuple) or level == UNKNOWN else codes.text(level, Kind.CATEGORY)


def _on_the_ladder(ladder: Ladder, policy: Policy, items: Sequence[OpenItem], values: Values) -> Iterator[OpenItem]:
    days = [_computed(level.days_past_due, policy, values) for level in ladder.levels]
    lowest = min((day for day in days if day != UNKNOWN), default=None)
    return (item for item in items if lowest is not None and item.days_past_due >= lowest)


def _computed(expression: Expression, policy: Policy, values: Values) -> int:
    try:
        return run(prepare(expression, parameters_of(policy)), values)
    except EngineFault:
        # What is outside the range of values is not known: nothing is approved on it.
        return UNKNOWN
