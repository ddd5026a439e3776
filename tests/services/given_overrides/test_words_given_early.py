"""A word given early does no more later than it could do then: not for the giver's own order, nor beyond their role."""

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.code_book import CodeBook
from policy_service.services.decisions.answering import Answered, answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.decisions.replaying import replay
from policy_service.services.decisions.trying import Trial, try_out
from policy_service.services.given_overrides import confirm
from policy_service.services.house import House
from policy_service.services.orders.rechecking import recheck_held
from tests.api.house import store_person
from tests.services.decisions.live import act, asked
from tests.services.given_overrides.giving import (
    ADA,
    ANA,
    APPROVE,
    BOB,
    FAY,
    ORDER,
    SHOP,
    amended,
    ask,
    confirmed,
    ended,
    given,
    owes,
    person,
    refused,
    wanted,
)

RAISED = {"credit_limit": "9000"}


def state(house: House, by: Actor, amount: str = "6000", order_id: str = "O1") -> str:
    """Return what becomes of an order that somebody asks for."""
    order = ask(house, by, amount, order_id).order
    assert order
    return order.state


def aside(answered: Answered) -> list[tuple[object, object]]:
    """Return whose words were left aside, and what of them."""
    found = answered.given.decision.result.get("set_aside", [])
    return [(one["person"], one["outputs"]) for one in found]  # type: ignore[attr-defined]  # plain data


def reviewed(house: House) -> None:
    """Let C1 have a standing."""
    with house.database.writing() as session:
        answer(house, session, Asked(DecisionType.REVIEW, "C1"), FAY, act(person="fay"))


def grace(house: House, kind: DecisionType = DecisionType.ESCALATION) -> str:
    """Return the days of grace that a question upon C1 is decided under."""
    with house.database.writing() as session:
        given = answer(house, session, Asked(kind, "C1"), FAY, act(person="fay")).given
    return CodeBook(given.version.policy).text(
        given.standing.values["grace_days"], given.version.policy.outputs["grace_days"]
    )


def test_who_raised_the_limit_alone_gets_no_order_of_their_own_by_it(house: House) -> None:
    given(house, wanted(RAISED), ADA)
    assert state(house, ADA) == "held"
    assert aside(ask(house, ADA)) == [("ada", RAISED)]
    assert state(house, SHOP, order_id="O2") == "open"


def test_nor_does_a_check_let_it_go(house: House) -> None:
    given(house, wanted(RAISED), ADA)
    ask(house, ADA)
    assert recheck_held(house, None, "override", act()).still_held == ("O1",)


def test_a_second_person_makes_it_count(house: House) -> None:
    override = given(house, wanted(RAISED), ADA)
    ask(house, ADA)
    assert confirmed(house, override.override_id).second_person == "bob"
    assert recheck_held(house, None, "override", act()).released == ("O1",)
    assert refused(confirmed, house, override.override_id) == "R441"


@pytest.mark.parametrize("new_id", ["", "O9"])
def test_an_order_amended_by_who_raised_the_limit_is_held(house: House, new_id: str) -> None:
    assert state(house, SHOP, "100") == "open"
    given(house, wanted(RAISED), ADA)
    assert amended(house, "6000", ADA, new_id) == "held"


def test_who_asks_again_wants_the_order_too(house: House) -> None:
    assert state(house, SHOP) == "held"
    given(house, wanted(RAISED), BOB)
    assert state(house, BOB) == "held"
    assert recheck_held(house, None, "override", act()).still_held == ("O1",)


@pytest.mark.parametrize("author", [ADA, FAY], ids=["giver", "second person"])
def test_what_two_said_of_an_order_before_it_was_asked_lets_no_order_of_either_go(house: House, author: Actor) -> None:
    confirmed(house, given(house, wanted(APPROVE, ORDER, order_id="O1"), ADA).override_id, FAY)
    assert state(house, author) == "held"


def test_what_two_said_of_an_order_lets_it_go_for_anybody_else(house: House) -> None:
    confirmed(house, given(house, wanted(APPROVE, ORDER), ADA).override_id, FAY)
    assert [state(house, ADA, order_id="O1"), state(house, SHOP, order_id="O2")] == ["held", "open"]


def test_a_word_left_aside_counts_where_it_is_the_stricter_one(house: House) -> None:
    confirmed(house, given(house, wanted({"outcome": "prepay"}, ORDER), ADA).override_id, FAY)
    given(house, wanted({"credit_limit": "2000"}), ADA)
    found = ask(house, ADA, "500").given.decision
    assert (found.chain.outcome, found.result["standing"]["credit_limit"]) == ("prepay", "2000.00")  # type: ignore[index]
    assert state(house, ADA, "1500", "O2") == "held"


def test_a_dry_run_says_what_would_become_of_an_order_of_ones_own(house: House) -> None:
    given(house, wanted(RAISED), ADA)
    with house.database.writing() as session:
        found = try_out(house, session, asked("C1", "6000", ""), Trial(), ADA, act(person="ada"))
    assert found.decision.chain.outcome == "hold"


def test_a_decision_that_left_a_word_aside_is_replayed_to_the_byte(house: House) -> None:
    confirmed(house, given(house, wanted({"outcome": "prepay"}, ORDER), ADA).override_id, FAY)
    override = given(house, wanted(RAISED), ADA)
    found = ask(house, ADA, "500").given.decision_id
    ended(house, override.override_id)
    with house.database.reading() as session:
        assert replay(house, session, found, act()).is_identical


def test_a_word_given_when_nothing_was_owed_counts_no_more_when_much_is(house: House) -> None:
    """An analyst may release into 200,000."""
    reviewed(house)
    given(house, wanted({"grace_days": "3650"}), ANA)
    assert grace(house) == "3650"
    owes(house, "200000")
    assert grace(house) == "3650"
    owes(house, "200000", "200001")
    assert grace(house) == "5"


def test_once_a_second_person_has_confirmed_it_it_counts_whatever_is_owed(house: House) -> None:
    reviewed(house)
    override = given(house, wanted({"grace_days": "3650"}), ANA)
    owes(house, "900000")
    assert grace(house) == "5"
    confirmed(house, override.override_id)
    assert grace(house) == "3650"


def test_the_order_counts_with_what_is_owed(house: House) -> None:
    given(house, wanted({"stop_credit": "false", "credit_limit": "100000"}), ANA)
    owes(house, "90000")
    assert [aside(ask(house, SHOP, amount, f"O-{amount}")) for amount in ("110000", "110000.01")] == [
        [],
        [("ana", {"stop_credit": "false", "credit_limit": "100000"})],
    ]


def test_a_giver_with_a_lower_role_by_now_answers_for_less(house: House) -> None:
    store_person(house, "cam", Role.ANALYST)
    reviewed(house)
    given(house, wanted({"grace_days": "3650"}), person("cam", Role.FINANCE_HEAD))
    owes(house, "200000")
    assert grace(house) == "3650"
    owes(house, "200000", "200001")
    assert grace(house) == "5"


def test_a_giver_who_left_answers_for_nothing(house: House) -> None:
    store_person(house, "cam", Role.SALES)
    reviewed(house)
    given(house, wanted({"grace_days": "3650"}), person("cam", Role.FINANCE_HEAD))
    assert grace(house) == "5"


def test_what_keeps_orders_back_counts_whatever_is_owed(house: House) -> None:
    given(house, wanted({"stop_credit": "true", "grace_days": "3650"}), ANA)
    owes(house, "900000")
    found = ask(house, SHOP, "1").given
    assert (found.standing.values["stop_credit"], aside(ask(house, SHOP, "1"))) == (
        1,
        [("ana", {"grace_days": "3650"})],
    )


def test_what_was_known_before_a_confirmation_is_told_as_it_was(house: House) -> None:
    override = given(house, wanted(RAISED), ADA)
    before = act().at + 5
    with house.database.writing() as session:
        confirm(house, session, override.override_id, BOB, Act("bob", before + 5))
    trial = Trial(known_before=before)
    with house.database.writing() as session:
        late = Act("ada", before + 10)
        found = try_out(house, session, asked("C1", "6000", ""), trial, ADA, late)
        now = try_out(house, session, asked("C1", "6000", ""), Trial(), ADA, late)
    assert (found.decision.chain.outcome, now.decision.chain.outcome) == ("hold", "approve")
