"""The second pair of eyes: persons with no hand in a text approve it, want changes, reject it, or speak of it."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.announcing import announce
from policy_service.services.house import House
from policy_service.services.policy_life.in_hand import may, note_step, refuse_state, saying_why, take
from policy_service.services.policy_life.refusals import approved_before, not_simulated, other_text, own_text
from policy_service.storage.policy_approval_store import Approval, PolicyApprovalStore, Submission
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from policy_service.storage.policy_texts import altered
from policy_service.storage.prediction_store import PredictionStore
from policy_service.storage.simulation_store import SimulatedText, SimulationStore


def approve(
    house: House, session: Session, policy_id: str, number: int, sha256: str, note: str, actor: Actor, act: Act
) -> PolicyVersion:
    """Approve the text with that hash, and return the version: approved once as many persons as it needs have.

    What the last simulation of the text found is then kept with the version, to be compared with what happens.
    RequestError R463 if it is not submitted or this person has approved it, R464 if its text has another hash, R465
    for whoever has a hand in it, R553 without the simulation that it needs; StorageError S214 if the stored text is
    not the one that was handed in.
    """
    may(actor, act, Permission.POLICIES_APPROVE)
    act = replace(act, note=note)
    store, version, submission = _to_approve(session, policy_id, number, sha256, act)
    evidence = _simulated(session, version, submission, act)
    store.approve(submission, sha256, act, evidence.run_key if evidence else None)
    rests_on = {"simulation": evidence.run_key, "simulation_job": evidence.job_id} if evidence else {}
    if len(store.approvals(submission)) < submission.approvers_needed:
        store.note(version, "approval", act)
        note_step(house, session, act, "approval", version, rests_on)
        return store.version(policy_id, number)
    return _approved(house, session, version, act, rests_on)


def bypass(
    house: House, session: Session, policy_id: str, number: int, sha256: str, why: str, actor: Actor, act: Act
) -> PolicyVersion:
    """Approve in an emergency, alone and whatever settings ask for, and return the version.

    It is marked and announced as such. As `approve`, and RequestError R468 without a note: whoever has a hand in
    the text cannot do this either. It needs no simulation: there may be no time for one.
    """
    may(actor, act, Permission.POLICIES_BYPASS)
    act = replace(saying_why(act, why), is_bypass=True)
    store, version, submission = _to_approve(session, policy_id, number, sha256, act)
    store.approve(submission, sha256, act)
    return _approved(house, session, version, act, {})


def ask_for_changes(
    house: House, session: Session, policy_id: str, number: int, why: str, actor: Actor, act: Act
) -> PolicyVersion:
    """Give a submitted version back to be changed, and return it as a draft; its approvals are void."""
    return _given_back(house, session, policy_id, number, "changes_wanted", actor, saying_why(act, why))


def reject(
    house: House, session: Session, policy_id: str, number: int, why: str, actor: Actor, act: Act
) -> PolicyVersion:
    """Reject a submitted version, and return it as a draft; its approvals are void."""
    return _given_back(house, session, policy_id, number, "rejected", actor, saying_why(act, why))


def comment(
    house: House, session: Session, policy_id: str, number: int, text: str, actor: Actor, act: Act
) -> PolicyVersion:
    """Say something of a version, in whatever state; it changes nothing."""
    may(actor, act, Permission.POLICIES_READ)
    act = saying_why(act, text)
    version = take(session, policy_id, number, act)
    PolicyStore(session).note(version, "comment", act)
    note_step(house, session, act, "commented", version)
    return version


def is_vouched_for(store: PolicyApprovalStore, version: PolicyVersion) -> bool:
    """Return whether persons enough approved this very text, by the terms it was handed in under.

    A seed is the first text of all; a version rolled back to vouches for its copy.
    """
    steps = {step.step for step in store.steps(version.policy_id, version.number)}
    if "seeded" in steps:
        return True
    if "rolled_back" in steps and version.based_on is not None:
        source = store.version(version.policy_id, version.based_on)
        return source.sha256 == version.sha256 and is_vouched_for(store, source)
    submission = store.last_submission(version.policy_id, version.number)
    if submission is None or submission.sha256 != version.sha256:
        return False
    return _is_enough(submission, store.approvals(submission))


def _is_enough(submission: Submission, approvals: tuple[Approval, ...]) -> bool:
    counting = [
        each
        for each in approvals
        if each.person not in submission.hands
        and each.sha256 == submission.sha256
        and (submission.simulation_days is None or each.simulation_key is not None or each.is_bypass)
    ]
    return len(counting) >= submission.approvers_needed or any(each.is_bypass for each in counting)


def _to_approve(
    session: Session, policy_id: str, number: int, sha256: str, act: Act
) -> tuple[PolicyApprovalStore, PolicyVersion, Submission]:
    version = take(session, policy_id, number, act)
    refuse_state(version, act.at, "approved", "submitted")
    if version.sha256 != sha256:
        raise other_text(version, sha256)
    store = PolicyApprovalStore(session)
    submission = store.last_submission(policy_id, number)
    store.text(policy_id, number)
    if submission is None or submission.state != "open" or submission.sha256 != sha256:
        raise altered(policy_id, number)
    if act.person in submission.hands | store.hands(policy_id, number) | store.writers_of(sha256):
        raise own_text(version, act.person)
    if act.person in {each.person for each in store.approvals(submission)}:
        raise approved_before(version, act.person)
    return store, version, submission


def _simulated(session: Session, version: PolicyVersion, submission: Submission, act: Act) -> SimulatedText | None:
    days = submission.simulation_days
    if days is None:
        return None
    found = SimulationStore(session).last_of_text(submission.sha256)
    if found is None or found.ledger_at < act.at - days * DAY:
        raise not_simulated(version, days, found.ledger_at if found else None)
    return found


def _approved(
    house: House, session: Session, version: PolicyVersion, act: Act, rests_on: Mapping[str, object]
) -> PolicyVersion:
    store, named = PolicyApprovalStore(session), (version.policy_id, version.number)
    _keep_prediction(session, version, act)
    approved = store.change_state(*named, version.revision, "approved", act)
    store.close_submission(*named, "approved")
    note_step(house, session, act, "approved", approved, rests_on)
    told = {"policy_id": named[0], "number": named[1], "sha256": version.sha256, "is_bypass": act.is_bypass}
    announce(house, session, act, "policy.approved", f"policies/{named[0]}/{named[1]}", told)
    return approved


def _keep_prediction(session: Session, version: PolicyVersion, act: Act) -> None:
    # Whether it was demanded or not: later everybody sees whether it came true.
    simulations = SimulationStore(session)
    found = simulations.last_of_text(version.sha256 or "")
    summary = simulations.written_summary(found.job_id) if found else None
    if found and summary:
        PredictionStore(session).keep(version, found, summary, act.at)


def _given_back(
    house: House, session: Session, policy_id: str, number: int, step: str, actor: Actor, act: Act
) -> PolicyVersion:
    may(actor, act, Permission.POLICIES_APPROVE)
    version = take(session, policy_id, number, act)
    refuse_state(version, act.at, "given back", "submitted")
    store = PolicyApprovalStore(session)
    draft = store.change_state(policy_id, number, version.revision, "draft", act, step=step)
    store.close_submission(policy_id, number, "void")
    note_step(house, session, act, step, draft)
    return draft
