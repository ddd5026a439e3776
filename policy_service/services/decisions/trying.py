"""Dry runs: what would be decided on other facts, under another version, on another day; nothing comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant, business_day, end_of_day, start_of_day
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Permission, Role, has_authority
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.facts.knowledge import Knowledge
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.services.actor import Actor, require
from policy_service.services.code_book import CodeBook
from policy_service.services.company_settings import company_settings
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.deciding import Asked, Given, Situation, give, review_before
from policy_service.services.decisions.in_force import group_of, kept_of
from policy_service.services.decisions.order_amounts import read_asked
from policy_service.services.decisions.orders_named import refuse_an_order_of_no_part
from policy_service.services.decisions.storing import Purpose
from policy_service.services.decisions.weighing import Ground, Subject, weigh
from policy_service.services.house import House
from policy_service.services.known_customers import known_before
from policy_service.services.standings import (
    Standing,
    after_review,
    overridden_standing,
    where_stricter,
    with_effects,
)
from policy_service.services.standings_in_force.applying import said_by_the_rules
from policy_service.services.standings_in_force.comparing import Comparison
from policy_service.services.standings_in_force.texts import effects_of, said_by, texts_of
from policy_service.storage.order_store import OrderStore


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dry run takes to be otherwise; what is left out is as it is.

    `substituted` are texts by fact. Without a version the one that counts now of `policy_id`, or of the policy by
    default. `as_of` is a day whose start is decided on, unless `known_before` names an instant: then on what was
    known before it.
    """

    substituted: Mapping[str, str] = field(default_factory=dict)
    policy_id: str = ""
    version: int | None = None
    as_of: date | None = None
    known_before: Instant | None = None


def try_out(
    house: House,
    session: Session,
    asked: Asked,
    trial: Trial,
    actor: Actor,
    act: Act,
    version: CompiledPolicy | None = None,
) -> Given:
    """Decide as things are in the trial, and store the decision as a dry run, which changes nothing.

    Where the trial names no policy and no version, `version` decides if it is given.
    An order of a customer who had no standing is decided under the one that a first review would give. AccessError
    A403; RequestError R424 for a day or an instant to come, R423 for a fact that cannot be substituted, R425 for an
    order in a question about a customer, else those of `decide`; NotStored S209 for a version that there is not.
    """
    require(actor, Permission.DECISIONS_TRY)
    refuse_an_order_of_no_part(asked)
    names_one = bool(trial.policy_id) or trial.version is not None
    chosen = version if version and not names_one else _version(house, session, trial, act)
    situation = _situation(house, session, asked.customer_id, trial, act, chosen)
    if asked.decision_type is DecisionType.ORDER:
        is_known = asked.order_id and OrderStore(session).find(asked.order_id)
        asked = asked if is_known else replace(asked, wanted_by=frozenset({actor.person}))
        situation = _reviewed_first(house, session, asked, act, situation)
    return give(house, session, asked, act, situation)


def _situation(
    house: House, session: Session, customer_id: str, trial: Trial, act: Act, version: CompiledPolicy
) -> Situation:
    zone, instant = house.settings.zone, trial.known_before
    today = business_day(act.at, zone)
    _refuse_what_is_to_come(trial, today, act.at)
    day = trial.as_of or (today if instant is None else business_day(instant, zone))
    morning, evening = start_of_day(day, zone), end_of_day(day, zone)
    is_now = instant is None and day == today
    known_until = act.at if is_now else morning if instant is None else instant
    knowledge = Knowledge(day, includes_day=known_until > morning)
    ledger = known_before(house.customers, session, customer_id, instant)
    members = group_of(version, ledger, customer_id, knowledge)
    # What was settled after the day is no part of it, whatever was known of its entries later.
    kept = kept_of(session, members, day, ledger.head, None if is_now else min(known_until, evening))
    return Situation(version, ledger, knowledge, known_until, kept, Purpose.DRY_RUN, trial.substituted)


def _refuse_what_is_to_come(trial: Trial, today: date, now: Instant) -> None:
    if (trial.as_of or today) > today or (trial.known_before or now) > now:
        raise RequestError("R424", "What is to come is not known.", remedy="Name a day or an instant that has been.")


def _version(house: House, session: Session, trial: Trial, act: Act) -> CompiledPolicy:
    policy_id = trial.policy_id or house.settings.default_policy
    if trial.version is None:
        return house.policies.effective(session, policy_id, act.at)
    return house.policies.version(session, policy_id, trial.version)


def _reviewed_first(house: House, session: Session, asked: Asked, act: Act, situation: Situation) -> Situation:
    history, day = situation.ledger.history(asked.customer_id), situation.knowledge.day
    stored = situation.kept.standings.get(asked.customer_id)
    if stored or any(recorded.valid_from <= day for recorded in history.standings):
        return situation
    facts = {name: text for name, text in situation.substituted.items() if name not in STANDING_OUTPUTS}
    review = give(house, session, review_before(asked), act, replace(situation, substituted=facts))
    granted = _granted(review, company_settings(session).automatic_authority)
    granted = _as_persons_say(session, asked, situation, granted, review.codes)
    effects = effects_of(situation.kept.effects.get(asked.customer_id, ()), review.codes)
    standing = with_effects(granted, effects, situation.version.policy)
    return replace(situation, standing=texts_of(standing.values, review.codes))


def _granted(review: Given, authority: Role | None) -> Standing:
    # What `apply_review` would let count at once.
    policy, codes, before = review.version.policy, review.codes, Standing()
    after = after_review(policy, said_by_the_rules(review.decision.chain), (), before)
    comparison = Comparison(before, after, policy, codes)
    role = after.values["approval_role"]
    needs_approval = role != UNKNOWN and bool(comparison.rises())
    if needs_approval and not has_authority([authority] if authority else [], codes.text(role, Kind.CATEGORY)):
        after = comparison.with_cuts_only()
    return after


def _as_persons_say(
    session: Session, asked: Asked, situation: Situation, standing: Standing, codes: CodeBook
) -> Standing:
    version, knowledge, ledger = situation.version, situation.knowledge, situation.ledger
    of = (asked.request, asked.currency, version.policy, codes, knowledge.day, ledger.head)
    amount = read_asked(session, *of).amount
    subject = Subject(
        DecisionType.ORDER, asked.customer_id, asked.order_id, amount.base_amount if amount else None, asked.wanted_by
    )
    ground = Ground(session, situation.kept, version, ledger, knowledge, subject)
    said = weigh(ground, asked.customer_id, DecisionType.REVIEW)
    for override in said.counting:
        standing = overridden_standing(standing, said_by(override, codes))
    for one in said.set_aside:
        standing = where_stricter(standing, said_by(one.override, codes), version.policy)
    return standing
