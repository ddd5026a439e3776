"""Ladders that sleep until what they read may have changed do what the plain replay does, which asks every morning."""

from collections.abc import Mapping
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
from tests.simulations.plain.cases import policy_of
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
_ASSUMED = [(Mode.OPEN, HeldOrders.LOST, PaymentBehaviour.KEEP_DELAY)] + [
    (Mode.CLOSED, held, behaviour) for held, behaviour in product(HeldOrders, PaymentBehaviour)
]
_RUNS = {
    "seed": st.integers(0, 10_000),
    "customers": st.integers(1, 4),
    "restless": st.booleans(),
    "assumed": st.sampled_from(_ASSUMED),
}


def differing(
    name: str, seed: int, customers: int, restless: bool, assumed: tuple[Mode, HeldOrders, PaymentBehaviour]
) -> list[str]:
    """Return in what kernel and plain replay differ on a random ledger."""
    ledger = history_of(seed, Shape(customers, restless=restless))
    options = Options(*WINDOW, assumed[0], assumed[1], 9, assumed[2])
    return differences(ledger, policy_of(name), options, snapshot_of, replay)


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
    assert [] == differing(name, **of)


@pytest.mark.long
@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(_RUNS))
def test_it_does_on_many_ledgers(name: str, of: Mapping[str, Any]) -> None:
    assert [] == differing(name, **of)
