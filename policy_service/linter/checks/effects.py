"""What ladders do to the standing, and whether order checks take notice: effects relaxed, unread, never released."""

from collections.abc import Iterator
from typing import Final

from policy_service.domain.errors import Place
from policy_service.domain.findings import Finding, Severity
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import Kind
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder, Level, Trigger
from policy_service.linter.checks.ladders import ladder_finding
from policy_service.linter.codes import Code
from policy_service.linter.formula_wording import value_text
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.trees import formulas_of, names_in

#: Effects that are stricter when larger (1), or when smaller (-1).
_STRICTER: Final = {
    "stop_credit": 1,
    "prepay_percent": 1,
    "interest_percent": 1,
    "watch_list": 1,
    "collateral_required": 1,
    "collateral_amount": 1,
    "credit_limit": -1,
    "payment_term_days": -1,
    "grace_days": -1,
}


def check_effects(ladder: Ladder, knowledge: Knowledge) -> Iterator[Finding]:
    """Yield effects that a later level relaxes, and credit stops that nobody reads or releases."""
    yield from _relaxed(ladder, knowledge)
    yield from _stop_credit(ladder, knowledge.policy)


def _relaxed(ladder: Ladder, knowledge: Knowledge) -> Iterator[Finding]:
    strictest: dict[str, tuple[Level, int]] = {}
    for level in ladder.levels:
        for effect in level.effects:
            direction = _STRICTER.get(effect.name)
            value = knowledge.constant(effect.expression)
            if direction is None or value is None:
                continue
            earlier, strict = strictest.get(effect.name, (level, value))
            if direction * value < direction * strict:
                yield _relaxing(ladder, (earlier, level), (effect.name, effect.kind), (strict, value), knowledge.policy)
            if direction * value >= direction * strict:
                strictest[effect.name] = (level, value)


def _relaxing(
    ladder: Ladder, pair: tuple[Level, Level], effect: tuple[str, Kind], values: tuple[int, int], policy: Policy
) -> Finding:
    name, kind = effect
    strict, loose = (value_text(value, kind, policy) for value in values)
    words = (
        f"level {pair[1].id} sets {name} to {loose} although level {pair[0].id} before it sets the stricter {strict}.",
        "Keep the stricter effect: the strictest in force holds anyway.",
    )
    return ladder_finding(ladder, Code.EFFECT_RELAXED, Severity.WARNING, pair, words)


def _stop_credit(ladder: Ladder, policy: Policy) -> Iterator[Finding]:
    every_step: tuple[Level | Trigger, ...] = (*ladder.levels, *ladder.triggers)
    steps = [step for step in every_step if any(effect.name == "stop_credit" for effect in step.effects)]
    if steps and not _orders_read("stop_credit", policy):
        words = (
            "stop_credit is set, but no order check reads it: orders go on being approved.",
            "Add a row `when: {stop_credit: true}, then: {outcome: hold}` to the order check.",
        )
        yield ladder_finding(ladder, Code.STOP_CREDIT_NOT_READ, Severity.WARNING, steps, words)
    for step in steps:
        if step.release is None:
            words = (
                f"{step.id} stops credit and states no release; it ends when the invoices that fired it are paid.",
                "State when it is released, such as `release: {overdue_balance: <= materiality}`.",
            )
            yield ladder_finding(ladder, Code.STOP_CREDIT_WITHOUT_RELEASE, Severity.WARNING, (step,), words)


def _orders_read(name: str, policy: Policy) -> bool:
    if DecisionType.ORDER not in policy.chains:
        return False
    return any(
        name == read.name for rule_set in policy.chain(DecisionType.ORDER) for read in names_in(*formulas_of(rule_set))
    )


def check_order_dials(policy: Policy) -> Iterator[Finding]:
    """Yield notes where an order check compares with the limit but knows no tolerance or no materiality."""
    if DecisionType.ORDER not in policy.chains or not _orders_read("order_amount", policy):
        return
    read = {name.name for rule_set in policy.chain(DecisionType.ORDER) for name in names_in(*formulas_of(rule_set))}
    place: Place = policy.chain(DecisionType.ORDER)[-1].place
    name = policy.chain(DecisionType.ORDER)[-1].name
    for parameter, code, meaning in (
        ("tolerance", Code.NO_TOLERANCE, "an order one cent above the limit is held"),
        ("materiality", Code.NO_MATERIALITY, "the smallest amount past due can hold an order"),
    ):
        if not any(parameter in each for each in read):
            yield Finding(
                code,
                Severity.NOTE,
                place,
                f"the order check uses no {parameter}: {meaning}.",
                f"Add a parameter `{parameter}` and use it in the bounds.",
                name,
            )
