"""A stored decision decided again: the same bytes under its version, the difference under another."""

import json

import pytest

from policy_service.domain.decisions import ChainResult
from policy_service.domain.outcomes import DecisionType
from policy_service.services.decisions.deciding import Asked, Given
from policy_service.services.decisions.replaying import explained
from policy_service.services.engine_pair import EnginePair
from policy_service.services.house import House
from policy_service.storage.decision_store import DecisionStore
from tests.services.decisions.live import (
    GROUP_STANDINGS,
    GROUPED,
    OF_GROUPS,
    answered,
    ask,
    asked,
    at,
    enforce,
    furnish,
    keep_override,
    post,
    replayed,
    spoil,
)
from tests.services.house import INVOICES, LEDGER, RULE_SETS, house_policy, policy_with

RATES = {"rates": "date,currency,rate\n2025-01-10,USD,7.125\n"}
QUESTIONS = {
    "an order": asked(),
    "an order that is held": asked(order="99999.99"),
    "an unknown amount": asked(order="unknown"),
    "a category nobody mentions": Asked(DecisionType.ORDER, "C1", {"order_amount": "1", "channel": "web"}, "O1"),
    "a review": asked(order=None),
    "a review of an unknown fact": asked("C3", None),
    "an escalation": Asked(DecisionType.ESCALATION, "C1"),
    "another currency": asked(order="10.01", currency="USD"),
    "a currency without a rate": asked(order="10.01", currency="EUR"),
}


def proven(house: House, given: Given) -> None:
    again = replayed(house, given)
    assert (True, True, {}) == (again.is_same_version, again.is_identical, again.difference)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_under_its_own_version_the_bytes_are_the_same(house: House, question: Asked) -> None:
    post(house, {**LEDGER, **RATES}, at=2)
    proven(house, ask(house, question))


def test_so_they_are_after_the_ledger_and_the_standing_have_changed(house: House) -> None:
    given = ask(house, asked())
    answered(house, asked(order=None))
    post(house, {**LEDGER, "invoices": INVOICES + "I9,C1,2025-01-18,2025-02-20,700.00\n"}, at=2)
    proven(house, given)


def test_so_they_are_under_overrides(house: House) -> None:
    keep_override(house, {"outcome": "decline", "prepay_percent": "50"})
    proven(house, ask(house, asked()))


def test_so_they_are_where_an_override_did_not_fit(house: House) -> None:
    keep_override(house, {"interest_percent": "3"})
    proven(house, ask(house, asked()))


def test_so_they_are_with_facts_of_a_group(bare: House) -> None:
    furnish(bare, OF_GROUPS, {**GROUPED, **GROUP_STANDINGS})
    proven(bare, ask(bare, asked()))


def test_so_they_are_where_facts_could_not_be_measured(house: House) -> None:
    spoil(house)
    keep_override(house, {"prepay_percent": "50"})
    proven(house, ask(house, asked()))


def test_so_they_are_where_an_engine_overflows(house: House) -> None:
    enforce(house, policy_with("order_check", "exposure + order_amount", "exposure + order_amount * 1000000000"), at())
    given = ask(house, asked(order="90000000000"))
    assert "engine_fault" == given.decision.chain.reasons[0].code
    proven(house, given)


def test_so_they_are_where_the_engines_disagree(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def differ(live: ChainResult, reference: ChainResult) -> tuple[str, str]:
        return "order_check", "hits"

    monkeypatch.setattr("policy_service.services.engine_pair.first_difference", differ)
    given = ask(house, asked())
    assert "The two engines differ on order_check: hits." == given.decision.chain.reasons[0].detail
    proven(house, given)


def test_an_engine_that_answers_otherwise_today_is_an_alarm(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(house, asked(order=None))
    held, approved = ask(house, asked(order="99999")), ask(house, asked()).decision.chain
    monkeypatch.setattr(EnginePair, "decide", lambda *_: approved)
    again = replayed(house, held)
    assert (True, False) == (again.is_same_version, again.is_identical)
    assert {"then": "hold", "now": "approve"} == again.difference["outcome"]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_explanation_is_the_one_that_was_given(house: House, question: Asked) -> None:
    post(house, {**LEDGER, **RATES}, at=2)
    given = ask(
        house, Asked(question.decision_type, question.customer_id, question.request, "O1", True, question.currency)
    )
    with house.database.reading() as session:
        again = explained(house, session, DecisionStore(session).load(given.decision_id))
    assert json.dumps(given.explanation, sort_keys=True) == json.dumps(again, sort_keys=True)


def test_under_another_version_the_difference_is_told(house: House) -> None:
    answered(house, asked(order=None))
    given = ask(house, asked(order="4100"))
    number = enforce(house, policy_with("order_check", '"> credit_limit"', '"> credit_limit * 2"'), at(hour=12))
    again = replayed(house, given, number)

    assert (False, False) == (again.is_same_version, again.is_identical)
    assert {"then": "hold", "now": "approve"} == again.difference["outcome"]
    assert {"order_check": {"then": ["O2"], "now": ["otherwise"]}} == again.difference["hits"]
    assert "facts" not in again.difference


def test_a_fact_newly_read_is_measured_as_it_was_known_then(house: House) -> None:
    answered(house, asked(order="300", order_id="O0"), hour=8)
    given = ask(house, asked())
    number = enforce(
        house,
        policy_with("order_check", "exposure + order_amount", "open_balance + open_orders + order_amount"),
        at(hour=12),
    )
    post(house, {**LEDGER, "invoices": INVOICES + "I9,C1,2025-01-18,2025-02-20,700.00\n"}, at=2)
    answered(house, asked(order="200", order_id="O9"), hour=12)
    facts = replayed(house, given, number).difference["facts"]
    values = {name: fact["value"] for name, fact in facts["newly_read"].items()}  # type: ignore[index]

    assert {"open_balance": "1000.00", "open_orders": "300.00"} == values
    assert ["exposure"] == facts["no_longer_read"]  # type: ignore[index]


def test_a_fact_that_a_version_measures_otherwise_is_measured_again(house: House) -> None:
    given = ask(house, asked())
    text = RULE_SETS["policy"] + "exposure: [open_orders]\n"
    number = enforce(house, house_policy({"policy": text}), at(hour=12))
    facts = replayed(house, given, number).difference["facts"]
    assert ("1000.00", "0.00") == tuple(facts["changed"]["exposure"][key]["value"] for key in ("then", "now"))  # type: ignore[index]


def test_what_could_not_be_measured_then_is_a_fault_under_another_version_too(house: House) -> None:
    spoil(house)
    given = ask(house, asked())
    number = enforce(house, policy_with("order_check", '"> credit_limit"', '"> credit_limit * 2"'), at(hour=12))
    assert {"policy"} == set(replayed(house, given, number).difference)


def test_replaying_stores_nothing(house: House) -> None:
    given = ask(house, asked())
    replayed(house, given)
    with house.database.reading() as session:
        assert [given.decision_id] == [one.decision_id for one in DecisionStore(session).page().decisions]
