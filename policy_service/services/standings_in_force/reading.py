"""The standing that decisions read: the last review's, or the recorded one before it, under a ladder's effects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from policy_service.domain.decisions import Override, SetAside
from policy_service.domain.entries import CustomerHistory, RecordedStanding
from policy_service.domain.instants import Instant
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.standings import (
    Standing,
    overridden_standing,
    recorded_standing,
    where_stricter,
    with_effects,
)
from policy_service.services.standings_in_force.texts import effects_of, said_by, standing_of
from policy_service.storage.effect_store import EffectStore, StoredEffect
from policy_service.storage.review_task_store import ReviewTaskStore
from policy_service.storage.standing_store import StandingKey, StandingStore, StoredStanding


def standing_now(
    session: Session,
    customer_id: str,
    history: CustomerHistory,
    as_of: date,
    policy: Policy,
    codes: CodeBook,
    *,
    overrides: Sequence[Override] = (),
    at: Instant | None = None,
) -> Standing:
    """Return the customer's standing on a business day, with what is in force now, or was at the instant `at`.

    It is what the last review left in force, before the first one what the ledger's standings file says, else
    nothing; a limit whose days are over is none set. `overrides` of reviews, if given, stand over it, and the
    effects of ladders over both: of several on one item the strictest holds.
    """
    stored = StandingStore(session).in_force(customer_id, at)
    effects = EffectStore(session).in_force(customer_id, at)
    return standing_from(stored, effects, history, as_of, policy, codes, overrides=overrides)


def standing_from(
    stored: StoredStanding | None,
    effects: Sequence[StoredEffect],
    history: CustomerHistory,
    as_of: date,
    policy: Policy,
    codes: CodeBook,
    *,
    overrides: Sequence[Override] = (),
    set_aside: Sequence[SetAside] = (),
) -> Standing:
    """Return the standing that `standing_now` does, from what it reads: the one in force, if any, and the effects.

    What is `set_aside` of overrides counts only where it is stricter.
    """
    standing = standing_of(stored, as_of, codes) if stored else recorded_standing(history, as_of, codes)
    for override in overrides:
        standing = overridden_standing(standing, said_by(override, codes))
    for one in set_aside:
        standing = where_stricter(standing, said_by(one.override, codes), policy)
    return with_effects(standing, effects_of(effects, codes), policy) if effects else standing


def lacks_standing(session: Session, history: CustomerHistory, day: date) -> bool:
    """Return whether the customer is to be reviewed before an order is decided upon on this day.

    So it is where nothing was ever in force or recorded, and no review of the last `TRIED_AGAIN_AFTER` days has
    ended in refer.
    """
    if StandingStore(session).in_force(history.customer_id):
        return False
    if any(recorded.valid_from <= day for recorded in history.standings):
        return False
    task = ReviewTaskStore(session).open_of(history.customer_id)
    return task is None or task.may_be_tried_on(day)


@dataclass(frozen=True, slots=True)
class StandingsOfCustomer:
    """What a customer stood at over time.

    That is what reviews made of it, the latest first, what ladders laid over it, and what was recorded before.
    """

    standings: tuple[StoredStanding, ...]
    effects: tuple[StoredEffect, ...]
    recorded: tuple[RecordedStanding, ...]


def standings_of(
    session: Session, history: CustomerHistory, after: StandingKey | None = None, limit: int = 50
) -> StandingsOfCustomer:
    """Return the customer's standings, with who, why and by which decision: at most `limit`, behind `after`."""
    customer_id = history.customer_id
    return StandingsOfCustomer(
        StandingStore(session).page(customer_id=customer_id, after=after, limit=limit),
        EffectStore(session).history(customer_id),
        history.standings,
    )
