"""Handing a draft in: from here on its text, and what approval it needs, stand still."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.announcing import announce
from policy_service.services.company_settings import CompanySettings, company_settings
from policy_service.services.house import House
from policy_service.services.policy_life.check import Check
from policy_service.services.policy_life.checking import check_version
from policy_service.services.policy_life.in_hand import may, note_step, refuse_state, saying_why, take
from policy_service.services.policy_life.refusals import not_green, same_text, unreadable
from policy_service.storage.errors import changed_since_read
from policy_service.storage.policy_approval_store import PolicyApprovalStore
from policy_service.storage.policy_store import PolicyStore, PolicyVersion


@dataclass(frozen=True, slots=True)
class Examined:
    """What the checks said of a version at one revision."""

    policy_id: str
    number: int
    revision: int
    check: Check


def examine(house: House, session: Session, policy_id: str, number: int, revision: int) -> Examined:
    """Return what is to be said of a version; Conflict S208 if it is not at that revision.

    The linter may take seconds: it runs before the transaction that hands the version in.
    """
    version = PolicyStore(session).version(policy_id, number)
    if version.revision != revision:
        raise changed_since_read(f"version {number} of {policy_id[:60]}")
    return Examined(policy_id, number, revision, check_version(house, session, version))


def submit(house: House, session: Session, examined: Examined, why: str, actor: Actor, act: Act) -> PolicyVersion:
    """Hand an examined draft in for approval, and return it; `why` goes to those who approve.

    How many approvers it needs, and whether a simulation, is settled now. Conflict S208 if it was changed since;
    RequestError R461 if it cannot be read, R462 if the checks are not green and settings ask for it, R463 if it is no
    draft, R466 if it says what is in force already, R468 without a note.
    """
    may(actor, act, Permission.POLICIES_SUBMIT)
    act = saying_why(act, why)
    version = take(session, examined.policy_id, examined.number, act)
    refuse_state(version, act.at, "submitted", "draft")
    if version.revision != examined.revision:
        raise changed_since_read(f"version {version.number} of {version.policy_id}")
    settings = company_settings(session)
    _refuse(version, examined.check, settings)
    store = PolicyApprovalStore(session)
    live = store.effective(version.policy_id, act.at)
    if live and live.sha256 == version.sha256:
        raise same_text(version, live.number)
    terms = {"approvers_needed": settings.approvers_needed, "simulation_days": settings.simulation_days}
    submitted = store.submit(version, settings.approvers_needed, act, settings.simulation_days)
    note_step(house, session, act, "submitted", submitted, terms)
    subject = f"policies/{version.policy_id}/{version.number}"
    announce(house, session, act, "policy.submitted", subject, _told(submitted, settings))
    return submitted


def _refuse(version: PolicyVersion, found: Check, settings: CompanySettings) -> None:
    if found.problems:
        raise unreadable(version, len(found.problems))
    if settings.requires_green_checks and not found.is_green:
        raise not_green(version, found.errors, found.failed_cases)


def _told(version: PolicyVersion, settings: CompanySettings) -> dict[str, object]:
    return {
        "policy_id": version.policy_id,
        "number": version.number,
        "sha256": version.sha256,
        "approvers_needed": settings.approvers_needed,
    }
