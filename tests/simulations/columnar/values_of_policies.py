"""Values that sit on the bounds of a policy, for tests that run its chains."""

import random
from collections.abc import Iterator

from policy_service.domain.values import FALSE, LARGEST, SMALLEST, TRUE, UNKNOWN, UNLIMITED, Kind
from policy_service.language.feel.expressions import Constant, Expression, Test
from policy_service.language.feel.reading_names import children, names_in
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import expressions_of

Values = dict[str, int]


def marks_of(policy: Policy) -> dict[Kind, list[int]]:
    """Return the constants and parameters of every kind that the policy compares with."""
    found: dict[Kind, set[int]] = {kind: {0, 1} for kind in Kind}
    for parameter in policy.parameters.values():
        found[parameter.kind].add(parameter.value)
    for rule_set in policy.rule_sets:
        for node in expressions_of(rule_set):
            for constant in constants_in(node):
                found[constant.kind].add(constant.value)
    found[Kind.CATEGORY] = set(range(len(policy.vocabulary) + 1))
    found[Kind.BOOLEAN] = {FALSE, TRUE}
    return {kind: sorted(values - {UNKNOWN}) for kind, values in found.items()}


def constants_in(node: Expression | Test) -> Iterator[Constant]:
    if isinstance(node, Constant):
        yield node
    for child in children(node):
        yield from constants_in(child)


def kinds_of(policy: Policy) -> dict[str, Kind]:
    """Return the kind of every name that the rule sets read, parameters aside."""
    return {
        name.name: name.kind
        for rule_set in policy.rule_sets
        for node in expressions_of(rule_set)
        for name in names_in(node)
        if name.name not in policy.parameters
    }


def values_on_marks(policy: Policy, source: random.Random, size: int) -> Iterator[Values]:
    """Yield values for all names: on a bound, beside it, unknown, or extreme."""
    marks, kinds = marks_of(policy), kinds_of(policy)
    for _ in range(size):
        unknown = source.choice((0.0, 0.0, 0.0, 0.1, 0.5))
        yield {name: value_on_a_mark(source, marks[kind], kind, unknown) for name, kind in kinds.items()}


def value_on_a_mark(source: random.Random, marks: list[int], kind: Kind, unknown: float) -> int:
    if source.random() < unknown:
        return UNKNOWN
    mark = source.choice(marks)
    if kind in (Kind.BOOLEAN, Kind.CATEGORY):
        return mark
    if source.random() < 0.01:
        return source.choice((LARGEST, SMALLEST))
    if kind is Kind.MONEY and source.random() < 0.05:
        return UNLIMITED
    return mark if mark == UNLIMITED else mark * source.choice((1, 1, 3)) + source.choice((-1, 0, 0, 1))
