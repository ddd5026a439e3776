"""A dry run shows what would be decided if things were otherwise; nothing comes of it."""

import datetime as dt

import pytest
from sqlalchemy import func, select, update

from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.language.policy import Policy
from policy_service.services.decisions.deciding import Asked, Given
from policy_service.services.decisions.trying import Trial, try_out
from policy_service.services.house import House
from policy_service.storage.errors import NotStored
from policy_service.storage.models.orders import AskedOrder
from policy_service.storage.models.standings import OverrideRow, StandingRow
from policy_service.storage.policy_store import PolicyStore
from tests.services.decisions.live import (
    TODAY,
    act,
    answered,
    asked,
    at,
    codes,
    keep_override,
    person,
    post,
    replayed,
    stored,
    tried,
)
from tests.services.house import INVOICES, LEDGER, policy_with

TOMORROW = dt.date(2025, 1, 21)
LENIENT = policy_with("order_check", '"> credit_limit"', '"> credit_limit * 10"')


def fact(given: Given, name: str) -> object:
    return given.decision.result["facts"][name]["value"]  # type: ignore[index]


def test_a_substituted_fact_stands_in_the_place_of_the_measured_one(house: House) -> None:
    given = tried(house, asked(), substituted={"exposure": "4900.01"})
    assert (["OVER_LIMIT"], "4900.01") == (codes(given), fact(given, "exposure"))
    assert {"exposure": "4900.01"} == given.decision.result["substituted"]


def test_nothing_comes_of_a_dry_run_but_its_record(house: House) -> None:
    given = tried(house, asked())
    with house.database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(rows)) for rows in (AskedOrder, StandingRow)]
    assert ([0, 0], "dry_run") == (counts, stored(house, given).purpose)


def test_what_follows_from_a_substituted_limit_follows(house: House) -> None:
    text = "exposure + order_amount - headroom - exposure + credit_limit"
    number = draft(house, policy_with("order_check", "exposure + order_amount", text))
    given = tried(house, asked(), substituted={"credit_limit": "1050.00"}, version=number)
    assert (["OVER_LIMIT"], "50.00") == (codes(given), fact(given, "headroom"))
    again = tried(house, asked(), substituted={"credit_limit": "1050.00", "exposure": "950"}, version=number)
    assert ([], "100.00") == (codes(again), fact(again, "headroom"))


@pytest.mark.parametrize(
    ("name", "text", "code"), [("rain", "1", "R423"), ("as_of", "2025-01-01", "R423"), ("exposure", "a lot", "R402")]
)
def test_only_facts_that_the_policy_reads_can_be_substituted(house: House, name: str, text: str, code: str) -> None:
    with pytest.raises(RequestError) as refused:
        tried(house, asked(), substituted={name: text})
    assert code == refused.value.code


def draft(house: House, policy: Policy) -> int:
    with house.database.writing() as session:
        return PolicyStore(session).add_draft("house", act(), policy).number


def test_another_version_even_a_draft_may_decide(house: House) -> None:
    answered(house, asked(order=None))
    assert ["OVER_LIMIT"] == codes(tried(house, asked(order="4100")))
    given = tried(house, asked(order="4100"), version=draft(house, LENIENT))
    assert ([], 2) == (codes(given), stored(house, given).policy_version)


def test_a_version_that_there_is_not_is_refused(house: House) -> None:
    with pytest.raises(NotStored):
        tried(house, asked(), version=9)


def test_a_past_day_is_decided_on_what_was_known_at_its_start(house: House) -> None:
    post(house, {**LEDGER, "invoices": INVOICES + "I9,C2,2025-01-18,2025-02-20,700.00\n"}, at=2)
    days = {day: fact(tried(house, asked("C2"), as_of=dt.date(2025, 1, day)), "exposure") for day in (18, 19)}
    assert {18: "0.00", 19: "700.00"} == days


def test_before_an_instant_nothing_is_known_that_was_stored_later(house: House) -> None:
    late = {**LEDGER, "invoices": INVOICES + "I9,C2,2025-01-18,2025-02-20,700.00\n"}
    post(house, late, at=at(hour=8))
    instants = (at(hour=8), at(hour=8) + 1)
    known = [fact(tried(house, asked("C2"), known_before=instant), "exposure") for instant in instants]
    assert ["0.00", "700.00"] == known


def test_before_an_instant_there_was_no_customer_who_was_stored_later(house: House) -> None:
    with pytest.raises(RequestError) as refused:
        tried(house, asked(), known_before=0)
    assert "R404" == refused.value.code
    assert "had no customer 'C1' before" in refused.value.message


@pytest.mark.parametrize("kind", [DecisionType.REVIEW, DecisionType.ESCALATION])
def test_a_question_about_a_customer_leaves_no_order_out_of_the_exposure(house: House, kind: DecisionType) -> None:
    answered(house, asked(order="300"), day=TODAY)
    with pytest.raises(RequestError, match="which the order 'O1' has no part in") as refused:
        tried(house, Asked(kind, "C1", order_id="O1"))
    assert "R425" == refused.value.code


def test_a_policy_that_there_is_not_is_named(house: House) -> None:
    with pytest.raises(RequestError, match="There is no policy 'hause'") as refused:
        tried(house, asked(), policy_id="hause")
    assert "R421" == refused.value.code


def test_a_past_day_knows_the_standing_and_the_orders_of_then(house: House) -> None:
    answered(house, asked(order="300"), day=TODAY)
    yesterday, today = (tried(house, asked(order_id="O2"), TOMORROW, as_of=day) for day in (TODAY, TOMORROW))
    assert ("1000.00", "1300.00") == (fact(yesterday, "exposure"), fact(today, "exposure"))
    assert "5000.00" == fact(today, "credit_limit")


def test_a_past_day_knows_no_override_that_was_given_since(house: House) -> None:
    keep_override(house, {"outcome": "decline"})
    assert ["override"] == codes(tried(house, asked(), as_of=dt.date(2025, 1, 10)))
    with house.database.writing() as session:
        session.execute(update(OverrideRow).values(in_force_at=at()))
    assert [] == codes(tried(house, asked(), as_of=dt.date(2025, 1, 10)))


@pytest.mark.parametrize("trial", [{"as_of": TOMORROW}, {"known_before": at(hour=9) + 1}])
def test_what_is_to_come_is_not_known(house: House, trial: dict[str, object]) -> None:
    with pytest.raises(RequestError) as refused:
        tried(house, asked(), **trial)
    assert "R424" == refused.value.code


def test_today_is_now(house: House) -> None:
    given = tried(house, asked(), as_of=TODAY)
    assert "2025-01-20T01:00:00.000000Z" == given.decision.result["known_until"]


def test_an_order_of_a_customer_without_a_standing_is_tried_under_the_one_it_would_get(house: House) -> None:
    dry = tried(house, asked(order="4000.01"))
    live = answered(house, asked(order="4000.01")).given
    assert ["OVER_LIMIT"] == codes(dry) == codes(live)
    assert dry.decision.chain == live.decision.chain


def test_a_rise_beyond_the_authority_of_nobody_is_not_granted_in_a_dry_run_either(house: House) -> None:
    text = "{grade: A}, then: {credit_limit: 5000, approval_role: finance_head,"
    number = draft(house, policy_with("standing", "{grade: A}, then: {credit_limit: 5000,", text))
    assert fact(tried(house, asked(), version=number), "credit_limit") is None


def test_a_dry_review_says_what_a_review_would(house: House) -> None:
    given = tried(house, asked(order=None), substituted={"net_worth": "1.00"})
    assert ("B", ["SMALL_FIRM"]) == (given.decision.result["outputs"]["grade"], codes(given))  # type: ignore[index]


def test_who_may_not_try_may_not(house: House) -> None:
    with house.database.writing() as session, pytest.raises(AccessError):
        try_out(house, session, asked(), Trial(), person("shop", Role.SYSTEM), act())


def test_dry_runs_replay(house: House) -> None:
    number = draft(house, LENIENT)
    for trial in ({"substituted": {"exposure": "9"}}, {"version": number}, {"as_of": dt.date(2025, 1, 5)}):
        for question in (asked(), asked(order=None), Asked(DecisionType.ESCALATION, "C1")):
            assert replayed(house, tried(house, question, **trial)).is_identical


def test_a_draft_that_was_edited_since_shows_as_another_version(house: House) -> None:
    number = draft(house, LENIENT)
    given = tried(house, asked(), version=number)
    with house.database.writing() as session:
        store = PolicyStore(session)
        stricter = policy_with("order_check", '"> credit_limit"', '"> credit_limit * 0"')
        store.edit("house", number, store.version("house", number).revision, act(), stricter)
    again = replayed(house, given)
    assert (False, False, {"then": "approve", "now": "hold"}) == (
        again.is_same_version,
        again.is_identical,
        again.difference["outcome"],
    )
