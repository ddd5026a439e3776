"""The cell that decided an order is the one whose bound was nearest, or the one that the candidate changed."""

from pathlib import Path

import pytest

from policy_service.domain.values import FALSE, Kind
from policy_service.language.load import load_policy
from simulations.comparison.cause import Cause
from simulations.comparison.why import Causes

RULES = Path(__file__).parents[3] / "rules"
POLICY = load_policy(RULES / "sme_simple")
VALUES = {
    "stop_credit": FALSE,
    "prepay_percent": 0,
    "oldest_days_past_due": 16,
    "past_due_balance": 900_000,
    "materiality": 5_000,
    "order_amount": 100_000,
    "exposure": 1_000_000,
    "credit_limit": 1_000_000,
}


def test_of_several_cells_the_one_nearest_to_its_bound_is_told() -> None:
    expected = Cause("O20", "oldest_days_past_due: > hold_after_days", Kind.DAYS, 16, 14, 2)
    assert expected == Causes(POLICY).cause("order_check", "O20", VALUES)


def test_a_formula_over_the_limit_says_by_how_much() -> None:
    over = {**VALUES, "order_amount": 100_007}
    expected = Cause(
        "O30", "exposure + order_amount: > credit_limit * (1 + tolerance)", Kind.MONEY, 1_100_007, 1_100_000, 7
    )
    assert expected == Causes(POLICY).cause("order_check", "O30", over)


def test_of_cells_equally_near_the_last_is_told() -> None:
    """Nobody with a limit of nothing is helped by being told that no prepayment was asked."""
    nothing = {**VALUES, "credit_limit": 0, "materiality": 0}
    assert "order_amount: > materiality" == cell(Causes(POLICY, {"materiality": 0}), nothing, "O30")


def test_a_cell_that_the_candidate_changed_comes_first() -> None:
    far = {**VALUES, "oldest_days_past_due": 40, "past_due_balance": 5_001}
    assert "past_due_balance: > materiality" == cell(Causes(POLICY), far)
    changed = Causes(POLICY, {"hold_after_days": 10}, Causes(POLICY, {"hold_after_days": 45}))
    assert "oldest_days_past_due: > hold_after_days" == cell(changed, far)


def test_a_row_of_that_name_about_something_else_is_no_baseline() -> None:
    """Two policies of different make both have a row O40: here the limit, there the size of the order."""
    values = {**VALUES, "avg_monthly_orders_12m": 10_000_000, "order_amount": 600_000, "exposure": 500_000}
    distributor, manufacturer = (load_policy(RULES / name) for name in ("distributor_cn", "manufacturer_cn"))
    found = Causes(distributor, None, Causes(manufacturer)).cause("order_check", "O40", values)
    assert found is not None
    assert found.cell.startswith("exposure + order_amount")


def test_an_order_that_no_row_hit_is_explained_by_the_row_that_just_missed() -> None:
    fine = {**VALUES, "oldest_days_past_due": 13}
    missed = Cause("O20", "oldest_days_past_due: > hold_after_days", Kind.DAYS, 13, 15, 2)
    assert missed == Causes(POLICY).cause("order_check", "otherwise", fine, "O20")


@pytest.mark.parametrize(("rule_set", "row"), [("collection", "L1"), ("nowhere", "O10"), ("grading", "nothing")])
def test_of_other_rule_sets_nothing_is_told(rule_set: str, row: str) -> None:
    assert Causes(POLICY).cause(rule_set, row, VALUES) is None


def test_an_overflow_tells_nothing() -> None:
    huge = {**VALUES, "exposure": 2**62, "order_amount": 2**62}
    assert Causes(POLICY).cause("order_check", "O30", huge) is None


def test_without_values_the_first_cell_of_a_row_is_told() -> None:
    assert "prepay_percent: < 100" == Causes(POLICY).first_cell("order_check", "O20")
    assert "" == Causes(POLICY).first_cell("order_check", "otherwise")


def cell(causes: Causes, values: dict[str, int], row: str = "O20") -> str:
    """The cell that is told of a row of the order check."""
    found = causes.cause("order_check", row, values)
    assert found is not None
    return found.cell
