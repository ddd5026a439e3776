"""Only readable green drafts are handed in, and what approval they need is settled then."""

import pytest

from policy_service.services.house import House
from policy_service.services.policy_life import submitting
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.policy_approval_store import PolicyApprovalStore, Submission
from policy_service.storage.settings_store import SettingsStore
from tests.services.policy_life.living import (
    ANA,
    CASES,
    EVA,
    ID,
    MAX,
    ORDER_CHECK,
    code_of,
    do,
    drafted,
    files,
    from_files,
    from_version,
    handed_in,
    now_of,
    ready,
    save,
    scheduled,
    steps_of,
    submit,
)


def settle(house: House, name: str, value: str) -> None:
    with house.database.writing() as session:
        store = SettingsStore(session)
        store.hold(name)
        store.settle(name, value)


def submission_of(house: House, number: int) -> Submission | None:
    with house.database.reading() as session:
        return PolicyApprovalStore(session).last_submission(ID, number)


def test_a_submission_says_what_was_handed_in_by_whom_and_what_it_needs(house: House) -> None:
    version = handed_in(house, drafted(house))
    submission = submission_of(house, version.number)
    assert submission
    assert ("open", version.sha256, "max", 1) == (
        submission.state,
        submission.sha256,
        submission.submitted_by,
        submission.approvers_needed,
    )
    assert {"ana", "max"} == submission.hands
    assert [("draft", "ana"), ("submitted", "max")] == steps_of(house, version.number)


def test_later_settings_do_not_touch_what_was_handed_in_before(house: House) -> None:
    settle(house, "approvers_needed", "2")
    before = handed_in(house, drafted(house))
    settle(house, "approvers_needed", "1")
    after = handed_in(house, drafted(house, 3000))
    needed = [
        submission.approvers_needed for each in (before, after) if (submission := submission_of(house, each.number))
    ]
    assert [2, 1] == needed


def test_what_cannot_be_read_is_never_handed_in(house: House) -> None:
    settle(house, "requires_green_checks", "false")
    for broken in (files(order_check="rows: ["), files(cases="- [")):
        draft = from_files(house, ANA, broken)
        assert "R461" == code_of(handed_in, house, draft)
        assert "draft" == now_of(house, draft.number).state


@pytest.mark.parametrize(
    "red",
    [
        files(order_check=ORDER_CHECK.replace('"<= most"', '"< most"')),
        files(2000, cases=CASES.replace("hold", "refer")),
    ],
)
def test_what_is_not_green_is_handed_in_only_if_settings_let_it(house: House, red: dict[str, str]) -> None:
    draft = from_files(house, ANA, red)
    assert "R462" == code_of(handed_in, house, draft)
    settle(house, "requires_green_checks", "false")
    assert "submitted" == handed_in(house, draft).state


def test_a_text_that_is_in_force_already_is_not_handed_in(house: House) -> None:
    same = from_version(house, ANA, 1)
    assert "R466" == code_of(handed_in, house, same)
    changed = save(house, ANA, same.number, same.revision, files(5000))
    assert "submitted" == handed_in(house, changed).state


@pytest.mark.parametrize("note", ["", "  \n"])
def test_it_needs_a_note(house: House, note: str) -> None:
    draft = drafted(house)
    assert "R468" == code_of(submit, house, MAX, draft.number, draft.revision, note)


def test_what_somebody_else_has_edited_since_is_not_handed_in(house: House) -> None:
    draft = drafted(house)
    save(house, MAX, draft.number, 1, files(4000))
    assert "S208" == code_of(handed_in, house, draft)


def test_what_is_edited_between_its_checks_and_its_submission_is_not_handed_in(house: House) -> None:
    draft = drafted(house)
    with house.database.reading() as session:
        examined = submitting.examine(house, session, ID, draft.number, draft.revision)
    save(house, MAX, draft.number, draft.revision, files(order_check="rows: ["))
    assert "S208" == code_of(do, house, MAX, submitting.submit, examined, "ready")
    assert "draft" == now_of(house, draft.number).state


def test_only_a_draft_is_handed_in(house: House) -> None:
    submitted = handed_in(house, drafted(house))
    approved = ready(house, 3000)
    scheduled(house, approved)
    for version in (submitted, now_of(house, approved.number), now_of(house, 1)):
        assert "R463" == code_of(handed_in, house, version)


def test_whoever_may_not_submit_does_not(house: House) -> None:
    draft = drafted(house)
    for by in (ANA, EVA):
        assert "A403" == code_of(handed_in, house, draft, by)


def test_whoever_wrote_the_same_text_elsewhere_has_a_hand_in_it(house: House) -> None:
    drafted(house, 7000, ANA)
    copied = drafted(house, 7000, MAX)
    submission = submission_of(house, handed_in(house, copied, MAX).number)
    assert submission
    assert {"ana", "max"} == submission.hands


def test_submissions_are_audited(house: House) -> None:
    version = handed_in(house, drafted(house))
    with house.database.reading() as session:
        events = AuditStore(session).about("policy_version", f"{ID}/{version.number}")
    assert [("submitted", "max")] == [(event.act, event.person) for event in events[1:]]
    assert f'"sha256": "{version.sha256}"' in events[1].detail
