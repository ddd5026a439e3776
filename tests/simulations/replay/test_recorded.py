"""Recorded practice as a trace is what the plain run of it says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay.options import Options
from simulations.replay.recorded import recorded_practice
from tests.simulations.plain.against import differences
from tests.simulations.plain.cases import case_of, written_cases
from tests.simulations.plain.random_histories import WINDOW, history_of


@pytest.mark.parametrize("name", list(written_cases()))
def test_of_a_case_recorded_practice_is_that_of_the_plain_run(name: str) -> None:
    case = case_of(name)
    found = differences(
        case.ledger, None, case.options, snapshot_of, lambda one, _, options: recorded_practice(one, options)
    )
    assert [] == found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9))
def test_of_any_ledger_recorded_practice_is_that_of_the_plain_run(seed: int) -> None:
    found = differences(
        history_of(seed), None, Options(*WINDOW), snapshot_of, lambda one, _, options: recorded_practice(one, options)
    )
    assert [] == found
