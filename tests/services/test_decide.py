"""A customer is reviewed, climbs the ladder, and the order is checked under what results."""

import datetime as dt

import pytest

from policy_service.domain.errors import FactError, RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.decide import Decider, Question
from tests.services.house import (
    BEFORE_DUE,
    CUSTOMERS,
    DAY_29,
    DAY_30,
    DAY_90,
    INVOICES,
    RULE_SETS,
    decide,
    house_policy,
    ledger_of,
    outcome_and_reasons,
    override,
    policy_with,
)


def test_the_review_sets_the_standing_that_the_order_is_checked_under() -> None:
    decisions = decide("C2", dt.date(2025, 3, 25), "500.00")

    assert decisions.review.result["outputs"] == {
        "grade": "B",
        "credit_limit": "800.00",
        "payment_term_days": 15,
        "prepay_percent": "0",
        "grace_days": 0,
    }
    assert outcome_and_reasons(decisions) == ("approve", [])


def test_one_cent_above_the_limit_is_held() -> None:
    assert outcome_and_reasons(decide("C2", dt.date(2025, 3, 25), "500.01")) == ("hold", ["OVER_LIMIT"])


def test_what_is_invoiced_on_the_day_itself_is_not_known_yet() -> None:
    assert outcome_and_reasons(decide("C2", dt.date(2025, 3, 20), "800.00")) == ("approve", [])
    assert outcome_and_reasons(decide("C2", dt.date(2025, 3, 21), "800.00")) == ("hold", ["OVER_LIMIT"])


def test_what_is_posted_later_is_known_later() -> None:
    paid = {"payments": "payment_id,invoice_id,date,amount,posted_on\nP1,I2,2025-03-22,300.00,2025-03-24\n"}

    assert outcome_and_reasons(decide("C2", dt.date(2025, 3, 24), "800", files=paid))[0] == "hold"
    assert outcome_and_reasons(decide("C2", dt.date(2025, 3, 25), "800", files=paid))[0] == "approve"


def test_a_level_stops_credit_from_its_day_on() -> None:
    assert outcome_and_reasons(decide(on=DAY_29)) == ("approve", [])
    assert outcome_and_reasons(decide(on=DAY_30)) == ("hold", ["CREDIT_STOPPED"])


@pytest.mark.parametrize(("paid", "expected"), [("900.00", FALSE), ("899.99", TRUE)])
def test_an_effect_ends_when_its_release_condition_holds(paid: str, expected: int) -> None:
    payments = f"payment_id,invoice_id,date,amount\nP1,I1,2025-02-15,{paid}\n"
    assert decide(on=DAY_30, files={"payments": payments}).standing.values["stop_credit"] == expected


def test_the_days_of_grace_of_the_new_standing_count_for_the_release() -> None:
    one_day = policy_with("collection", "days_past_due: 30", "days_past_due: 3")
    in_grace, beyond = dt.date(2025, 2, 5), dt.date(2025, 2, 6)
    assert decide(on=in_grace, policy=one_day).standing.values["stop_credit"] == FALSE
    assert decide(on=beyond, policy=one_day).standing.values["stop_credit"] == TRUE


def test_an_invoice_in_dispute_is_not_on_the_ladder() -> None:
    disputes = "dispute_id,invoice_id,opened,closed\nD1,I1,2025-02-01,2025-03-10\n"
    while_open = decide(on=dt.date(2025, 3, 10), files={"disputes": disputes})
    afterwards = decide(on=dt.date(2025, 3, 11), files={"disputes": disputes})

    assert ((), "approve") == (while_open.cases, outcome_and_reasons(while_open)[0])
    assert outcome_and_reasons(afterwards) == ("hold", ["CREDIT_STOPPED"])


def test_a_case_names_the_highest_level_and_the_invoices_on_the_ladder() -> None:
    two = INVOICES + "I3,C1,2025-01-05,2025-03-01,50.00\nI4,C1,2025-02-20,2025-04-20,70.00\n"
    (case,) = decide(on=DAY_30, files={"invoices": two}).cases

    assert ("collection", "L2") == (case.ladder, case.level.id if case.level else None)
    assert [(item.invoice_id, item.days_past_due) for item in case.items] == [("I1", 30), ("I3", 1)]


def test_before_the_first_level_there_is_no_case() -> None:
    decisions = decide(on=dt.date(2025, 1, 31))
    assert decisions.cases == ()
    assert decisions.escalation.result["hits"] == {"collection": []}


def test_a_trigger_alone_makes_a_case() -> None:
    large = INVOICES.replace("1000.00", "3000.01")
    no_first_level = policy_with("collection", "days_past_due: 1,", "days_past_due: 29,")
    (case,) = decide(on=dt.date(2025, 2, 10), files={"invoices": large}, policy=no_first_level).cases
    assert case.level is None
    assert [trigger.id for trigger in case.triggers] == ["T1"]


def test_each_ladder_says_its_own_level() -> None:
    second = (
        RULE_SETS["collection"]
        .replace("ladder: collection", "ladder: letters")
        .replace("days_past_due: 30", "days_past_due: 60")
    )
    policy = house_policy(
        {"letters": second, "policy": RULE_SETS["policy"].replace("collection]", "collection, letters]")}
    )
    cases = decide(on=DAY_30, policy=policy).cases
    assert [(case.ladder, case.level.id if case.level else None) for case in cases] == [
        ("collection", "L2"),
        ("letters", "L1"),
    ]


def test_a_review_that_refers_leaves_no_standing_and_the_order_refers() -> None:
    decisions = decide("C3", policy=house_policy({"order_check": strict_order_check()}))

    assert decisions.review.chain.outcome is Outcome.REFER
    assert [(reason.code, reason.facts) for reason in decisions.review.chain.reasons] == [
        ("missing_fact", ("net_worth",))
    ]
    assert decisions.standing.values["credit_limit"] == UNKNOWN
    assert outcome_and_reasons(decisions) == ("refer", ["missing_fact"])


def test_a_review_that_refers_leaves_the_recorded_standing_in_force() -> None:
    standings = "customer_id,from,grade,credit_limit,payment_term_days\nC3,2025-01-01,A,700,30\n"
    files = {"standings": standings}

    assert outcome_and_reasons(decide("C3", order="700", files=files)) == ("approve", [])
    assert outcome_and_reasons(decide("C3", order="700.01", files=files)) == ("hold", ["OVER_LIMIT"])


def test_a_recorded_standing_is_in_force_from_its_day_on() -> None:
    standings = "customer_id,from,credit_limit\nC3,2025-01-20,700\nC3,2025-01-25,900\n"
    limits = [
        decide("C3", dt.date(2025, 1, day), files={"standings": standings}).standing.values["credit_limit"]
        for day in (19, 20, 24, 25)
    ]
    assert limits == [UNKNOWN, 700_00, 700_00, 900_00]


def test_a_review_steps_the_limit_that_was_in_force() -> None:
    """Half as much again after a good year, from the limit before this review; nothing without one."""
    standing = (
        RULE_SETS["standing"]
        .replace("5000", "previous_credit_limit * 1.5")
        .replace("800", "previous_credit_limit * 1.5")
    )
    policy = house_policy({"standing": standing})
    files = {"standings": "customer_id,from,credit_limit\nC1,2025-01-01,700\n"}
    assert decide("C1", policy=policy, files=files).standing.values["credit_limit"] == 1_050_00
    assert decide("C1", policy=policy).standing.values["credit_limit"] == UNKNOWN


def test_a_review_reads_the_previous_limit() -> None:
    grading = (
        RULE_SETS["grading"]
        .replace("rows:", 'rows:\n  - {id: G0, when: {utilisation: "> 0.9"}, then: {grade: C}}')
        .replace("unique", "first")
    )
    standing = RULE_SETS["standing"] + "  - {id: S3, when: {grade: C}, then: {credit_limit: 0, grace_days: 0}}\n"
    policy = house_policy({"grading": grading + "when_unknown: skip\n", "standing": standing})
    standings = "customer_id,from,credit_limit\nC1,2025-01-01,{}\n"

    grades = [
        decide(policy=policy, files={"standings": standings.format(limit)}).review.result["outputs"]["grade"]
        for limit in ("1111.12", "1111.11")
    ]
    assert grades == ["A", "C"]
    assert decide(policy=policy).review.result["outputs"]["grade"] == "A"


@pytest.mark.parametrize(("paid", "expected"), [("900.00", FALSE), ("899.99", TRUE)])
def test_a_stop_that_a_row_of_the_review_sets_ends_with_its_release(paid: str, expected: int) -> None:
    stopping = house_policy({"stops": STOPS, "policy": RULE_SETS["policy"].replace("[grading", "[stops, grading")})
    payments = f"payment_id,invoice_id,date,amount\nP1,I1,2025-02-15,{paid}\n"
    decisions = decide(on=DAY_29, policy=stopping, files={"payments": payments})
    assert decisions.review.result["outputs"]["stop_credit"] is True
    assert decisions.standing.values["stop_credit"] == expected

    by_a_person = [override({"stop_credit": "true"})]
    decisions = decide(on=DAY_29, policy=stopping, files={"payments": payments}, overrides=by_a_person)
    assert decisions.standing.values["stop_credit"] == TRUE


def test_without_an_amount_no_order_is_decided() -> None:
    decisions = decide(order=None)
    assert decisions.order is None
    assert decisions.results["order"] is None


def test_an_order_of_unknown_amount_is_referred() -> None:
    decisions = decide(order="unknown", policy=house_policy({"order_check": strict_order_check()}))
    assert outcome_and_reasons(decisions) == ("refer", ["missing_fact"])


def test_a_policy_that_decides_no_orders_decides_none() -> None:
    policy = house_policy({"order_check": "", "policy": RULE_SETS["policy"].replace("order_check, ", "")})
    decisions = decide(order=None, policy=policy)
    assert decisions.order is None
    assert decisions.standing.values["credit_limit"] == 5000_00


def test_a_policy_without_review_keeps_the_recorded_standing() -> None:
    policy = house_policy(
        {"grading": "", "standing": "", "policy": RULE_SETS["policy"].replace("grading, standing, ", "")}
    )
    standings = {"standings": "customer_id,from,credit_limit\nC1,2025-01-01,1050\n"}

    assert outcome_and_reasons(decide(order="50", policy=policy, files=standings)) == ("approve", [])
    assert outcome_and_reasons(decide(order="50.01", policy=policy, files=standings)) == ("hold", ["OVER_LIMIT"])


def test_every_fact_read_is_recorded_with_its_source() -> None:
    order = decide(request={"channel": "web"}).order
    assert order is not None
    assert order.result["facts"] == {
        "channel": {"value": "web", "type": "category", "source": "request"},
        "credit_limit": {"value": "5000.00", "type": "money", "source": "standing"},
        "exposure": {"value": "1000.00", "type": "money", "source": "built_in"},
        "order_amount": {"value": "100.00", "type": "money", "source": "request"},
        "stop_credit": {"value": False, "type": "boolean", "source": "standing"},
    }


def test_a_text_that_the_policy_never_mentions_is_another_category() -> None:
    policy = policy_with("grading", 'net_worth: "< 100000"', "industry: steel")
    assert "no_rule_matched" not in str(decide("C1", policy=policy).review.result)
    renamed = {"customers": CUSTOMERS.replace("C2,9000,steel", "C2,9000,钢铁")}
    assert "no_rule_matched" in str(decide("C2", policy=policy, files=renamed).review.result)


@pytest.mark.parametrize(
    ("customer", "request_facts", "code"),
    [
        ("C9", {}, "R404"),
        ("", {}, "R404"),
        ("C1", {"amount": "5"}, "R402"),
        ("C1", {"net_worth": "5"}, "R402"),
        ("C1", {"credit_limit": "5000"}, "R402"),
        ("C1", {"exposure": "0"}, "R402"),
        ("C1", {"order_amount": "much"}, "R402"),
        ("C1", {"order_amount": "1e3"}, "R402"),
        ("C1", {"order_amount": "1.005"}, "R402"),
        ("C1", {"order_amount": "-0.01"}, "R402"),
        ("C1", {"order_amount": "unlimited"}, "R402"),
        ("C1", {"order_amount": "9" * 30}, "R402"),
        ("C1", {"order_amount": ""}, "R402"),
        ("C1", {"channel": "fax"}, "R402"),
        ("C1", {"channel": ""}, "R402"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(customer: str, request_facts: dict[str, str], code: str) -> None:
    with pytest.raises(RequestError) as refused:
        decide(customer, request=request_facts)
    assert code == refused.value.code
    assert refused.value.remedy


def test_a_ledger_in_another_currency_is_refused() -> None:
    decider = Decider(house_policy(), ledger_of(base="USD"))
    with pytest.raises(RequestError, match="USD") as refused:
        decider.decide(Question("C1", BEFORE_DUE))
    decider.close()
    assert refused.value.code == "R405"


def test_an_order_without_an_amount_says_what_it_needs() -> None:
    decider = Decider(house_policy(), ledger_of())
    with pytest.raises(RequestError) as refused:
        decider.missing_request()
    decider.close()
    assert refused.value.code == "R409"
    assert "order_amount" in refused.value.remedy


def test_a_customer_fact_that_cannot_be_read_names_customer_and_column() -> None:
    with pytest.raises(FactError) as refused:
        decide("C2", files={"customers": CUSTOMERS.replace("9000", "nine thousand")})
    assert ("F102", "customers row C2 cell net_worth") == (refused.value.code, str(refused.value.place))


@pytest.mark.parametrize("on", [dt.date.min, dt.date(1969, 12, 31), DAY_90, dt.date.max])
def test_every_day_of_the_calendar_can_be_asked_about(on: dt.date) -> None:
    decisions = decide(on=on)
    assert decisions.order is not None
    assert decisions.order.chain.outcome in (Outcome.APPROVE, Outcome.HOLD)


def test_deciding_twice_gives_the_same_bytes() -> None:
    decider = Decider(house_policy(), ledger_of())
    question = Question("C1", DAY_30, {"order_amount": "4000.01", "channel": "phone"})
    first, second = (decider.decide(question) for _ in range(2))
    decider.close()
    assert canonical_bytes(first.results) == canonical_bytes(second.results)


def test_the_order_in_which_facts_are_given_changes_nothing() -> None:
    given = {"channel": "phone", "requested_limit": "5", "order_amount": "1"}
    policy = house_policy({"order_check": order_check_with_requested_limit()})
    results = [
        canonical_bytes(decide(order=None, policy=policy, request=facts).results)
        for facts in (given, dict(reversed(given.items())))
    ]
    assert results[0] == results[1]


def test_every_decision_type_has_its_own_chain_and_facts() -> None:
    results = decide(on=DAY_30).results
    assert {name: result["hits"] for name, result in results.items() if result} == {
        "review": {"grading": ["G1"], "standing": ["S1"]},
        "escalation": {"collection": ["L1", "L2"]},
        "order": {"order_check": ["O1"]},
    }
    assert [result["type"] for result in results.values() if result] == [
        DecisionType.REVIEW,
        DecisionType.ESCALATION,
        DecisionType.ORDER,
    ]


STOPS = """
decision_table: stops
hit_policy: first
rows:
  - {id: X1, when: {oldest_days_past_due: "> 20"}, then: {stop_credit: true},
     release: {overdue_balance: "<= materiality"}}
otherwise: {stop_credit: false}
"""


def strict_order_check() -> str:
    return RULE_SETS["order_check"].replace("when_unknown: skip\n", "")


def order_check_with_requested_limit() -> str:
    row = '  - {id: O4, when: {requested_limit: "> 1000000"}, then: {outcome: refer}, reason: BY_PHONE}\notherwise'
    return RULE_SETS["order_check"].replace("otherwise", row)
