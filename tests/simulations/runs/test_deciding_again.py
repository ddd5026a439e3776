"""The live engines that decide a sample again are made beside the run, and freed with it."""

from contextlib import suppress

import pytest

from policy_service.domain.outcomes import DecisionType
from simulations.comparison.comparison import Question
from simulations.replay.options import Options
from simulations.runs.deciding_again import live_versions
from simulations.runs.simulation import Baseline, Candidate, side_of
from tests.simulations.plain.cases import policy_of
from tests.simulations.plain.random_histories import WINDOW


def candidate(name: str) -> Candidate:
    policy = policy_of(name)
    assert policy is not None
    return Candidate(policy)


def question(baseline: Baseline, asked: Candidate) -> Question:
    return Question(side_of(baseline), side_of(asked), "0" * 64, Options(*WINDOW))


@pytest.mark.parametrize(
    ("baseline", "numbers"), [(None, [1]), ("busy", [1]), ("sme_simple", [0, 1])], ids=["recorded", "itself", "another"]
)
def test_each_policy_is_made_once(baseline: str | None, numbers: list[int]) -> None:
    """Recorded practice has no engines, and a policy against itself is one policy."""
    with live_versions(question(candidate(baseline) if baseline else None, candidate("busy"))) as live:
        assert numbers == [number for number, _ in live]
        assert "busy" == live[-1][1].result().policy.id


def test_engines_are_freed_when_a_run_ends_badly() -> None:
    """One that was stopped leaves nothing behind outside Python: whatever its engines are asked, they refer."""
    with suppress(InterruptedError), live_versions(question(None, candidate("busy"))) as live:
        version = live[0][1].result()
        raise InterruptedError
    chain = version.engines.decide(DecisionType.ORDER, {})
    assert ["engine_fault"] == [reason.code for reason in chain.reasons]


def test_engines_still_being_made_are_freed_too() -> None:
    """A run may end before they are there."""
    with suppress(InterruptedError), live_versions(question(None, candidate("busy"))) as live:
        raise InterruptedError
    chain = live[0][1].result().engines.decide(DecisionType.ORDER, {})
    assert ["engine_fault"] == [reason.code for reason in chain.reasons]
