"""The default policy as other rule engines decide it: their answers are ours before anything is measured."""

from collections.abc import Iterator

import pytest

pytest.importorskip("zen")
pytest.importorskip("rule_engine")
pytest.importorskip("business_rules")

from benchmarks.counts import QUICK, Counts
from benchmarks.live_decision import PAIR, compare, make_cases, make_peers, run
from benchmarks.sample import default_policy
from policy_service.services.engine_pair import EnginePair

SOME = Counts(customers=60, invoices=3_000)


@pytest.fixture
def pair() -> Iterator[EnginePair]:
    made = EnginePair(default_policy())
    yield made
    made.close()


def test_every_peer_answers_as_our_engines_do(pair: EnginePair) -> None:
    """Outcome, outputs and hit rows of review, escalation and order check."""
    policy = default_policy()
    peers, cases = make_peers(policy), make_cases(policy, SOME)
    compared = compare(policy, pair, peers, cases)
    assert dict.fromkeys(peers, 0) == compared.differing
    assert len(cases) == compared.answers + compared.left_out


def test_few_decisions_are_left_out_of_the_comparison(pair: EnginePair) -> None:
    policy = default_policy()
    cases = make_cases(policy, SOME)
    assert compare(policy, pair, {}, cases).left_out < len(cases) / 20


def test_a_decision_is_measured_against_every_peer() -> None:
    rows = {row[0] for row in run(QUICK).grids[0].rows}
    assert {PAIR, *make_peers(default_policy())} <= rows
