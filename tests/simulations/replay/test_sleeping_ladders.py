"""Ladders that sleep until what they read may have changed do what the plain replay does, which asks every morning."""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.language.policy import Policy
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.replay.plan import LOOKS_DAILY, plan_of
from simulations.replay.replay import replay
from tests.simulations.plain.against import differences
from tests.simulations.plain.cases import made, policies, policy_of
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of

#: With whether their ladders sleep.
POLICIES = {
    "sleeps": True,
    "sleeps_or_overflows": True,
    "sleeps_now_and_then": True,
    "sleeps_in_groups": True,
    "never_sleeps": False,
    "d365_like": True,
    "distributor_cn": True,
    "eu_insured": True,
    "manufacturer_cn": True,
    "sme_simple": True,
}
_OWN = [name for name in POLICIES if "sleeps" in name]
#: What days of levels may hang on, each by itself, so that nothing else has the ladders look.
_ALONE = (
    "payments_ever > 0",
    "payments_14d > 0",
    "written_off_24m > 0",
    "contacts_14d > 0",
    "insolvency_notices_12m > 0",
    'segment = "retail"',
    'grade = "B"',
    "credit_limit > 500",
    "stop_credit",
    "broken_promises_6m > 0",
    "disputes_12m > 0",
    "disputed_balance > 0",
    "overdue_balance > 200",
    "unapplied_cash > 0",
    "asked_12m > 2",
    "exposure > 300",
    "months_as_customer > 10",
    "group.open_balance > 300",
)
_ASSUMED = [(Mode.OPEN, HeldOrders.LOST, PaymentBehaviour.KEEP_DELAY)] + [
    (Mode.CLOSED, held, behaviour) for held, behaviour in product(HeldOrders, PaymentBehaviour)
]
_RUNS = {
    "seed": st.integers(0, 10_000),
    "customers": st.integers(1, 4),
    "restless": st.booleans(),
    "assumed": st.sampled_from(_ASSUMED),
}


@cache
def hanging_on(condition: str) -> Policy:
    """Return a policy whose levels fall earlier while a condition holds."""
    order_check = policies()["stops"]["order_check"]
    standing = """
formula: standing
values:
  grade: 'if payments_ever > 1 then "B" else "A"'
  credit_limit: "400 * asked_12m"
  grace_days: "2"
  limit_valid_days: "9"
  next_review_days: "7"
"""
    days = f"if {condition} then {{}} else {{}}"
    dunning = f"""
ladder: dunning
mode: step
levels:
  - {{id: L1, days_past_due: '{days.format(1, 8)}', action: call, owner: sales, effects: {{stop_credit: true}}}}
  - {{id: L2, days_past_due: '{days.format(2, 15)}', action: visit, owner: sales}}
triggers:
  - {{id: T1, when: {{'if {condition} then open_balance else 0': "> 150"}}, action: visit, owner: sales}}
"""
    return made("hangs", {"standing": standing, "order_check": order_check, "dunning": dunning})


def differing(
    policy: Policy | None,
    seed: int,
    customers: int,
    restless: bool,
    assumed: tuple[Mode, HeldOrders, PaymentBehaviour],
) -> list[str]:
    """Return in what kernel and plain replay differ on a random ledger."""
    ledger = history_of(seed, Shape(customers, restless=restless))
    options = Options(*WINDOW, assumed[0], assumed[1], 9, assumed[2])
    return differences(ledger, policy, options, snapshot_of, replay)


@pytest.mark.parametrize("name", POLICIES)
def test_it_is_known_of_a_policy_whether_its_ladders_sleep(name: str) -> None:
    """Those of every shipped policy do."""
    policy = policy_of(name)
    assert isinstance(policy, Policy)
    planned = plan_of(snapshot_of(history_of(1, Shape(2))), policy, Options(*WINDOW))
    assert POLICIES[name] is not bool(planned.plan.numbers[LOOKS_DAILY])


@pytest.mark.parametrize("name", _OWN)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(st.fixed_dictionaries(_RUNS))
def test_the_kernel_does_what_the_plain_replay_does(name: str, of: Mapping[str, Any]) -> None:
    """Ladders of some customers alone, levels on days of their own, formulas that overflow now and then."""
    assert [] == differing(policy_of(name), **of)


@pytest.mark.parametrize("condition", _ALONE)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(st.fixed_dictionaries(_RUNS))
def test_whatever_days_hang_on_has_the_ladders_look(condition: str, of: Mapping[str, Any]) -> None:
    assert [] == differing(hanging_on(condition), **of)


@pytest.mark.parametrize("condition", _ALONE)
def test_ladders_sleep_whatever_their_days_hang_on(condition: str) -> None:
    """All of it is told when it changes."""
    planned = plan_of(snapshot_of(history_of(1, Shape(2))), hanging_on(condition), Options(*WINDOW))
    assert not planned.plan.numbers[LOOKS_DAILY]


@pytest.mark.long
@pytest.mark.parametrize("condition", _ALONE)
@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries(_RUNS))
def test_it_has_them_look_on_many_ledgers(condition: str, of: Mapping[str, Any]) -> None:
    assert [] == differing(hanging_on(condition), **of)


@pytest.mark.long
@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(_RUNS))
def test_it_does_on_many_ledgers(name: str, of: Mapping[str, Any]) -> None:
    assert [] == differing(policy_of(name), **of)
