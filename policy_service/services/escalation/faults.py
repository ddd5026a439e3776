"""What the daily run could not do for a customer, as a case of no ladder: somebody has to look at it."""

import datetime as dt
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.escalation.climbing import later
from policy_service.services.escalation.telling import OPENED, tell_of_closing, tell_of_step
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.stored_cases import CaseNow, Doing

#: The ladder of such a case.
NO_LADDER: Final = ""
_ACTION: Final = "correct_facts"
_DEADLINE_DAYS: Final = 3


def follow_up_fault(
    house: House, session: Session, customer_id: str, policy_id: str, code: str, said: str, day: dt.date, act: Act
) -> CaseNow:
    """Open a case about the fault for an analyst, or note it on the one that is open."""
    store = CaseStore(session)
    case = _open(store, customer_id)
    if case is None:
        doing = Doing(code, _ACTION, "", Role.ANALYST.value, later(day, _DEADLINE_DAYS))
        case = store.open(house.new_id(), customer_id, policy_id, NO_LADDER, doing, day)
        tell_of_step(house, session, OPENED, case, doing, (), act)
        store.add_note(case.case_id, "fault", said, act)
    elif said not in {note.text for note in store.notes(case.case_id)}:
        store.add_note(case.case_id, "fault", said, act)
    return case


def settle_fault(house: House, session: Session, customer_id: str, day: dt.date, act: Act) -> None:
    """Close the customer's case about a fault, if there is one: the run of that day went well."""
    store = CaseStore(session)
    case = _open(store, customer_id)
    if case and case.opened_on < day:
        tell_of_closing(house, session, store.close(case.case_id, day), act, is_known=True)


def _open(store: CaseStore, customer_id: str) -> CaseNow | None:
    return next((case for case in store.open_of(customer_id) if case.ladder == NO_LADDER), None)
