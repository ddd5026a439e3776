"""Effects of a ladder on a standing: each belongs to a customer and a level, and ends exactly as it began."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.services.announcing import announce
from policy_service.services.audit import note
from policy_service.services.decisions.deciding import Given
from policy_service.services.house import House
from policy_service.services.orders.waking import wake
from policy_service.services.standings_in_force.telling import LIMIT_CHANGED
from policy_service.services.standings_in_force.texts import text_of
from policy_service.storage.effect_store import EffectStore, StoredEffect


@dataclass(frozen=True, slots=True)
class StepEffects:
    """What one level or trigger of a ladder sets, by output; unknown where it cannot be computed."""

    ladder: str
    level: str
    values: Mapping[str, int]


def apply_effects(
    house: House, session: Session, customer_id: str, effects: Iterable[StepEffects], given: Given, act: Act
) -> tuple[StoredEffect, ...]:
    """Put effects into force by the escalation that fired their levels, and return those that were not before.

    A level that fires again while its effects are in force changes nothing. Of several on one item, and the
    standing's own, the strictest holds.
    """
    store = EffectStore(session)
    in_force = {effect.key for effect in store.in_force(customer_id)}
    said = [
        StoredEffect(
            customer_id=customer_id,
            ladder=step.ladder,
            level=step.level,
            output=output,
            value=text_of(output, value, given.codes),
            decision_id=given.decision_id,
            begun_at=act.at,
            begun_by=act.person,
        )
        for step in effects
        for output, value in step.values.items()
        if output in STANDING_OUTPUTS
    ]
    begun = tuple({effect.key: effect for effect in said if effect.key not in in_force}.values())
    store.add(begun)
    if begun:
        _tell(house, session, "effects_begun", begun, act)
    return begun


def end_effects(
    house: House, session: Session, customer_id: str, steps: Collection[tuple[str, str]], act: Act
) -> tuple[StoredEffect, ...]:
    """End what these steps, each a ladder and its level, have in force of the customer, and return it.

    What the review says of those items holds again, unless another effect on them is in force.
    """
    store, ended = EffectStore(session), set(steps)
    effects = tuple(one for one in store.in_force(customer_id) if (one.ladder, one.level) in ended)
    if effects:
        store.end(customer_id, ended, act.at, act.person)
        _tell(house, session, "effects_ended", effects, act)
        wake(house, session, [customer_id], LIMIT_CHANGED, act)
    return effects


def _tell(house: House, session: Session, done: str, effects: tuple[StoredEffect, ...], act: Act) -> None:
    customer_id = effects[0].customer_id
    said = [
        {"ladder": one.ladder, "level": one.level, "output": one.output, "value": one.value or None} for one in effects
    ]
    note(house, session, act, done, "customer", customer_id, {"effects": said})
    told = {"customer_id": customer_id, "cause": done, "effects": said}
    announce(house, session, act, "standing.changed", f"customers/{customer_id}", told)
