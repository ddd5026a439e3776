"""Where facts of groups are read, the kernel does what the plain replay does, which goes to everybody every day."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.replay.replay import replay
from simulations.replay.trace import Trace
from tests.simulations.plain.against import differences
from tests.simulations.plain.cases import policy_of
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of

POLICIES = ("busy_groups", "group_ladders", "group_ladders_daily", "group_alarms")
_ASSUMED = [(Mode.OPEN, HeldOrders.LOST, PaymentBehaviour.KEEP_DELAY)] + [
    (Mode.CLOSED, held, behaviour) for held, behaviour in product(HeldOrders, PaymentBehaviour)
]
_RUNS = {
    "seed": st.integers(0, 10_000),
    "customers": st.integers(2, 6),
    "restless": st.booleans(),
    "assumed": st.sampled_from(_ASSUMED),
}


def differing(
    name: str, seed: int, customers: int, restless: bool, assumed: tuple[Mode, HeldOrders, PaymentBehaviour]
) -> list[str]:
    """Return in what kernel and plain replay differ on a random ledger, whose groups may be restless."""
    ledger = history_of(seed, Shape(customers, restless=restless))
    options = Options(*WINDOW, assumed[0], assumed[1], 9, assumed[2])
    return differences(ledger, policy_of(name), options, snapshot_of, replay)


@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.fixed_dictionaries(_RUNS))
def test_the_kernel_does_what_the_plain_replay_does(name: str, of: Mapping[str, Any]) -> None:
    """The ladders of some policies sleep, of one never do."""
    assert [] == differing(name, **of)


@pytest.mark.long
@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(_RUNS))
def test_it_does_on_many_ledgers(name: str, of: Mapping[str, Any]) -> None:
    assert [] == differing(name, **of)


@pytest.mark.parametrize("seed", range(6))
def test_a_division_among_threads_changes_nothing(seed: int) -> None:
    policy = policy_of("group_ladders")
    assert policy is not None
    snapshot = snapshot_of(history_of(seed, Shape(customers=6, restless=seed % 2 == 0)))
    assert _told(replay(snapshot, policy, Options(*WINDOW))) == _told(
        replay(snapshot, policy, Options(*WINDOW), threads=3)
    )


def test_whoever_is_in_no_group_is_replayed_as_if_nothing_were_read_of_groups() -> None:
    """Two policies, of which one asks for the exposure of groups, say the same of customers without any."""
    snapshot = snapshot_of(history_of(3, Shape(customers=5, has_groups=False)))
    alone, of_group = (
        replay(snapshot, policy, Options(*WINDOW)) for policy in map(policy_of, ("limit_1000", "group_level_1000"))
    )
    assert _told(alone)[:2] == _told(of_group)[:2]


def _told(trace: Trace) -> list[list[list[int]]]:
    tables = (trace.orders, trace.invoices, trace.firings, trace.reviewed)
    return [[np.asarray(column).tolist() for column in table] for table in tables]
