"""Where settings ask for it, a text is approved upon a simulation of exactly that text over a recent ledger."""

import json

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY, Instant
from policy_service.services.house import House
from policy_service.services.policy_life import approving
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.job_store import JobStore
from policy_service.storage.policy_approval_store import PolicyApprovalStore
from policy_service.storage.policy_store import PolicyVersion
from policy_service.storage.prediction_store import PredictionStore
from policy_service.storage.simulation_store import Outcome, PolicyText, SimulationStore
from tests.services.policy_life.living import (
    ANA,
    EMY,
    EVA,
    ID,
    NOW,
    UWE,
    approved,
    code_of,
    do,
    drafted,
    files,
    handed_in,
    save,
    scheduled,
)
from tests.services.policy_life.test_submitting import settle

KEY = "ab" * 32


def simulated(
    house: House,
    version: PolicyVersion,
    ledger_at: Instant = NOW,
    *,
    is_plain: bool = True,
    kind: str = "simulation",
    is_finished: bool = True,
    key: str = KEY,
) -> str:
    """Store a simulation of the version's text, and return its id."""
    assert version.sha256
    text = PolicyText(version.policy_id, version.number, version.sha256, "{}")
    with house.database.writing() as session:
        job = JobStore(session).add(kind, {"key": key}, Act("ana", ledger_at))
        store = SimulationStore(session)
        store.add(job.job_id, kind, "ana", ledger_at, {}, text, None, is_plain=is_plain)
        if is_finished:
            found = {"found": key}
            store.finish(job.job_id, ledger_at, Outcome(key, "cd" * 32, ledger_at, (), ledger_at + DAY, found))
    return job.job_id


@pytest.fixture
def submitted(house: House) -> PolicyVersion:
    """Give a version handed in while settings ask for a simulation of the last seven days."""
    settle(house, "simulation_days", "7")
    return handed_in(house, drafted(house))


def test_without_a_simulation_it_is_not_approved(house: House, submitted: PolicyVersion) -> None:
    assert "R553" == code_of(approved, house, submitted)


def test_with_one_it_is_and_the_approval_names_it(house: House, submitted: PolicyVersion) -> None:
    job_id = simulated(house, submitted)
    assert "approved" == approved(house, submitted).state
    with house.database.reading() as session:
        store = PolicyApprovalStore(session)
        submission = store.last_submission(ID, submitted.number)
        assert submission
        assert [KEY] == [approval.simulation_key for approval in store.approvals(submission)]
        events = AuditStore(session).page(act="approved")
    said = [json.loads(event.detail) for event in events]
    assert [(KEY, job_id)] == [(detail["simulation"], detail["simulation_job"]) for detail in said]


def test_what_it_rests_on_counts_when_it_begins(house: House, submitted: PolicyVersion) -> None:
    simulated(house, submitted)
    assert "active" == scheduled(house, approved(house, submitted)).state


@pytest.mark.parametrize(
    "other",
    [
        {"is_plain": False},
        {"kind": "sweep"},
        {"kind": "seek"},
        {"is_finished": False},
        {"ledger_at": NOW - 7 * DAY - 1},
    ],
)
def test_anything_less_does_not_suffice(house: House, submitted: PolicyVersion, other: dict[str, object]) -> None:
    simulated(house, submitted, **other)  # type: ignore[arg-type]
    assert "R553" == code_of(approved, house, submitted)


def test_the_ledger_may_be_as_old_as_the_setting_says(house: House, submitted: PolicyVersion) -> None:
    simulated(house, submitted, NOW - 7 * DAY)
    assert "approved" == approved(house, submitted).state


def test_of_several_the_one_with_the_latest_ledger_is_named(house: House, submitted: PolicyVersion) -> None:
    simulated(house, submitted, NOW, key="ef" * 32)
    simulated(house, submitted, NOW - DAY)
    approved(house, submitted)
    with house.database.reading() as session:
        store = PolicyApprovalStore(session)
        submission = store.last_submission(ID, submitted.number)
        assert submission
        assert ["ef" * 32] == [approval.simulation_key for approval in store.approvals(submission)]


def test_that_of_another_text_does_not_suffice(house: House) -> None:
    settle(house, "simulation_days", "7")
    before = drafted(house)
    simulated(house, before)
    after = save(house, ANA, before.number, before.revision, files(3000))
    assert "R553" == code_of(approved, house, handed_in(house, after))


def test_every_approver_needs_it(house: House) -> None:
    settle(house, "approvers_needed", "2")
    settle(house, "simulation_days", "7")
    version = handed_in(house, drafted(house))
    simulated(house, version)
    assert "submitted" == approved(house, version, EVA).state
    assert "R553" == code_of(approved, house, version, UWE, at=NOW + 8 * DAY)


def test_what_was_handed_in_before_the_setting_needs_none(house: House) -> None:
    before = handed_in(house, drafted(house))
    settle(house, "simulation_days", "7")
    assert "approved" == approved(house, before).state


def test_an_emergency_needs_none(house: House, submitted: PolicyVersion) -> None:
    version = do(house, EMY, approving.bypass, ID, submitted.number, submitted.sha256, "the shop stands still")
    assert "approved" == version.state
    assert "active" == scheduled(house, version).state


def test_an_approval_that_rests_on_nothing_lets_nothing_begin(house: House, submitted: PolicyVersion) -> None:
    # As if somebody had written the approval into the table by hand.
    with house.database.writing() as session:
        store = PolicyApprovalStore(session)
        submission = store.last_submission(ID, submitted.number)
        assert submission
        assert submitted.sha256
        store.approve(submission, submitted.sha256, EVA.act())
        version = store.version(ID, submitted.number)
        store.change_state(ID, version.number, version.revision, "approved", EVA.act())
    assert "S214" == code_of(scheduled, house, submitted)


def test_what_was_predicted_is_kept_with_the_version_once_it_is_approved(house: House) -> None:
    version = handed_in(house, drafted(house))
    job_id = simulated(house, version)
    approved(house, version)
    simulated(house, version, NOW + DAY, key="ef" * 32)
    with house.database.reading() as session:
        kept = PredictionStore(session).of_version(ID, version.number)
    assert kept
    assert (job_id, KEY, {"found": KEY}) == (kept.job_id, kept.run_key, kept.summary)


def test_without_a_simulation_nothing_is_predicted(house: House) -> None:
    version = handed_in(house, drafted(house))
    approved(house, version)
    with house.database.reading() as session:
        assert None is PredictionStore(session).of_version(ID, version.number)
