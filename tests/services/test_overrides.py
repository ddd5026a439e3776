"""A person's word stands over the rules', says so first, and ends with its last day."""

import datetime as dt
from pathlib import Path

import pytest

from policy_service.domain.decisions import Reason
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from policy_service.language.files.override_file import load_overrides
from tests.services.house import BEFORE_DUE, DAY_30, decide, outcome_and_reasons, override

LAST_DAY = dt.date(2025, 1, 20)


def test_an_override_of_the_review_is_the_standing_of_the_order() -> None:
    raised = override({"credit_limit": "9000.00"})
    assert outcome_and_reasons(decide(order="8000", overrides=[raised])) == ("approve", [])
    assert outcome_and_reasons(decide(order="8000.01", overrides=[raised])) == ("hold", ["OVER_LIMIT"])


def test_what_an_override_does_not_set_is_as_the_rules_say() -> None:
    outputs = decide(overrides=[override({"credit_limit": "9000"})]).review.result["outputs"]
    assert outputs == {
        "grade": "A",
        "credit_limit": "9000.00",
        "payment_term_days": 30,
        "prepay_percent": "0",
        "grace_days": 5,
    }


def test_an_override_is_the_first_reason_with_person_reason_and_expiry() -> None:
    chain = decide("C2", overrides=[override({"credit_limit": "9000"}, customer="C2")]).review.chain
    assert [reason.code for reason in chain.reasons] == ["override", "SMALL_FIRM"]
    assert chain.reasons[0] == Reason("override", "", detail="m.li, until 2025-06-30: Bank guarantee")


def test_what_the_rules_said_stays_in_the_record_of_the_rule_sets() -> None:
    review = decide(overrides=[override({"credit_limit": "9000"})]).review
    assert {result.rule_set: result.outputs.get("credit_limit") for result in review.chain.rule_sets} == {
        "grading": None,
        "standing": 5000_00,
    }
    assert review.result["hits"] == {"grading": ["G1"], "standing": ["S1"]}


def test_an_override_holds_through_its_last_day() -> None:
    limits = [
        decide(on=day, overrides=[override({"credit_limit": "1"}, expires_on=LAST_DAY)]).standing.values["credit_limit"]
        for day in (LAST_DAY, LAST_DAY + dt.timedelta(days=1))
    ]
    assert limits == [100, 5000_00]


def test_an_override_of_another_customer_changes_nothing() -> None:
    assert decide(overrides=[override({"credit_limit": "1"}, customer="C2")]).review.overrides == ()


def test_an_override_of_the_order_replaces_its_outcome_only() -> None:
    released = override({"outcome": "approve"}, DecisionType.ORDER)
    decisions = decide(on=DAY_30, overrides=[released])
    assert outcome_and_reasons(decisions) == ("approve", ["override", "CREDIT_STOPPED"])
    assert decisions.standing.values["stop_credit"] == TRUE
    assert decisions.order
    assert decisions.order.result["hits"] == {"order_check": ["O1"]}


def test_an_override_may_stop_what_the_rules_let_go() -> None:
    stopped = override({"outcome": "decline"}, DecisionType.ORDER)
    assert outcome_and_reasons(decide(overrides=[stopped])) == ("decline", ["override"])


def test_all_overrides_in_force_apply_and_the_last_to_expire_wins() -> None:
    first = override({"credit_limit": "1", "grade": "B"}, expires_on=dt.date(2025, 2, 1))
    second = override({"credit_limit": "2"}, expires_on=dt.date(2025, 3, 1))
    for given in ([first, second], [second, first]):
        decisions = decide(overrides=given)
        assert (decisions.review.result["outputs"]["grade"], decisions.standing.values["credit_limit"]) == ("B", 200)
        assert decisions.review.overrides == (first, second)


def test_a_person_decides_where_the_review_refers() -> None:
    said = override({"credit_limit": "700", "grade": "A"}, customer="C3")
    decisions = decide("C3", order="700", overrides=[said])

    assert decisions.review.chain.outcome is Outcome.REFER
    assert [reason.code for reason in decisions.review.chain.reasons] == ["override", "missing_fact"]
    assert decisions.standing.values["credit_limit"] == 700_00
    assert decisions.standing.values["payment_term_days"] == UNKNOWN
    assert outcome_and_reasons(decisions) == ("approve", [])


def test_an_override_to_unlimited_or_unknown_is_a_value() -> None:
    unlimited = decide(order="99999999", overrides=[override({"credit_limit": "unlimited"})])
    assert outcome_and_reasons(unlimited) == ("approve", [])
    assert decide(overrides=[override({"credit_limit": "null"})]).standing.values["credit_limit"] == UNKNOWN


def test_the_ladder_acts_on_an_overridden_standing() -> None:
    decisions = decide(on=DAY_30, overrides=[override({"credit_limit": "9000"})])
    assert decisions.standing.values["stop_credit"] == TRUE
    assert decide(on=BEFORE_DUE).standing.values["stop_credit"] == FALSE


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        ({"watch_list": "true"}, "watch_list, which the policy house does not set"),
        ({"limit": "5"}, "limit, which the policy house does not set"),
        ({"credit_limit": "much"}, "credit_limit: “much” is no decimal number"),
        ({"credit_limit": "1.005"}, "credit_limit: 1.005 has too many decimals"),
        ({"outcome": "perhaps"}, "'perhaps' is no outcome"),
    ],
)
def test_an_override_of_what_the_policy_does_not_set_is_refused(outputs: dict[str, str], found: str) -> None:
    with pytest.raises(RequestError) as refused:
        decide(overrides=[override(outputs)])
    assert refused.value.code == "R403"
    assert found in refused.value.message
    assert refused.value.remedy


def test_a_file_of_overrides_is_applied(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text(
        "- {customer_id: C1, person: m.li, reason: Bank guarantee, expires_on: 2025-06-30,"
        " decision: review, set: {credit_limit: 9000.5}}\n",
        "utf-8",
    )
    decisions = decide(overrides=load_overrides(tmp_path / "overrides.yaml"))
    assert decisions.standing.values["credit_limit"] == 9000_50
