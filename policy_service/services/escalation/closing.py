"""Cases close: on the first morning on which none of their invoices is open."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.escalation.looking import Look
from policy_service.services.escalation.tally import Happened, Tally
from policy_service.services.escalation.telling import tell_of_closing
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.stored_cases import Step


def close_cases(house: House, session: Session, look: Look, act: Act, tally: Tally) -> bool:
    """Close the customer's cases without an open invoice; return whether there were any.

    Those of the day itself stay until the next morning.
    What a level proposed to a person lapses with its case; what a trigger proposed still waits for their word.
    """
    store, was_any = CaseStore(session), False
    for case in store.open_of(look.customer_id):
        if not case.ladder or case.opened_on >= look.day:
            continue
        steps = store.steps(case.case_id)
        if any(step.invoice_id in look.open_invoices for step in steps):
            continue
        store.decide_steps(_waiting_levels(steps), "lapsed")
        closed = store.close(case.case_id, look.day)
        is_known = any(step.state == "fired" for step in steps)
        tell_of_closing(house, session, closed, act, is_known=is_known)
        tally.add(Happened.CASES_CLOSED)
        was_any = True
    return was_any


def _waiting_levels(steps: Sequence[Step]) -> list[int]:
    return [step.step_number for step in steps if step.invoice_id and step.state == "proposed"]
