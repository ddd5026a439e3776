"""Where each value of a customer's standing comes from, and since when: a review, a file, a person's word, a ladder."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.services.code_book import Plain
from policy_service.services.credit_file import CustomerNow
from policy_service.services.decisions.weighing import Ground, weigh
from policy_service.services.house import House
from policy_service.services.standings import (
    Standing,
    overridden_standing,
    recorded_in_force,
    recorded_standing,
    where_stricter,
    with_effects,
)
from policy_service.services.standings_in_force.texts import effects_of, said_by, standing_of
from policy_service.storage.decision_store import DecisionStore, StoredDecision
from policy_service.storage.standing_store import StandingStore


class Said(StrEnum):
    """What a value of a standing comes from."""

    REVIEW = "review"
    RECORDED = "recorded"
    OVERRIDE = "override"
    LADDER = "ladder"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class StandingItem:
    """A value of a standing with what it comes from, since which business day.

    `reference` is the id of the decision or the override, of a ladder its name and level; empty for a file. `person`
    is who ran the review or gave the override. Before anybody said anything, credit is just not stopped.
    """

    output: str
    kind: Kind
    value: Plain
    said: Said
    since: dt.date | None
    reference: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class _Layer:
    """The standing with one more thing laid over it."""

    standing: Standing
    said: Said
    since: dt.date | None
    reference: str = ""
    person: str = ""


def standing_items(house: House, session: Session, customer_id: str, act: Act) -> tuple[StandingItem, ...]:
    """Return every value that is set of the customer's standing today; RequestError R404 for an unknown customer."""
    now = CustomerNow(house, session, customer_id, act)
    layers = tuple(_layers(session, now, customer_id, house.settings.zone))
    return tuple(
        _item(now, layers, output, kind)
        for output, kind in STANDING_OUTPUTS.items()
        if now.counts.standing.values[output] != UNKNOWN
    )


def review_behind(session: Session, customer_id: str) -> StoredDecision | None:
    """Return the review that left the customer's standing in force, without one its latest review; none without any."""
    in_force = StandingStore(session).in_force(customer_id)
    if in_force:
        return DecisionStore(session).load(in_force.decision_id)
    kind = DecisionType.REVIEW.value
    last = DecisionStore(session).page(customer_id=customer_id, decision_type=kind, purpose="live", limit=1)
    return last.decisions[0] if last.decisions else None


def _item(now: CustomerNow, layers: tuple[_Layer, ...], output: str, kind: Kind) -> StandingItem:
    value = now.codes.plain(now.counts.standing.values[output], kind)
    by = layers[0]
    for before, layer in pairwise(layers):
        # Whoever changed it last says it.
        if before.standing.values[output] != layer.standing.values[output]:
            by = layer
    return StandingItem(output, kind, value, by.said, by.since, by.reference, by.person)


def _layers(session: Session, now: CustomerNow, customer_id: str, zone: ZoneInfo) -> Iterator[_Layer]:
    found = _ground(now, customer_id)
    yield found
    standing, policy = found.standing, now.version.policy
    given = {one.override_id: one for one in now.kept.overrides.get(customer_id, ())}
    ground = Ground(session, now.kept, now.version, now.ledger, now.knowledge, now.subject)
    weighed = weigh(ground, customer_id, DecisionType.REVIEW)
    for override in weighed.counting:
        standing = overridden_standing(standing, said_by(override, now.codes))
        since = _day(given[override.override_id].in_force_at, zone)
        yield _Layer(standing, Said.OVERRIDE, since, override.override_id, override.person)
    for one in weighed.set_aside:
        standing = where_stricter(standing, said_by(one.override, now.codes), policy)
        since = _day(given[one.override.override_id].in_force_at, zone)
        yield _Layer(standing, Said.OVERRIDE, since, one.override.override_id, one.override.person)
    for effect in now.kept.effects.get(customer_id, ()):
        standing = with_effects(standing, effects_of([effect], now.codes), policy)
        yield _Layer(standing, Said.LADDER, _day(effect.begun_at, zone), f"{effect.ladder} {effect.level}")


def _ground(now: CustomerNow, customer_id: str) -> _Layer:
    stored, day = now.kept.standings.get(customer_id), now.knowledge.day
    if stored:
        person = stored.decided_by or stored.proposed_by
        return _Layer(standing_of(stored, day, now.codes), Said.REVIEW, stored.valid_from, stored.decision_id, person)
    history = now.ledger.history(customer_id)
    row = recorded_in_force(history, day)
    said = Said.RECORDED if row else Said.NOBODY
    return _Layer(recorded_standing(history, day, now.codes), said, row.valid_from if row else None)


def _day(at: int | None, zone: ZoneInfo) -> dt.date | None:
    return None if at is None else business_day(at, zone)
