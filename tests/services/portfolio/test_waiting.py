"""What waits for a person is what that person may settle: nothing that they have a hand in."""

import datetime as dt

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.portfolio.waiting import Waiting, waiting_for
from policy_service.storage.override_store import OverrideStore, StoredOverride
from policy_service.storage.policy_approval_store import PolicyApprovalStore
from policy_service.storage.standing_store import StandingStore, StoredStanding
from tests.services.decisions.live import TODAY, act, ask, asked, at, person
from tests.services.house import house_policy


def waits(house: House, login: str, *roles: Role) -> Waiting:
    """Return what waits for a person of these roles."""
    with house.database.reading() as session:
        return waiting_for(house, session, person(login, *roles), at(TODAY))


def ids(found: Waiting) -> tuple[tuple[str, ...], ...]:
    """Return what waits, by kind."""
    return tuple(one.behind.ids for one in (found.drafts, found.approvals, found.overrides, found.standings))


@pytest.fixture
def submitted(house: House) -> House:
    """Give a house in which ann has written version 2 and mia has handed it in, and ann writes version 3."""
    with house.database.writing() as session:
        store = PolicyApprovalStore(session)
        version = store.add_draft("house", Act("ann", 2), house_policy(), {})
        store.submit(version, 2, Act("mia", 3))
        store.add_draft("house", Act("ann", 4), None, {"policy": "policy: house"})
    return house


def test_a_draft_waits_for_whoever_has_a_hand_in_it(submitted: House) -> None:
    assert ("house/3",) == waits(submitted, "ann", Role.ANALYST).drafts.behind.ids
    assert () == waits(submitted, "ben", Role.ANALYST).drafts.behind.ids
    assert () == waits(submitted, "ann", Role.VIEWER).drafts.behind.ids


def test_a_version_waits_for_approvers_without_a_hand_in_it(submitted: House) -> None:
    assert ("house/2",) == waits(submitted, "bob", Role.APPROVER).approvals.behind.ids
    for login in ("ann", "mia"):
        assert 0 == waits(submitted, login, Role.APPROVER).approvals.number
    assert 0 == waits(submitted, "bob", Role.CREDIT_MANAGER).approvals.number


def test_a_version_waits_no_more_for_who_has_approved_it(submitted: House) -> None:
    with submitted.database.writing() as session:
        store = PolicyApprovalStore(session)
        submission = store.last_submission("house", 2)
        assert submission is not None
        store.approve(submission, submission.sha256, Act("bob", 5))
    assert (0, 1) == tuple(waits(submitted, login, Role.APPROVER).approvals.number for login in ("bob", "eve"))


def keep_override(house: House, override_id: str, giver: str, expires_on: dt.date) -> None:
    """Store an override that waits for a second person."""
    said = {"grade": "A"}
    word = StoredOverride(
        override_id, "C1", "", DecisionType.REVIEW, said, "Guarantee", "proposed", giver, at(TODAY), expires_on
    )
    with house.database.writing() as session:
        OverrideStore(session).add(word)


def test_an_override_waits_for_those_who_confirm_and_did_not_give_it(house: House) -> None:
    keep_override(house, "ov-1", "mia", TODAY)
    keep_override(house, "ov-2", "mia", TODAY - dt.timedelta(days=1))
    assert ("ov-1",) == waits(house, "fay", Role.FINANCE_HEAD).overrides.behind.ids
    assert 0 == waits(house, "mia", Role.CREDIT_MANAGER).overrides.number
    assert 0 == waits(house, "ann", Role.ANALYST).overrides.number


def test_a_standing_waits_for_authority_over_it_and_not_for_who_ran_the_review(house: House) -> None:
    decision = ask(house, asked("C1", None), act())
    with house.database.writing() as session:
        standing = StoredStanding(
            "st-1", "C1", "proposed", "review", {"grade": "A"}, TODAY, None, None, decision.decision_id,
            "house", 1, "credit_manager", at(TODAY), "mia",
        )  # fmt: skip
        StandingStore(session).add(standing)
    assert ("st-1",) == waits(house, "moe", Role.CREDIT_MANAGER).standings.behind.ids
    assert ("st-1",) == waits(house, "fay", Role.FINANCE_HEAD).standings.behind.ids
    assert 0 == waits(house, "mia", Role.CREDIT_MANAGER).standings.number
    assert 0 == waits(house, "ann", Role.ANALYST).standings.number


def test_nothing_waits_where_nothing_is_in_work(house: House) -> None:
    assert ((), (), (), ()) == ids(waits(house, "fay", Role.FINANCE_HEAD, Role.APPROVER))
