"""A proposed standing counts when somebody with authority over it says so who did not run the review."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.storage.standing_store import StandingStore, StoredStanding
from tests.services.decisions.live import TODAY
from tests.services.standings_in_force.reviews import (
    BY_MANAGER,
    LARGE,
    SMALL,
    actor,
    approved,
    begin,
    done,
    now,
    proposal,
    referred_review,
    rejected,
    release,
    review,
)

SETTLING = [approved, rejected]
LATER = TODAY + dt.timedelta(days=7)


def proposed(house: House, by: str = "ada", role: str = "credit_manager") -> StoredStanding:
    """Return the standing that a review proposes beside a small one in force."""
    review(house, SMALL)
    found = review(house, LARGE | {"approval_role": role}, by=by).proposed
    assert found is not None
    return found


def refused(settle: Callable[..., Any], *given: Any) -> str:
    """Return the code of the refusal."""
    with pytest.raises(PolicyServiceError) as error:
        settle(*given)
    return error.value.code


def test_an_approved_standing_counts_from_then_on(house: House) -> None:
    waiting = proposed(house)
    settled = approved(house, waiting.standing_id, on=LATER)

    assert now(house, on=LATER) == LARGE | BY_MANAGER
    assert (settled.state, settled.decided_by, settled.note) == ("in_force", "bob", "Balance sheet seen")
    assert (settled.valid_from, settled.reviewed_on) == (LATER, TODAY)
    assert settled.review_on == TODAY + dt.timedelta(days=180)
    assert proposal(house) is None
    assert done(house, "standing", waiting.standing_id) == ["standing_proposed", "standing_in_force"]


def test_a_rejected_standing_never_counts_and_what_is_in_force_stays(house: House) -> None:
    waiting = proposed(house)
    before = now(house)
    settled = rejected(house, waiting.standing_id)

    assert (settled.state, settled.decided_by, settled.note) == ("rejected", "bob", "Too much for now")
    assert now(house) == before
    assert proposal(house) is None
    assert done(house, "standing", waiting.standing_id) == ["standing_proposed", "standing_rejected"]


@pytest.mark.parametrize("settle", SETTLING)
def test_whoever_ran_the_review_cannot_settle_it(house: House, settle: Callable[..., Any]) -> None:
    waiting = proposed(house, by="bob")
    assert refused(settle, house, waiting.standing_id, actor("bob", Role.FINANCE_HEAD)) == "R443"
    assert proposal(house) == waiting


@pytest.mark.parametrize("settle", SETTLING)
def test_who_has_no_authority_over_it_cannot_settle_it(house: House, settle: Callable[..., Any]) -> None:
    waiting = proposed(house)
    assert refused(settle, house, waiting.standing_id, actor("eve", Role.ANALYST)) == "R442"
    assert refused(settle, house, waiting.standing_id, actor("eve", Role.SYSTEM)) == "A403"
    assert proposal(house) == waiting


def test_a_role_above_may_approve(house: House) -> None:
    approved(house, proposed(house).standing_id, actor("eve", Role.FINANCE_HEAD))
    assert now(house)["credit_limit"] == "500000.00"


def test_a_role_without_rank_has_to_be_held_itself(house: House) -> None:
    waiting = proposed(house, role="approver")
    assert refused(approved, house, waiting.standing_id, actor("eve", Role.FINANCE_HEAD)) == "R442"
    approved(house, waiting.standing_id, actor("eve", Role.APPROVER, Role.ANALYST))
    assert now(house)["credit_limit"] == "500000.00"


@pytest.mark.parametrize("settle", SETTLING)
@pytest.mark.parametrize("first", SETTLING)
def test_what_is_settled_is_not_settled_again(
    house: House, first: Callable[..., Any], settle: Callable[..., Any]
) -> None:
    waiting = proposed(house)
    first(house, waiting.standing_id)
    assert refused(settle, house, waiting.standing_id) == "R441"


@pytest.mark.parametrize("later", [SMALL, LARGE | BY_MANAGER])
def test_a_proposal_that_a_later_review_has_overtaken_cannot_be_approved(house: House, later: dict[str, str]) -> None:
    waiting = proposed(house)
    review(house, later)
    assert refused(approved, house, waiting.standing_id) == "R441"
    assert now(house)["credit_limit"] == "800.00"


def test_a_referred_review_and_a_ladder_leave_a_proposal_to_be_approved(house: House) -> None:
    waiting = proposed(house)
    referred_review(house)
    begin(house, "L2", {"stop_credit": "true"})
    approved(house, waiting.standing_id)
    assert now(house) == LARGE | BY_MANAGER | {"stop_credit": "true"}
    release(house, "L2")
    assert now(house) == LARGE | BY_MANAGER


def test_a_standing_that_is_none_cannot_be_approved(house: House) -> None:
    assert refused(approved, house, "none") == "S209"


def test_a_limit_that_ended_while_it_waited_is_none_set_when_it_is_approved(house: House) -> None:
    review(house, SMALL)
    waiting = review(house, LARGE | BY_MANAGER | {"limit_valid_days": "5"}).proposed
    assert waiting is not None
    approved(house, waiting.standing_id, on=LATER)
    assert "credit_limit" not in now(house, on=LATER)


def test_nothing_of_a_refused_approval_is_stored(house: House) -> None:
    waiting = proposed(house)
    refused(approved, house, waiting.standing_id, actor("ada", Role.FINANCE_HEAD))
    with house.database.reading() as session:
        assert StandingStore(session).load(waiting.standing_id) == waiting


def test_an_unknown_person_is_not_taken_for_the_one_who_ran_the_review(house: House) -> None:
    nobody = Actor("", "u-none", frozenset({Role.ANALYST}), frozenset())
    assert refused(approved, house, proposed(house).standing_id, nobody) == "A403"
