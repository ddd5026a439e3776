"""Effects of ladders end: when their release condition holds, or when what fired them is paid."""

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.language.rule_sets import Level, Trigger
from policy_service.services.escalation.looking import Look, Rung
from policy_service.services.escalation.tally import Happened, Tally
from policy_service.services.house import House
from policy_service.services.standings_in_force.effects import end_effects
from policy_service.storage.case_store import CaseStore
from policy_service.storage.effect_store import EffectStore


def release_effects(house: House, session: Session, look: Look, act: Act, tally: Tally) -> bool:
    """End the customer's effects that are released on this morning; return whether there were any.

    An effect with a release condition ends when that holds. One without, and one of a step that the policy does not
    have any more, ends when none of the invoices that fired its level is open.
    """
    in_force = {(effect.ladder, effect.level) for effect in EffectStore(session).in_force(look.customer_id)}
    if not in_force or look.fault:
        return False
    cases = CaseStore(session)
    steps = cases.steps_of_customer(look.customer_id)
    still_open = {
        (step.ladder, step.level) for step in steps if step.state == "fired" and step.invoice_id in look.open_invoices
    }
    released = sorted(one for one in in_force if _is_released(look, one, is_open=one in still_open))
    ended = end_effects(house, session, look.customer_id, released, act)
    for ladder, level in released:
        cases.release_steps(look.customer_id, ladder, level, look.day)
    tally.add(Happened.EFFECTS_ENDED, len(ended))
    return bool(ended)


def _is_released(look: Look, step: tuple[str, str], *, is_open: bool) -> bool:
    ladder, level = step
    rung = next((rung for rung in look.rungs if rung.ladder.name == ladder), None)
    defined = _defined(rung, level) if rung else None
    if rung is None or defined is None or defined.release is None:
        return not is_open
    return level in rung.result.releases


def _defined(rung: Rung, level: str) -> Level | Trigger | None:
    steps: tuple[Level | Trigger, ...] = (*rung.ladder.levels, *rung.ladder.triggers)
    return next((one for one in steps if one.id == level), None)
