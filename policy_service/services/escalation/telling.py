"""What is told of cases: other systems by webhook, and the audit trail."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.announcing import announce
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.storage.stored_cases import CaseNow, Doing

OPENED = "case.opened"
CLIMBED = "case.climbed"
CLOSED = "case.closed"


def tell_of_step(
    house: House, session: Session, event_type: str, case: CaseNow, doing: Doing, invoices: Iterable[str], act: Act
) -> None:
    """Announce and note that a level or trigger fired, as the first step of the case or a further one."""
    said = {**_about(case), **_asked(doing), "invoices": sorted(invoices)}
    note(house, session, act, event_type.replace(".", "_"), "case", case.case_id, said)
    announce(house, session, act, event_type, f"cases/{case.case_id}", said)


def tell_of_proposal(
    house: House, session: Session, case: CaseNow, doing: Doing, invoices: Iterable[str], role: str, act: Act
) -> None:
    """Note that a step waits for the word of a role; nothing of it leaves the house before."""
    said = {**_about(case), **_asked(doing), "invoices": sorted(invoices), "approval_role": role}
    note(house, session, act, "step_proposed", "case", case.case_id, said)


def tell_of_closing(house: House, session: Session, case: CaseNow, act: Act, *, is_known: bool) -> None:
    """Note that a case was closed, and announce it where other systems know of it."""
    said = {**_about(case), "closed_on": case.closed_on.isoformat() if case.closed_on else None}
    note(house, session, act, "case_closed", "case", case.case_id, said)
    if is_known:
        announce(house, session, act, CLOSED, f"cases/{case.case_id}", said)


def _about(case: CaseNow) -> dict[str, object]:
    return {
        "case_id": case.case_id,
        "customer_id": case.customer_id,
        "ladder": case.ladder,
        "opened_on": case.opened_on.isoformat(),
    }


def _asked(doing: Doing) -> dict[str, object]:
    return {
        "level": doing.level,
        "action": doing.action,
        "channel": doing.channel,
        "owner_role": doing.owner_role,
        "deadline": doing.deadline.isoformat() if doing.deadline else None,
    }
