"""A review's cuts count at once; its rises count if whoever ran it may grant them, else they wait for who may."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from msgspec import structs

from policy_service.domain.permissions import Role
from policy_service.services.decisions.deciding import Asked, decide
from policy_service.services.house import House
from policy_service.services.standings_in_force.applying import apply_review
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.review_task_store import ReviewTaskStore
from policy_service.storage.standing_store import StandingStore
from tests.services.decisions.live import TODAY, act, post
from tests.services.standings_in_force.reviews import (
    BY_MANAGER,
    LARGE,
    REVIEW,
    SMALL,
    begin,
    done,
    now,
    proposal,
    referred_review,
    release,
    review,
)

RECORDED = (
    "customer_id,from,grade,credit_limit,payment_term_days\nC1,2024-06-01,B,2000.00,20\nC1,2025-02-01,B,3000.00,20\n"
)


def test_a_first_review_within_authority_counts(house: House) -> None:
    became = review(house, SMALL)

    assert now(house) == SMALL
    assert became.proposed is None
    assert became.in_force is not None
    assert (became.in_force.reviewed_on, became.in_force.review_on) == (TODAY, TODAY + dt.timedelta(days=90))
    assert became.changed == ("grade", "credit_limit", "payment_term_days", "next_review_days")
    assert done(house, "standing", became.in_force.standing_id) == ["standing_in_force"]


@pytest.mark.parametrize(
    ("authority", "waits"),
    [(None, True), (Role.ANALYST, True), (Role.CREDIT_MANAGER, False), (Role.FINANCE_HEAD, False)],
)
def test_a_rise_counts_if_whoever_ran_the_review_may_grant_it(
    house: House, authority: Role | None, waits: bool
) -> None:
    review(house, SMALL)
    became = review(house, LARGE | BY_MANAGER, authority=authority)

    assert (became.proposed is not None) == waits
    assert now(house)["credit_limit"] == ("800.00" if waits else "500000.00")


def test_of_a_role_without_rank_nobody_in_the_ranks_has_the_authority(house: House) -> None:
    became = review(house, LARGE | {"approval_role": "board"}, authority=Role.FINANCE_HEAD)
    assert became.proposed is not None
    assert became.proposed.approval_role == "board"


def test_without_an_approval_role_nothing_waits(house: House) -> None:
    review(house, SMALL)
    assert review(house, LARGE, authority=None).proposed is None
    assert now(house) == LARGE


def test_a_cut_counts_at_once_whoever_ran_the_review(house: House) -> None:
    review(house, LARGE)
    became = review(house, SMALL | BY_MANAGER, authority=None)
    assert became.proposed is None
    assert now(house) == SMALL | BY_MANAGER


def test_of_a_mixed_review_the_cuts_count_and_the_whole_waits(house: House) -> None:
    review(house, SMALL)
    mixed = {"grade": "A", "credit_limit": "500000.00", "payment_term_days": "10", "prepay_percent": "20"} | BY_MANAGER
    became = review(house, mixed)

    assert now(house) == SMALL | {"payment_term_days": "10", "prepay_percent": "20"}
    assert became.changed == ("payment_term_days", "prepay_percent")
    assert became.proposed is not None
    assert became.proposed.outputs == mixed | {"stop_credit": "false"}
    assert became.in_force is not None
    assert became.in_force.origin == "cuts"
    assert done(house, "standing", became.proposed.standing_id) == ["standing_proposed"]


def test_a_first_rise_that_waits_grants_nothing_meanwhile(house: House) -> None:
    review(house, LARGE | BY_MANAGER | {"stop_credit": "true", "prepay_percent": "30"})
    assert now(house) == {"stop_credit": "true", "prepay_percent": "30"}


def test_a_proposal_pushes_the_next_review_back_all_the_same(house: House) -> None:
    became = review(house, LARGE | BY_MANAGER)
    assert became.in_force is not None
    assert became.in_force.review_on == TODAY + dt.timedelta(days=180)


@pytest.mark.parametrize("days", ["0", "1"])
def test_the_next_review_is_tomorrow_at_the_earliest(house: House, days: str) -> None:
    became = review(house, SMALL | {"next_review_days": days})
    assert became.in_force is not None
    assert became.in_force.review_on == TODAY + dt.timedelta(days=1)


@pytest.mark.parametrize("days", [{}, {"next_review_days": "99999999"}])
def test_without_days_to_the_next_review_there_is_none(house: House, days: dict[str, str]) -> None:
    became = review(house, {"grade": "B", "credit_limit": "800.00"} | days)
    assert became.in_force is not None
    assert became.in_force.review_on is None


def test_a_new_proposal_takes_the_place_of_an_older_one(house: House) -> None:
    first = review(house, LARGE | BY_MANAGER).proposed
    second = review(house, LARGE | BY_MANAGER | {"credit_limit": "600000.00"}).proposed
    assert first is not None
    with house.database.reading() as session:
        assert StandingStore(session).load(first.standing_id).state == "ended"
    assert proposal(house) == second


def test_a_later_review_that_counts_at_once_takes_the_place_of_a_proposal(house: House) -> None:
    review(house, LARGE | BY_MANAGER)
    review(house, SMALL)
    assert proposal(house) is None


def test_a_referred_review_leaves_everything_and_opens_a_task(house: House) -> None:
    review(house, SMALL)
    waiting = review(house, LARGE | BY_MANAGER).proposed
    before = now(house)
    became = referred_review(house)

    assert now(house) == before
    assert proposal(house) == became.proposed == waiting
    assert done(house, "customer", "C1") == ["review_referred"]
    with house.database.reading() as session:
        task = ReviewTaskStore(session).open_of("C1")
    assert task is not None
    assert (task.reasons, task.opened_on) == (("missing_fact",), TODAY)
    with house.database.reading() as session:
        (event,) = AuditStore(session).about("customer", "C1")
    assert json.loads(event.detail) == {"decision_id": task.decision_id, "reasons": ["missing_fact"]}


def test_a_review_that_says_a_standing_closes_the_task(house: House) -> None:
    referred_review(house)
    review(house, SMALL)
    with house.database.reading() as session:
        assert ReviewTaskStore(session).open_of("C1") is None


def test_recorded_standings_count_from_their_day_until_the_first_review_here(house: House) -> None:
    post(house, {"standings": RECORDED}, at=2)
    assert [now(house, on=day).get("credit_limit") for day in (dt.date(2024, 5, 31), TODAY, dt.date(2025, 2, 1))] == [
        None,
        "2000.00",
        "3000.00",
    ]
    review(house, SMALL)
    assert now(house, on=dt.date(2025, 2, 1)) == SMALL


def test_a_first_review_is_compared_with_what_was_recorded(house: House) -> None:
    post(house, {"standings": RECORDED}, at=2)
    became = review(house, {"grade": "B", "credit_limit": "1500.00", "payment_term_days": "30"} | BY_MANAGER)
    assert became.changed == ("credit_limit",)
    asks_nothing = {"prepay_percent": "0", "grace_days": "0", "collateral_amount": "0.00"}
    asks_nothing |= {"watch_list": "false", "collateral_required": "false"}
    assert now(house) == {"grade": "B", "credit_limit": "1500.00", "payment_term_days": "20"} | asks_nothing


def test_a_limit_ends_when_its_days_are_over(house: House) -> None:
    review(house, SMALL | {"limit_valid_days": "10"})
    assert now(house, on=TODAY + dt.timedelta(days=9))["credit_limit"] == "800.00"
    assert "credit_limit" not in now(house, on=TODAY + dt.timedelta(days=10))


def test_a_limit_that_is_kept_while_a_rise_waits_ends_when_it_would_have_ended(house: House) -> None:
    review(house, SMALL | {"limit_valid_days": "10"})
    review(house, LARGE | BY_MANAGER | {"limit_valid_days": "99"}, on=TODAY + dt.timedelta(days=5))
    assert now(house, on=TODAY + dt.timedelta(days=9))["credit_limit"] == "800.00"
    assert "credit_limit" not in now(house, on=TODAY + dt.timedelta(days=10))


def test_a_limit_whose_days_are_over_is_a_rise_when_it_comes_again(house: House) -> None:
    review(house, SMALL | {"limit_valid_days": "10"})
    assert review(house, SMALL | BY_MANAGER, on=TODAY + dt.timedelta(days=10)).proposed is not None


def test_a_review_does_not_keep_what_a_ladder_laid_over_the_standing(house: House) -> None:
    review(house, SMALL)
    begin(house, "L2", {"stop_credit": "true", "payment_term_days": "0"})
    review(house, SMALL)
    assert now(house) == SMALL | {"stop_credit": "true", "payment_term_days": "0"}
    release(house, "L2")
    assert now(house) == SMALL


def test_a_policy_that_reviews_nothing_opens_no_task(house: House) -> None:
    with house.database.writing() as session:
        given = decide(house, session, Asked(REVIEW, "C1"), act())
        chain = replace(given.decision.chain, rule_sets=(), outputs={})
        nothing = structs.replace(given, decision=structs.replace(given.decision, chain=chain))
        became = apply_review(house, session, nothing, Role.ANALYST, act())
        assert (became.in_force, ReviewTaskStore(session).open_of("C1")) == (None, None)
