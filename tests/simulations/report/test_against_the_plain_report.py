"""What is reported of two runs is what the plain report says of them, written by another hand from the contract."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from policy_service.domain.days import day_number
from simulations.accounting.costs import Costs
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.report.contents import report_of
from tests.simulations.plain.cases import case_of, happened_under, policy_of, written_cases
from tests.simulations.plain.figures import USUAL, Rates
from tests.simulations.plain.happened import Happened
from tests.simulations.plain.random_histories import WINDOW, history_of
from tests.simulations.plain.recorded import replay_recorded
from tests.simulations.plain.replay import replay
from tests.simulations.plain.report import compared
from tests.simulations.report.plain_runs import comparison_of

POLICIES = (
    "declines_past_due",
    "stops_until_paid",
    "order_check_prepays_half",
    "sme_simple",
    "reminders",
    "grades_payers",
)
PARTS = ("baseline", "candidate", "difference", "swap_set", "cohorts", "grade_migration", "timeline", "evidence")


@pytest.mark.parametrize("seed", range(14))
def test_a_report_of_a_random_history_is_the_plain_one(seed: int) -> None:
    random = Random(seed)
    ledger = history_of(seed)
    options = Options(
        *WINDOW,
        random.choice(list(Mode)),
        random.choice(list(HeldOrders)),
        payment_behaviour=random.choice(list(PaymentBehaviour)),
    )
    first, second = policy_of(random.choice([*POLICIES, "recorded"])), policy_of(random.choice(POLICIES))
    before = replay_recorded(ledger, options) if first is None else replay(ledger, first, options)
    assert_same(before, replay(ledger, second, options), (first, second))


@pytest.mark.parametrize("name", sorted(written_cases()))
def test_the_report_of_a_written_case_is_the_plain_one(name: str) -> None:
    case = case_of(name)
    after = happened_under(case, case.policy)
    before = happened_under(case, case.baseline) if case.has_baseline else after
    assert_same(before, after, (case.baseline if case.has_baseline else case.policy, case.policy), case.rates)


def assert_same(before: Happened, after: Happened, policies: Any, rates: Rates = USUAL) -> None:
    """Compare part by part."""
    expected = compared(before, after, policies[1], rates)
    shares = [decimal(one) for one in (rates.carrying, rates.margin, rates.loss_given_default)]
    actual = report_of(comparison_of(before, after, policies, Costs(*shares, rates.cost_per_step)))
    for part in PARTS:
        assert without_reasons(expected[part]) == without_reasons(actual[part]), part
    assert [customer(one) for one in expected["customers"]] == [customer(one) for one in actual["customers"]]
    for name in ("customers", "orders", "leak_alarm"):
        assert expected["run"][name] == actual["run"][name], name


def decimal(share: Fraction) -> Decimal:
    """A share as it was written."""
    return Decimal(share.numerator) / Decimal(share.denominator)


def without_reasons(figures: Any) -> Any:
    """Everything but the wording of reasons."""
    if isinstance(figures, Mapping):
        return {str(name): without_reasons(one) for name, one in figures.items() if name != "null_reasons"}
    return [without_reasons(one) for one in figures] if isinstance(figures, list) else figures


def customer(told: Mapping[str, Any]) -> Any:
    """What is said of a customer, the day of its first moved order as a number."""
    why = told["why"]
    date = why["date"] if isinstance(why["date"], int) else day_number_of(why["date"])
    return {**told, "why": (date, why["rule_set"] or "", why["row"] or "")}


def day_number_of(text: str) -> int:
    """The day as a number."""
    return day_number(dt.date.fromisoformat(text))
