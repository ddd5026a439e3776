"""Records of hands, submissions and approvals that somebody wrote into the database let no text go live."""

from sqlalchemy import delete, update

from policy_service.services.house import House
from policy_service.storage.models.policies import (
    PolicyApproval,
    PolicySubmission,
    PolicyVersionStep,
)
from policy_service.storage.policy_store import PolicyStore
from tests.services.policy_life.living import (
    ANA,
    EVA,
    ID,
    UWE,
    approved,
    code_of,
    drafted,
    files,
    handed_in,
    now_of,
    ready,
    save,
    scheduled,
)
from tests.services.policy_life.test_approving import LIZ, exchange
from tests.services.policy_life.test_submitting import settle


def test_whoever_had_a_hand_in_a_text_does_not_approve_it_though_the_version_no_longer_says_so(house: House) -> None:
    draft = drafted(house)
    save(house, LIZ, draft.number, draft.revision, files(3000))
    version = handed_in(house, save(house, ANA, draft.number, draft.revision + 1, files(3001)))
    exchange(house, version.number, hands="[]")
    assert "R465" == code_of(approved, house, version, LIZ)


def test_a_text_exchanged_with_its_hash_and_its_steps_is_not_approved(house: House) -> None:
    version, other = handed_in(house, drafted(house)), drafted(house, 666_666)
    with house.database.writing() as session:
        text = PolicyStore(session).text(ID, other.number)
        steps = PolicyVersionStep
        session.execute(update(steps).where(steps.number == version.number).values(sha256=other.sha256))
    exchange(house, version.number, canonical_text=text, sha256=other.sha256)
    assert "S214" == code_of(approved, house, now_of(house, version.number))


def test_a_version_that_nobody_handed_in_is_not_approved(house: House) -> None:
    draft = drafted(house)
    exchange(house, draft.number, state="submitted")
    assert "S214" == code_of(approved, house, draft)


def test_a_submission_that_was_given_back_is_not_approved(house: House) -> None:
    version = handed_in(house, drafted(house))
    with house.database.writing() as session:
        rows = PolicySubmission
        session.execute(update(rows).where(rows.number == version.number).values(state="void"))
    assert "S214" == code_of(approved, house, version)


def test_an_approval_of_another_text_lets_nothing_begin(house: House) -> None:
    version = ready(house)
    with house.database.writing() as session:
        session.execute(update(PolicyApproval).values(sha256="ab" * 32))
    assert "S214" == code_of(scheduled, house, now_of(house, version.number))


def test_an_approval_by_whoever_has_a_hand_in_the_text_lets_nothing_begin(house: House) -> None:
    version = ready(house)
    with house.database.writing() as session:
        session.execute(update(PolicyApproval).values(person="ana"))
    assert "S214" == code_of(scheduled, house, now_of(house, version.number))


def test_with_one_of_two_approvals_nothing_begins(house: House) -> None:
    settle(house, "approvers_needed", "2")
    version = handed_in(house, drafted(house))
    for by in (EVA, UWE):
        approved(house, version, by)
    with house.database.writing() as session:
        session.execute(delete(PolicyApproval).where(PolicyApproval.person == "uwe"))
    assert "S214" == code_of(scheduled, house, now_of(house, version.number))


def test_a_text_that_was_handed_in_otherwise_does_not_begin(house: House) -> None:
    version = ready(house)
    with house.database.writing() as session:
        rows = PolicySubmission
        session.execute(update(rows).where(rows.number == version.number).values(sha256="ab" * 32))
    assert "S214" == code_of(scheduled, house, now_of(house, version.number))
