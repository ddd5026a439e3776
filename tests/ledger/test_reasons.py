"""Codes of the import are told apart and explained."""

from itertools import chain

from policy_service.ledger.reasons import EXPLANATIONS, Reason, Refusal, Remark


def test_every_reason_and_remark_has_a_meaning_and_a_remedy() -> None:
    assert set(chain(Reason, Remark)) == set(EXPLANATIONS)
    assert all(one.meaning.endswith(".") and one.remedy.endswith(".") for one in EXPLANATIONS.values())


def test_no_code_stands_twice() -> None:
    codes = [one.value for one in chain(Refusal, Reason, Remark)]
    assert len(set(codes)) == len(codes)
