"""A step that waits for the word of a role: approved, it fires and has its effects; refused, it never does."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Permission, has_authority
from policy_service.language.rule_sets import Level
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.decisions.deciding import Asked, decide
from policy_service.services.escalation.climbing import leads
from policy_service.services.escalation.looking import ladders_of
from policy_service.services.escalation.telling import CLIMBED, OPENED, tell_of_step
from policy_service.services.given_reason import given_reason
from policy_service.services.house import House
from policy_service.services.standings_in_force.effects import StepEffects, apply_effects
from policy_service.services.standings_in_force.texts import value_of
from policy_service.storage.case_store import CaseStore
from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.errors import not_stored, refuse_if_changed
from policy_service.storage.stored_cases import CaseNow, Doing, Step


def approve_step(
    house: House,
    session: Session,
    case_id: str,
    number: int,
    why: str,
    actor: Actor,
    act: Act,
    *,
    revision: int | None = None,
) -> CaseNow:
    """Let a proposed step fire now, for all its invoices, and return the case.

    NotStored S209 for a case or step that is not there, Conflict S208 for a case at another revision than the one
    given; RequestError R440 for a reason of no length, R454 for a step
    that does not wait, AccessError A450 without the authority that it waits for.
    """
    case, waiting = _waiting(session, case_id, number, actor, revision)
    store, first = CaseStore(session), waiting[0]
    earlier = store.steps(case_id)
    store.decide_steps([step.step_number for step in waiting], "fired", act)
    store.add_note(case_id, "approval", f"{first.level} approved: {given_reason(why)}", act)
    # The effects begin now, so what is known now is what they are recorded with.
    given = decide(house, session, Asked(DecisionType.ESCALATION, case.customer_id), act)
    values = {output: value_of(output, text, given.codes) for output, text in first.effects.items()}
    doing = Doing(first.level, first.action, first.channel, first.owner_role, first.deadline)
    if case.is_open and leads(_levels(house, session, case, act), first.level, earlier):
        case = store.advance(case_id, replace(doing, deadline=doing.deadline or case.deadline))
    is_known = any(step.state == "fired" for step in earlier)
    invoices = [step.invoice_id for step in waiting if step.invoice_id]
    note(house, session, act, "step_approved", "case", case_id, {"level": first.level, "reason": why.strip()})
    tell_of_step(house, session, CLIMBED if is_known else OPENED, case, doing, invoices, act)
    apply_effects(house, session, case.customer_id, [StepEffects(first.ladder, first.level, values)], given, act)
    return store.load(case_id)


def refuse_step(
    house: House,
    session: Session,
    case_id: str,
    number: int,
    why: str,
    actor: Actor,
    act: Act,
    *,
    revision: int | None = None,
) -> CaseNow:
    """Let a proposed step never fire, and return the case; the errors are those of `approve_step`."""
    _, waiting = _waiting(session, case_id, number, actor, revision)
    store, first = CaseStore(session), waiting[0]
    store.decide_steps([step.step_number for step in waiting], "refused", act)
    store.add_note(case_id, "approval", f"{first.level} refused: {given_reason(why)}", act)
    note(house, session, act, "step_refused", "case", case_id, {"level": first.level, "reason": why.strip()})
    return store.load(case_id)


def _waiting(
    session: Session, case_id: str, number: int, actor: Actor, revision: int | None
) -> tuple[CaseNow, Sequence[Step]]:
    require(actor, Permission.CASES_WORK)
    store = CaseStore(session)
    lock_customers(session, [store.load(case_id).customer_id])
    case = store.held(case_id)
    refuse_if_changed(f"the case {case_id}", case.revision, revision)
    steps = store.steps(case_id)
    asked = next((step for step in steps if step.step_number == number), None)
    if asked is None:
        raise not_stored(f"step {number} of case {case_id[:60]}")
    if asked.state != "proposed":
        raise RequestError(
            "R454",
            f"Step {number} of case {case_id[:60]} is {asked.state} and waits for nobody.",
            remedy="See the steps of the case for one that is proposed.",
        )
    if not has_authority(actor.roles, asked.approval_role):
        raise AccessError(
            "A450",
            f"Step {number} of case {case_id[:60]} waits for a {asked.approval_role}, which {actor.person} is not.",
            remedy=f"Let a person with the role {asked.approval_role}, or one above it, decide.",
        )
    return case, [step for step in steps if step.state == "proposed" and _is_one_step(step, asked)]


def _is_one_step(one: Step, other: Step) -> bool:
    # A level that fired for several invoices on a day is one step.
    return (one.level, one.fired_on) == (other.level, other.fired_on)


def _levels(house: House, session: Session, case: CaseNow, act: Act) -> Sequence[Level]:
    policy = house.policies.effective(session, case.policy_id, act.at).policy
    return next((ladder.levels for ladder in ladders_of(policy) if ladder.name == case.ladder), ())
