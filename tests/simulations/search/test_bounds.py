"""A number in a cell can be turned like a parameter: the policy that reads it there is the one with that number."""

import pytest

from policy_service.domain.errors import RequestError
from policy_service.engines.parameters import parameters_of
from policy_service.language.policy import Parameter, Policy
from policy_service.language.printing.canonical import canonical_text, from_canonical
from simulations.search.bounds import Bound, bound_named, bounds_of, with_dial
from tests.services.house import house_policy, policy_with

POLICY = house_policy()


def named(policy: Policy, rule_set: str) -> list[str]:
    """Return the bounds of a rule set by their names."""
    return [bound.name for bound in bounds_of(policy.rule_set(rule_set))]


def cells(text: str) -> Policy:
    """Return the policy with another cell of net worth in its first row."""
    return policy_with("grading", 'net_worth: ">= 100000"', f'net_worth: "{text}"')


def turned(bound: Bound, policy: Policy, value: int) -> Policy:
    """Return the policy that reads a parameter of that value in the place of the bound."""
    return with_dial(policy, bound, Parameter("dial", bound.kind, value))


def test_every_number_of_a_cell_is_a_bound_and_a_formula_has_none() -> None:
    assert ["grading/G1/net_worth/0", "grading/G2/net_worth/0"] == named(POLICY, "grading")
    assert [] == named(POLICY, "order_check")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("[5..10.50)", ["5", "10.5"]), ("not(7)", ["7"]), ("< -3", ["-3"]), ("1, 2, > 4", ["1", "2", "4"])],
)
def test_each_number_of_a_cell_is_told_from_the_others(text: str, numbers: list[str]) -> None:
    found = [bound for bound in bounds_of(cells(text).rule_set("grading")) if bound.row == "G1"]
    cut = [one.text.removeprefix(one.around[0]).removesuffix(one.around[1]) for one in found]
    assert numbers == [one.removesuffix("0").removesuffix(".0") if "." in one else one for one in cut]


def test_a_bound_turned_to_a_value_decides_as_the_cell_with_that_number() -> None:
    bound = bound_named(POLICY, "grading/G1/net_worth/0")
    policy = turned(bound, POLICY, 2_500_000)
    assert 2_500_000 == parameters_of(policy, {})["dial"]
    row, written = policy.rule_set("grading"), cells(">= 25000").rule_set("grading")
    assert row != written
    assert from_canonical(canonical_text(policy)).rule_set("grading") == row


def test_a_bound_that_there_is_not_is_refused() -> None:
    with pytest.raises(RequestError) as refused:
        bound_named(POLICY, "order_check/O2/exposure/0")
    assert "R546" == refused.value.code
