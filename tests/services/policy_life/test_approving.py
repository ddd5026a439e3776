"""A text is approved by persons with no hand in it, as many as were asked for, and bound to its hash."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, update

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.policy_life import approving
from policy_service.services.policy_life.reading import version_now
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.models.policies import PolicyApproval, PolicyVersionRow
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from tests.services.policy_life.living import (
    ANA,
    EMY,
    EVA,
    ID,
    LATER,
    MAX,
    NOW,
    UWE,
    Person,
    approved,
    code_of,
    do,
    drafted,
    files,
    from_version,
    handed_in,
    now_of,
    person,
    ready,
    save,
    scheduled,
    steps_of,
)
from tests.services.policy_life.test_submitting import settle
from tests.storage.books import run

#: Somebody who may do everything with policies.
LIZ = person("liz", Role.CREDIT_MANAGER, Role.APPROVER, Role.EMERGENCY)


def bypassed(
    house: House, version: PolicyVersion, by: Person = EMY, why: str = "the shop stands still"
) -> PolicyVersion:
    return do(house, by, approving.bypass, ID, version.number, version.sha256, why)


def test_one_approval_suffices_where_one_is_asked_for(house: House) -> None:
    version = approved(house, handed_in(house, drafted(house)))
    assert "approved" == version.state
    assert [("draft", "ana"), ("submitted", "max"), ("approved", "eva")] == steps_of(house, version.number)


def test_several_approvers_are_several_persons(house: House) -> None:
    settle(house, "approvers_needed", "2")
    version = handed_in(house, drafted(house))
    assert "submitted" == approved(house, version, EVA).state
    for again in (EVA, EVA.with_key("key-2"), EVA.with_key("key-3", Role.FINANCE_HEAD)):
        assert "R463" == code_of(approved, house, version, again)
    assert "approved" == approved(house, version, UWE).state
    assert [("approval", "eva"), ("approved", "uwe")] == steps_of(house, version.number)[2:]


def test_of_one_person_with_many_keys_at_once_one_approval_counts(house: House) -> None:
    settle(house, "approvers_needed", "2")
    version, start, fates = handed_in(house, drafted(house)), Barrier(4), []

    def attempt(key: str) -> None:
        start.wait()
        try:
            fates.append(approved(house, version, EVA.with_key(key)).state)
        except PolicyServiceError as refused:
            fates.append(refused.code)

    run([Thread(target=attempt, args=(f"key-{number}",)) for number in range(4)])
    assert ["R463"] * 3 + ["submitted"] == sorted(fates)


@pytest.mark.parametrize(
    "by", [LIZ, LIZ.with_key("key-9"), person("liz", Role.APPROVER), person("liz", Role.EMERGENCY)]
)
@pytest.mark.parametrize("touch", ["drafts", "edits", "submits"])
def test_whoever_has_a_hand_in_the_text_cannot_approve_it_by_any_route(house: House, touch: str, by: Person) -> None:
    draft = drafted(house, by=LIZ if touch == "drafts" else ANA)
    if touch == "edits":
        save(house, LIZ, draft.number, draft.revision, files(3000))
        draft = save(house, ANA, draft.number, draft.revision + 1, files(3001))
    version = handed_in(house, draft, LIZ if touch == "submits" else MAX)
    attempt = bypassed if Role.EMERGENCY in by.roles and Role.APPROVER not in by.roles else approved
    assert "R465" == code_of(attempt, house, version, by)
    assert "submitted" == now_of(house, version.number).state


def test_whoever_wrote_what_a_draft_was_made_from_cannot_approve_it(house: House) -> None:
    first = drafted(house, by=LIZ)
    second = from_version(house, ANA, first.number)
    third = from_version(house, ANA, second.number)
    changed = save(house, ANA, third.number, 1, files(4321))
    assert "R465" == code_of(approved, house, handed_in(house, changed), LIZ)


def test_whoever_wrote_the_same_text_in_another_draft_cannot_approve_it(house: House) -> None:
    copied = handed_in(house, drafted(house, 7000))
    drafted(house, 7000, LIZ)
    assert "R465" == code_of(approved, house, copied, LIZ)


def test_whoever_wrote_an_approved_version_may_approve_the_next_one(house: House) -> None:
    first = approved(house, handed_in(house, drafted(house, by=LIZ)))
    draft = from_version(house, ANA, first.number)
    changed = save(house, ANA, draft.number, 1, files(4000))
    assert "approved" == approved(house, handed_in(house, changed), LIZ).state


def test_an_approval_names_the_text(house: House) -> None:
    version = handed_in(house, drafted(house))
    other = drafted(house, 9999)
    assert "R464" == code_of(do, house, EVA, approving.approve, ID, version.number, other.sha256, "")
    assert "R464" == code_of(do, house, EVA, approving.approve, ID, version.number, "", "")


def test_an_edit_after_submission_makes_it_and_its_approvals_void(house: House) -> None:
    settle(house, "approvers_needed", "2")
    version = handed_in(house, drafted(house))
    approved(house, version, EVA)
    edited = save(house, ANA, version.number, version.revision, files(2000))
    assert ("draft", version.sha256) == (edited.state, edited.sha256)
    with house.database.reading() as session:
        now = version_now(session, ID, version.number, NOW)
    assert (None, ()) == (now.submission, now.approvals)
    assert "R463" == code_of(approved, house, edited, UWE)
    again = handed_in(house, edited)
    assert "submitted" == approved(house, again, UWE).state
    assert "approved" == approved(house, again, EVA).state


@pytest.mark.parametrize("verb", [approving.ask_for_changes, approving.reject])
def test_a_version_given_back_is_a_draft_whose_approvals_are_void(house: House, verb: object) -> None:
    settle(house, "approvers_needed", "2")
    version = handed_in(house, drafted(house))
    approved(house, version, EVA)
    assert "R468" == code_of(do, house, UWE, verb, ID, version.number, " ")
    assert "A403" == code_of(do, house, MAX, verb, ID, version.number, "no")
    back = do(house, UWE, verb, ID, version.number, "the limit is too high")  # type: ignore[arg-type]
    assert "draft" == back.state
    again = handed_in(house, back)
    assert "submitted" == approved(house, again, UWE).state
    assert "approved" == approved(house, again, EVA).state


def test_whoever_gives_a_version_back_gets_no_hand_in_it(house: House) -> None:
    version = handed_in(house, drafted(house))
    back = do(house, EVA, approving.reject, ID, version.number, "no")
    assert "approved" == approved(house, handed_in(house, back), EVA).state


def test_of_an_edit_and_an_approval_at_once_one_comes_first_and_no_approved_text_changes(house: House) -> None:
    for round_of in range(5):
        version, start = handed_in(house, drafted(house, 2000 + round_of)), Barrier(2)
        fates: dict[str, str] = {}

        def attempt(name: str, doing: Callable[[], PolicyVersion], start: Barrier, fates: dict[str, str]) -> None:
            start.wait()
            try:
                fates[name] = doing().state
            except PolicyServiceError as refused:
                fates[name] = refused.code

        doings: dict[str, Callable[[], PolicyVersion]] = {
            "approval": partial(approved, house, version),
            "edit": partial(save, house, ANA, version.number, version.revision, files(8000 + round_of)),
        }
        run([Thread(target=attempt, args=(name, doing, start, fates)) for name, doing in doings.items()])
        now = now_of(house, version.number)
        if fates["approval"] == "approved":
            assert (version.sha256, "approved") == (now.sha256, now.state)
            assert fates["edit"] in {"S208", "S219"}
        else:
            assert ("draft", "draft") == (now.state, fates["edit"])
            assert fates["approval"] in {"R463", "R464"}


def test_only_what_is_handed_in_is_approved_or_given_back(house: House) -> None:
    draft, done = drafted(house), ready(house, 3000)
    live = scheduled(house, ready(house, 4000))
    for version in (draft, done, live):
        assert "R463" == code_of(approved, house, version, UWE)
        assert "R463" == code_of(bypassed, house, version)
        assert "R463" == code_of(do, house, UWE, approving.reject, ID, version.number, "no")


def test_a_bypass_takes_one_person_a_permission_of_its_own_and_a_note_and_is_marked(house: House) -> None:
    settle(house, "approvers_needed", "3")
    version = handed_in(house, drafted(house))
    assert "A403" == code_of(bypassed, house, version, EVA)
    assert "R468" == code_of(bypassed, house, version, EMY, "")
    assert "approved" == bypassed(house, version).state
    with house.database.reading() as session:
        step = PolicyStore(session).steps(ID, version.number)[-1]
        event = AuditStore(session).about("policy_version", f"{ID}/{version.number}")[-1]
    assert ("approved", "emy", True, "the shop stands still") == (step.step, step.person, step.is_bypass, step.note)
    assert '"is_bypass": true' in event.detail
    assert "active" == scheduled(house, now_of(house, version.number)).state


def test_whoever_may_not_approve_neither_approves_nor_gives_back(house: House) -> None:
    version = handed_in(house, drafted(house))
    # Of these nobody has a hand in it.
    for by in (person("sue", Role.CREDIT_MANAGER), person("ada", Role.ADMIN), EMY):
        assert "A403" == code_of(approved, house, version, by)
        for verb in (approving.ask_for_changes, approving.reject):
            assert "A403" == code_of(do, house, by, verb, ID, version.number, "wrong")
    assert "A403" == code_of(bypassed, house, version, EVA)
    assert "A403" == code_of(do, house, person("nil"), approving.comment, ID, version.number, "why?")
    assert "submitted" == now_of(house, version.number).state


def test_a_comment_changes_nothing_and_gives_no_hand(house: House) -> None:
    version = handed_in(house, drafted(house))
    commented = do(house, EVA, approving.comment, ID, version.number, "why 2,000?")
    assert (version.revision, "submitted") == (commented.revision, commented.state)
    assert ("comment", "eva") == steps_of(house, version.number)[-1]
    assert "approved" == approved(house, version, EVA).state
    assert "R468" == code_of(do, house, EVA, approving.comment, ID, version.number, "")
    do(house, EVA, approving.comment, ID, 1, "good", at=LATER)


def exchange(house: House, number: int, **values: object) -> None:
    """Write to the table behind everybody's back."""
    with house.database.writing() as session:
        rows = PolicyVersionRow
        session.execute(update(rows).where(rows.policy_id == ID, rows.number == number).values(**values))


@pytest.mark.parametrize("together", [False, True], ids=["text alone", "text and hash"])
def test_a_text_exchanged_in_the_database_is_neither_approved_nor_scheduled(house: House, together: bool) -> None:
    submitted, done = handed_in(house, drafted(house)), ready(house, 3000)
    other = drafted(house, 666_666)
    with house.database.reading() as session:
        text = PolicyStore(session).text(ID, other.number)
    written = {"canonical_text": text} | ({"sha256": other.sha256} if together else {})
    exchange(house, submitted.number, **written)
    exchange(house, done.number, **written)
    named = other if together else submitted
    refused = code_of(do, house, EVA, approving.approve, ID, submitted.number, named.sha256, "")
    assert "S214" == refused
    assert "S214" == code_of(scheduled, house, now_of(house, done.number))


def test_a_version_made_approved_in_the_database_is_not_scheduled(house: House) -> None:
    draft, submitted = drafted(house), handed_in(house, drafted(house, 3000))
    done = ready(house, 4000)
    with house.database.writing() as session:
        session.execute(delete(PolicyApproval))
    for version in (draft, submitted, done):
        exchange(house, version.number, state="approved")
        assert "S214" == code_of(scheduled, house, now_of(house, version.number))
