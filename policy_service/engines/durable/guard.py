"""A last look at a ruleset's text before the engine gets it: it must lie inside the safe corner.

It reads the written definition again and trusts nothing of how it came about.
"""

import json
from collections.abc import Iterator
from typing import Final

from policy_service.domain.errors import EngineFault
from policy_service.engines.durable.bounds import EQUALITY, MOST_PROPERTIES, Condition, RuleTree, colliding
from policy_service.engines.durable.native import CATCH_ALL, DISCRIMINATOR

_RANGES: Final = frozenset({"$gte", "$lte"})
_HIGHEST_PRIORITY: Final = 65_000
_INTEGERS_BELOW: Final = 2**63


def check(name: str, definition: str) -> None:
    """Refuse (EngineFault E011) a ruleset that strays from the corner in which the engine is safe."""
    rules = json.loads(definition, object_pairs_hook=_one_pair_at_a_time)
    tree, properties = RuleTree(), set[str]()
    for rule, body in rules.items():
        conditions = list(_conditions(name, rule, body))
        properties.update(condition[0] for condition in conditions)
        _demand(conditions[:1] == [(DISCRIMINATOR, EQUALITY, 1)], name, rule, "does not ask for the message first")
        _demand(tree.takes(conditions), name, rule, "exceeds a limit of the engine")
    _demand(CATCH_ALL in rules, name, CATCH_ALL, "is missing")
    _demand(len(properties - {DISCRIMINATOR}) <= MOST_PROPERTIES, name, CATCH_ALL, "stands beside too many properties")
    collision = colliding(sorted(properties))
    _demand(collision is None, name, CATCH_ALL, f"stands beside names that the engine takes for one: {collision}")


def _conditions(name: str, rule: str, body: object) -> Iterator[Condition]:
    match body:
        case {"pri": int(priority), "all": [{"m": {"$and": [*conditions], **others}}], **rest} if (
            not rest and not others
        ):
            _demand(0 < priority <= _HIGHEST_PRIORITY, name, rule, f"has priority {priority}")
            for condition in conditions:
                yield _condition(name, rule, condition)
        case _:
            _demand(False, name, rule, "has another form than a conjunction over one message")


def _condition(name: str, rule: str, condition: object) -> Condition:
    operator, key, value = _operator(condition)
    _demand(operator in (EQUALITY, *_RANGES) and not key.startswith("$"), name, rule, f"has the condition {condition}")
    if type(value) is not int or abs(value) >= _INTEGERS_BELOW:
        raise _stray(name, rule, f"compares with {value!r}")
    return key, operator, value


def _operator(condition: object) -> tuple[str, str, object]:
    match condition:
        case {**pairs} if len(pairs) == 1:
            ((key, value),) = pairs.items()
            if isinstance(value, dict) and len(value) == 1:
                ((inner, bound),) = value.items()
                return str(key), str(inner), bound
            return EQUALITY, str(key), value
        case _:
            return "$", "", None


def _one_pair_at_a_time(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise EngineFault("E011", f"A key is written twice: {[key for key, _ in pairs]}.")
    return found


def _demand(holds: bool, name: str, rule: str, complaint: str) -> None:
    if not holds:
        raise _stray(name, rule, complaint)


def _stray(name: str, rule: str, complaint: str) -> EngineFault:
    return EngineFault(
        "E011", f"Rule {rule} of {name} {complaint}.", remedy="Report it: the policy compiler must never write this."
    )
