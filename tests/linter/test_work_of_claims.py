"""What a claim may cost: counted in steps, so that a blow-up ends in a finding of its own and not in a wait."""

import random
from itertools import product

import pytest

from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Direction, HitPolicy, MonotonicityClaim
from policy_service.linter.claims import counterexamples, monotonicity
from policy_service.linter.claims.monotonicity import check_claims
from policy_service.linter.codes import Code
from policy_service.linter.regions.knowledge import knowledge_of
from policy_service.linter.work import Work
from tests.linter.building import WHOLE, between, compares, fact, policy, row, sets, table

FACTS = tuple(fact(name) for name in "abcdef")
NEVER_RISES = MonotonicityClaim("x", Direction.NEVER_RISES, "a")


def separable(rows: int) -> Policy:
    """Return a table of bands of three facts, the amount falling with the first; three more columns are tested."""
    tens = range(0, 100, 10)
    lines = [
        row(
            f"R{a}.{b}.{c}",
            (between(a, a + 10), between(b, b + 10), between(c, c + 10), compares(">=", 0), compares("<", 999), None),
            sets(x=100_000 - 1_000 * a + 10 * b + c),
        )
        for a, b, c in list(product(tens, tens, tens))[:rows]
    ]
    return policy(table(FACTS, lines, HitPolicy.UNIQUE, claims=(NEVER_RISES,)), facts=FACTS, outputs={"x": WHOLE})


def tangled(rows: int) -> Policy:
    """Return a table whose rows overlap at random in six columns, the better rows first."""
    chosen = random.Random(7)
    lines = []
    for number in range(rows):
        starts = [chosen.randrange(90) for _fact in FACTS]
        cells = [None if chosen.random() < 0.2 else between(low, low + 30) for low in starts]
        lines.append(row(f"R{number}", cells, sets(x=chosen.randrange(5))))
    return policy(table(FACTS, lines, HitPolicy.UNIQUE, claims=(NEVER_RISES,)), facts=FACTS, outputs={"x": WHOLE})


def test_a_thousand_separable_rows_are_proved_without_a_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps for each pair of rows that may follow each other the wrong way: here there is none."""
    monkeypatch.setattr(monotonicity, "MOST_OF_A_PROOF", 10)
    assert [Code.CLAIM_PROVED] == [finding.code for finding in check_claims(knowledge_of(separable(1_000)))]


def test_a_proof_that_is_given_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monotonicity, "MOST_OF_A_PROOF", 50)
    monkeypatch.setattr(counterexamples, "MOST_OF_A_SEARCH", 0)
    finding = next(check_claims(knowledge_of(tangled(60))))
    assert Code.CLAIM_SEARCH_STOPPED == finding.code
    assert "x never rises with a: not proved; the proof was given up after 50 steps, and no" in finding.message


def test_a_search_ends_with_its_work() -> None:
    claim = MonotonicityClaim("x", Direction.NEVER_FALLS, "f")
    tried = tangled(200)
    search = counterexamples.search_of(tried.rule_sets, claim, WHOLE, knowledge_of(tried))
    search.work.left = 500
    search.counterexample(())
    assert search.work.is_over
    assert search.tried < 500


def test_work_is_over_only_once_more_was_asked_for_than_there_was() -> None:
    work = Work(2)
    assert [True, True, False] == [work.spend() for _step in range(3)]
    assert work.is_over


def test_equal_policies_are_answered_equally() -> None:
    answers = [tuple(check_claims(knowledge_of(tangled(40)))) for _twice in range(2)]
    assert answers[0] == answers[1]
