"""A live decision reads what its transaction sees, is stored in it, and changes nothing else."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.decisions.deciding import Asked, Given, decide
from policy_service.services.decisions.order_amounts import OrderAmount
from policy_service.services.house import House
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.orders import AskedOrder
from policy_service.storage.models.standings import StandingRow
from tests.services.decisions.live import (
    GROUP_STANDINGS,
    GROUPED,
    OF_GROUPS,
    TODAY,
    act,
    answered,
    ask,
    asked,
    at,
    codes,
    enforce,
    furnish,
    keep_override,
    post,
    replayed,
    spoil,
    stored,
)
from tests.services.house import INVOICES, LEDGER, RULE_SETS, house_policy, policy_with

RATES = {
    "rates": "date,currency,rate\n2025-01-10,USD,7.125\n2025-01-15,USD,7.25\n2025-01-21,USD,8\n2025-01-15,KWD,23.4\n"
}
STANDINGS = {"standings": "customer_id,from,grade,credit_limit\nC1,2025-01-01,A,5000.00\n"}
TODAYS = {**LEDGER, "invoices": INVOICES + "I9,C2,2025-01-20,2025-02-20,700.00\n"}
#: Without a limit it does not know what to say.
STRICTER = policy_with("order_check", "when_unknown: skip\n", "")


def exposure(given: Given) -> object:
    return given.decision.result["facts"]["exposure"]["value"]  # type: ignore[index]


def test_what_is_answered_is_what_is_stored(house: House) -> None:
    given = ask(house, asked(took=lambda: 321))
    found = stored(house, given)

    assert found.result == canonical_bytes(given.decision.result)
    assert ("order", "live", "C1", "O1") == (found.decision_type, found.purpose, found.customer_id, found.order_id)
    assert ("house", 1, given.version.hash) == (found.policy_id, found.policy_version, found.policy_hash)
    assert (at(), at(), 1, dt.date(2025, 1, 20)) == (
        found.decided_at,
        found.known_until,
        found.ledger_head,
        found.as_of,
    )
    assert ("shop", "request-1", 321, "approve") == (found.asked_by, found.request_id, found.took, found.outcome)


def test_the_record_says_all_that_a_replay_needs(house: House) -> None:
    result = ask(house, asked(order="100")).decision.result
    assert {"id": "house", "hash": result["policy"]["hash"], "version": 1} == result["policy"]  # type: ignore[index]
    assert ("2025-01-20T01:00:00.000000Z", 1, "O1") == (
        result["known_until"],
        result["ledger_head"],
        result["order_id"],
    )
    assert ({"order_amount": "100"}, "CNY") == (result["request"], result["currency"])
    assert {"stop_credit": False} == result["standing"]


def test_decisions_follow_each_other_in_the_chain_of_the_process(house: House) -> None:
    first, second = stored(house, ask(house, asked())), stored(house, ask(house, asked(order_id="O2")))
    assert ("worker-1", 1, 2) == (first.link.writer, first.link.sequence, second.link.sequence)
    assert first.link.hash == second.link.previous_hash
    with house.database.reading() as session:
        assert [] == list(DecisionStore(session).verify())


def test_deciding_sets_nothing(house: House) -> None:
    for question in (asked(), asked(order=None), Asked(DecisionType.ESCALATION, "C1")):
        ask(house, question)
    with house.database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(rows)) for rows in (AskedOrder, StandingRow)]
    assert [0, 0] == counts


def test_a_decision_that_is_not_committed_was_never_given(house: House) -> None:
    class Elsewhere(Exception):
        pass

    def decide_and_fail() -> None:
        with house.database.writing() as session:
            decide(house, session, asked(), act())
            raise Elsewhere

    with pytest.raises(Elsewhere):
        decide_and_fail()
    with house.database.reading() as session:
        assert () == DecisionStore(session).page().decisions


def test_an_entry_of_the_day_itself_is_known_once_it_is_posted(house: House) -> None:
    before = ask(house, asked("C2"))
    post(house, TODAYS, at=2)
    assert ("0.00", "700.00") == (exposure(before), exposure(ask(house, asked("C2"))))


def test_at_the_start_of_the_day_it_is_not_known(house: House) -> None:
    post(house, TODAYS, at=2)
    with house.database.writing() as session:
        given = decide(house, session, asked("C2"), act(), as_of=TODAY, includes_day=False)
    assert ("0.00", "2025-01-20") == (exposure(given), given.decision.result["known_until"])
    assert at(hour=0) == stored(house, given).known_until


def test_the_business_day_is_that_of_the_company(house: House) -> None:
    """Sixteen o'clock in London is the next morning in Shanghai."""
    days = [ask(house, asked(), act(hour=hour)).as_of.day for hour in (23, 24)]
    assert [20, 21] == days


def test_a_version_decides_from_its_first_instant_on(house: House) -> None:
    number = enforce(house, STRICTER, at(hour=12))
    last, first = ask(house, asked(), act(hour=11)), ask(house, asked(), act(hour=12))
    assert (1, []) == (last.version.number, codes(last))
    assert (number, ["missing_fact"]) == (first.version.number, codes(first))


def test_where_no_version_counts_nothing_is_decided(house: House) -> None:
    with pytest.raises(RequestError, match="No version of the policy house counts") as refused:
        ask(house, asked(), Act("shop", -1))
    assert "R421" == refused.value.code


def test_a_recorded_standing_is_decided_under(house: House) -> None:
    post(house, {**LEDGER, **STANDINGS}, at=2)
    given = ask(house, asked(order="4000.01"))
    assert ["OVER_LIMIT"] == codes(given)
    asks_nothing = {"prepay_percent": "0", "grace_days": 0, "collateral_amount": "0.00"}
    asks_nothing |= dict.fromkeys(("stop_credit", "watch_list", "collateral_required"), False)
    assert {"grade": "A", "credit_limit": "5000.00"} | asks_nothing == given.decision.result["standing"]


def test_what_was_asked_for_before_counts_towards_the_exposure(house: House) -> None:
    answered(house, asked(order="300"))
    assert "1300.00" == exposure(ask(house, asked(order_id="O2")))


def test_the_order_asked_about_does_not_count_beside_itself(house: House) -> None:
    answered(house, asked(order="300"))
    assert "1000.00" == exposure(ask(house, asked(order="300")))


def test_an_override_is_applied_and_shown(house: House) -> None:
    keep_override(house, {"outcome": "decline"})
    given = ask(house, asked())
    said = {"id": "ov-1", "person": "m.li", "reason": "Fraud", "expires_on": "2025-06-30"}
    assert ("decline", ["override"]) == (given.decision.chain.outcome, codes(given))
    assert [{**said, "outputs": {"outcome": "decline"}}] == given.decision.result["overrides"]


def test_an_override_of_what_the_version_no_longer_sets_is_referred(house: House) -> None:
    keep_override(house, {"prepay_percent": "50", "interest_percent": "3"})
    given = ask(house, asked())
    assert ("refer", ["engine_fault"]) == (given.decision.chain.outcome, codes(given))
    assert "sets interest_percent, which the policy house does not set" in given.decision.fault


def test_an_override_of_a_review_stands_over_what_orders_are_decided_under(house: House) -> None:
    answered(house, asked(order=None))
    keep_override(house, {"credit_limit": "1200"}, DecisionType.REVIEW)
    assert ["OVER_LIMIT"] == codes(ask(house, asked(order="200.01")))
    assert [] == codes(ask(house, asked(order="200.00")))


def test_an_amount_in_another_currency_is_converted_at_the_latest_rate_rounded_half_away(house: House) -> None:
    post(house, {**LEDGER, **RATES}, at=2)
    given = ask(house, asked(order="10.01", currency="USD"))
    assert "72.57" == given.decision.result["facts"]["order_amount"]["value"]  # type: ignore[index]
    assert ({"order_amount": "10.01"}, "USD") == (given.decision.result["request"], given.decision.result["currency"])
    assert OrderAmount(1001, "USD", 7257) == given.amount


def test_another_currency_may_have_more_decimals_than_the_base_currency(house: House) -> None:
    post(house, {**LEDGER, **RATES}, at=2)
    assert OrderAmount(1234, "KWD", 2888) == ask(house, asked(order="1.234", currency="KWD")).amount


def test_an_amount_that_no_rate_converts_is_referred_and_kept(house: House) -> None:
    """A rate that nobody told of is a fact that is missing, and no fault of an engine."""
    given = ask(house, asked(order="10.01", currency="USD", explains=True))
    assert ("refer", ["missing_fact"]) == (given.decision.chain.outcome, codes(given))
    assert ("order_amount",) == given.decision.chain.reasons[0].facts
    assert replayed(house, given).is_identical
    assert ["missing_fact"] == [
        one["code"] for one in replayed(house, given, enforce(house, STRICTER, at(hour=13))).result["reasons"]
    ]
    assert "there is no rate on or before 2025-01-20" in str(given.decision.chain.reasons[0].detail)
    assert OrderAmount(1001, "USD", None) == given.amount
    assert given.decision.result["facts"]["order_amount"]["value"] is None  # type: ignore[index]


@pytest.mark.parametrize(
    ("facts", "currency", "code"),
    [
        ({"order_amount": "1"}, "XXX", "R402"),
        ({"order_amount": "-1"}, "USD", "R402"),
        ({"order_amount": "1.001"}, "USD", "R402"),
        ({"order_amount": "unlimited"}, "USD", "R402"),
        ({"order_amount": "92233720368547758.06"}, "USD", "R402"),
        ({"channel": "web"}, "USD", "R409"),
        ({"exposure": "1", "order_amount": "1"}, "", "R402"),
        ({"order_amount": "1", "nothing": "1"}, "USD", "R402"),
        ({}, "", "R409"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(
    house: House, facts: dict[str, str], currency: str, code: str
) -> None:
    post(house, {**LEDGER, **RATES}, at=2)
    with pytest.raises(RequestError) as refused:
        ask(house, Asked(DecisionType.ORDER, "C1", facts, "O1", currency=currency))
    assert code == refused.value.code


def test_a_currency_of_no_amount_is_refused(house: House) -> None:
    with pytest.raises(RequestError, match="no order_amount"):
        ask(house, Asked(DecisionType.REVIEW, "C1", {}, currency="USD"))


def test_an_amount_nobody_knows_is_decided_as_unknown(house: House) -> None:
    given = ask(house, asked(order="unknown", currency="USD"))
    assert given.decision.result["facts"]["order_amount"]["value"] is None  # type: ignore[index]
    assert given.amount is None


def test_an_unknown_customer_is_refused(house: House) -> None:
    with pytest.raises(RequestError) as refused:
        ask(house, asked("C9"))
    assert "R404" == refused.value.code


def test_a_policy_in_another_currency_is_refused(house: House) -> None:
    text = RULE_SETS["policy"].replace("CNY", "EUR")
    enforce(house, house_policy({"policy": text}), at())
    with pytest.raises(RequestError) as refused:
        ask(house, asked())
    assert "R405" == refused.value.code


def test_facts_that_cannot_be_measured_are_referred_and_never_lost(house: House) -> None:
    spoil(house)
    given = ask(house, asked(explains=True))
    found = stored(house, given)
    assert ("refer", ["engine_fault"], {}) == (found.outcome, codes(given), given.explanation)
    assert "[F104]" in json.loads(found.result)["fault"]


def test_a_review_that_cannot_be_measured_leaves_the_standing(house: House) -> None:
    enforce(house, policy_with("grading", 'net_worth: "< 100000"', 'net_worth: "< 100000", sales_12m: ">= 0"'), at())
    spoil(house)
    before = answered(house, asked(order=None))
    assert ("refer", None) == (before.given.decision.chain.outcome, before.standing and before.standing.in_force)


def test_the_explanation_is_given_if_it_is_asked_for(house: House) -> None:
    assert ask(house, asked()).explanation is None
    explained = ask(house, asked(explains=True)).explanation
    assert explained
    assert ["order_check"] == list(explained)


def test_group_facts_are_measured_over_the_members_and_their_limits(bare: House) -> None:
    furnish(bare, OF_GROUPS, {**GROUPED, **GROUP_STANDINGS})
    answered(bare, asked("C2", "250", "O9"))
    facts = ask(bare, asked("C1", "100")).decision.result["facts"]
    assert ("1250.00", "6000.00") == (facts["group.exposure"]["value"], limit_of_group(facts))  # type: ignore[index]


def limit_of_group(facts: object) -> str:
    headroom = Decimal(facts["group.headroom"]["value"])  # type: ignore[index]
    return str(headroom + Decimal(facts["group.exposure"]["value"]))  # type: ignore[index]
