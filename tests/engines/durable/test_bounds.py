"""The limits of the rule engine, counted as it counts them."""

import pytest

from policy_service.domain.errors import EngineFault
from policy_service.engines.durable.bounds import (
    MOST_CONDITIONS_AT_NODE,
    MOST_ON_STACK,
    MOST_RULES_ON_CHAIN,
    Condition,
    RuleTree,
    colliding,
    fnv_hash,
    free_names,
)
from policy_service.engines.durable.native import NativeRuleset
from tests.engines.durable.test_native import definition, message


def tree_of(*rules: list[Condition]) -> RuleTree:
    tree = RuleTree()
    for conditions in rules:
        assert tree.takes(conditions)
    return tree


def test_equalities_of_one_property_count_once() -> None:
    assert tree_of(*([("a", "", value)] for value in range(100))).stack_bound == 1


def test_ranges_count_each_since_all_may_hold() -> None:
    assert tree_of(*([("a", "$gte", value)] for value in range(40))).stack_bound == 40


def test_a_chain_needs_one_place_however_long_it_is() -> None:
    assert tree_of([(f"p{place}", "$gte", 1) for place in range(200)]).stack_bound == 1


def test_a_child_stands_on_what_its_siblings_hold() -> None:
    wide: list[Condition] = [("root", "", 1)]
    tree = tree_of(*([("a", "$gte", value)] for value in range(10)))
    for value in range(20):
        assert tree.takes([("a", "$gte", 0), ("b", "$gte", value)])
    assert tree.takes(wide)
    assert tree.stack_bound == 11 - 1 + 20


def test_sixty_four_places_fit_and_one_more_does_not() -> None:
    tree = tree_of(*([(f"p{place}", "$gte", 1)] for place in range(MOST_ON_STACK)))
    assert tree.stack_bound == MOST_ON_STACK
    assert not tree.takes([("one_more", "$gte", 1)])
    assert tree.takes([("p0", "$gte", 1)])


@pytest.mark.parametrize(("conditions", "fits"), [(MOST_ON_STACK, True), (MOST_ON_STACK + 1, False)])
def test_the_engine_draws_the_line_where_the_bound_does(conditions: int, *, fits: bool) -> None:
    names = [f"p{place}" for place in range(conditions)]
    rules = definition({name: [{"$gte": {name: 1}}] for name in names})
    ruleset = NativeRuleset("line", rules, message(**dict.fromkeys(names, 0)))
    everything = message(**dict.fromkeys(names, 1))
    if fits:
        assert len(ruleset.matches(everything)) == conditions
    else:
        with pytest.raises(EngineFault):
            ruleset.matches(everything)
    ruleset.close()


def test_a_node_takes_no_more_conditions_than_the_engine_can_hold() -> None:
    tree = tree_of(*([("a", "", value)] for value in range(MOST_CONDITIONS_AT_NODE)))
    assert not tree.takes([("a", "", -1)])


def test_a_chain_takes_no_more_rules_than_the_engine_can_hold() -> None:
    tree = tree_of(*([("a", "", 1)] for _ in range(MOST_RULES_ON_CHAIN)))
    assert not tree.takes([("a", "", 1)])


def test_names_are_hashed_as_the_engine_hashes_them() -> None:
    """The reserved hashes are written in the engine's source; the pairs are known to collide."""
    assert fnv_hash("sid") == 3593476751
    assert fnv_hash("liquid") == fnv_hash("costarring")
    assert fnv_hash("declinate") == fnv_hash("macallums")


def test_two_names_of_one_hash_are_found() -> None:
    assert colliding(["exposure", "liquid", "costarring"]) == ("liquid", "costarring")
    assert colliding(["exposure", "liquid"]) is None


def test_a_reserved_name_is_a_collision() -> None:
    assert colliding(["id"]) == ("id", "id")


def test_names_that_collide_are_passed_over() -> None:
    assert list(free_names(["sid", "liquid", "costarring", "b"])) == ["liquid", "b"]
