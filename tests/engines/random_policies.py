"""Strategies for typed policies with every kind of rule set and test, and for values that sit on their bounds.

A policy is drawn as a list of `Recipe`s, one per rule set: kind, size and seed. Hypothesis shrinks the list
and the sizes; what stands inside a rule set follows from its seed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from policy_service.domain.values import Currency, Kind
from policy_service.language.definitions.dictionary import FactDefinition, FactSource, ReasonDefinition, Title
from policy_service.language.policy import Parameter, Policy
from policy_service.language.rule_sets import RuleSet
from tests.engines.random_expressions import FACTS, PARAMETERS, VOCABULARY, value_of
from tests.engines.random_rule_sets import BUILDERS, REASONS

Values = dict[str, int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One rule set to be: which kind, how many rows (levels, attributes), and the seed of its content."""

    kind: str
    size: int
    seed: int


def recipes() -> st.SearchStrategy[Recipe]:
    """Return a strategy for single rule sets of all kinds."""
    return st.builds(Recipe, st.sampled_from(sorted(BUILDERS)), st.integers(0, 7), st.integers(0, 2**32))


@st.composite
def policies(draw: st.DrawFn, most_rule_sets: int = 6) -> Policy:
    """Draw a policy of several rule sets, not linked with each other."""
    return policy_of(draw(st.lists(recipes(), min_size=1, max_size=most_rule_sets)))


def values_lists(size: int) -> st.SearchStrategy[list[Values]]:
    """Return a strategy for as many values of all facts: on bounds, beside them, unknown, extreme, absent."""
    return st.integers(0, 2**32).map(lambda seed: random_values(random.Random(seed), size))


def policy_of(chosen: Sequence[Recipe]) -> Policy:
    """Return the policy that the recipes make."""
    rule_sets: list[RuleSet] = [
        BUILDERS[recipe.kind](random.Random(recipe.seed), f"rule_set_{place}", recipe.size)
        for place, recipe in enumerate(chosen)
    ]
    return Policy(
        id="random",
        title=Title("Random", "随机"),
        currency=Currency("EUR", 2),
        parameters={name: Parameter(name, kind, value) for name, (kind, value) in PARAMETERS.items()},
        facts={name: FactDefinition(name, kind, FactSource.CUSTOMER) for name, kind in FACTS.items()},
        reasons={code: ReasonDefinition(code, Title(code, code)) for code in REASONS},
        rule_sets=tuple(rule_sets),
        chains={},
        vocabulary=VOCABULARY,
        outputs={"outcome": Kind.CATEGORY, "limit": Kind.MONEY, "share": Kind.NUMBER, "score": Kind.NUMBER},
        grades=("A", "B", "C"),
    )


def random_values(source: random.Random, size: int) -> list[Values]:
    """Return values for all facts, some names absent; each list leans to knowing much or little."""
    found = []
    for _ in range(size):
        unknown = source.choice((0.0, 0.0, 0.1, 0.4))
        absent = source.choice((0.0, 0.1))
        found.append(
            {name: value_of(source, kind, unknown) for name, kind in FACTS.items() if source.random() >= absent}
        )
    return found
