"""Which claims a policy may make, and of what."""

from pathlib import Path

import pytest

from policy_service.language.load import PolicyNotReadable, load_policy
from policy_service.language.policy import Policy
from policy_service.language.printing.printer import print_policy
from policy_service.language.rule_sets import Direction, Ladder, MonotonicityClaim

FACTS = """
days_late: {source: customer, type: number}
size: {source: customer, type: category, values: [small, large]}
"""
HEAD = "policy: house\nbase_currency: CNY\nrule_sets: [table]\n"
ROWS = """
  - {id: a, when: {days_late: "> 9"}, then: {grade: C, outcome: hold, payment_term_kind: net}, reason: LATE}
  - {id: b, then: {grade: A, outcome: approve, payment_term_kind: net}}
"""


def claiming(root: Path, claim: str) -> Policy:
    folder = root / "house"
    folder.mkdir()
    (root / "facts.yaml").write_text(FACTS)
    (root / "reasons.yaml").write_text("LATE: {en: Late, zh: 逾期}\n")
    (folder / "policy.yaml").write_text(HEAD)
    (folder / "table.yaml").write_text(f"decision_table: table\nhit_policy: first\nclaims: ['{claim}']\nrows:{ROWS}")
    return load_policy(folder)


def claims_of(policy: Policy) -> tuple[MonotonicityClaim, ...]:
    rule_set = policy.rule_sets[0]
    assert not isinstance(rule_set, Ladder)
    return rule_set.claims


@pytest.mark.parametrize("output", ["grade", "outcome"])
def test_grades_and_outcomes_may_be_claimed_on(output: str, tmp_path: Path) -> None:
    policy = claiming(tmp_path, f"{output} never rises with days_late")
    assert claims_of(policy) == (MonotonicityClaim(output, Direction.NEVER_RISES, "days_late"),)


def test_a_claim_on_a_grade_is_printed_as_it_was_written(tmp_path: Path) -> None:
    policy = claiming(tmp_path, "grade never rises with days_late")
    assert "grade never rises with days_late" in print_policy(policy)["table.yaml"]


@pytest.mark.parametrize(
    "claim", ["payment_term_kind never rises with days_late", "grade never rises with size"], ids=["output", "fact"]
)
def test_a_category_without_an_order_can_not_be_claimed_on(claim: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyNotReadable) as refused:
        claiming(tmp_path, claim)
    (error,) = refused.value.errors
    assert ("L425", "Claim it of a number, an amount, a date, the grade or the outcome.") == (error.code, error.remedy)
