"""What an administrator comes for: people, keys, webhooks, jobs, connections, settings, chains, and what is wrong."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.instants import DAY, Instant
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.house import House
from policy_service.services.second_person import passwords_waiting_for, roles_waiting_for
from policy_service.storage.administration import (
    ConnectionsCounted,
    JobsCounted,
    KeysCounted,
    PeopleCounted,
    WebhooksCounted,
    connections_counted,
    jobs_counted,
    keys_counted,
    last_sealed_at,
    open_setting_changes,
    people_counted,
    webhooks_counted,
)

#: Of keys that end within so many days it is said that they do.
ENDING_WITHIN_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Administration:
    """How each fares; `waiting` are roles and passwords that the reader may agree to.

    `sealed_at` is when the ends of the chains were sealed last, none for never; `has_seal_key` says whether they are.
    """

    people: PeopleCounted
    waiting: int
    keys: KeysCounted
    webhooks: WebhooksCounted
    jobs: JobsCounted
    connections: ConnectionsCounted
    open_setting_changes: int
    sealed_at: Instant | None
    has_seal_key: bool


def administration(house: House, session: Session, actor: Actor, at: Instant) -> Administration:
    """Return how everything fares at the instant; AccessError A403 for who may not see everybody's keys."""
    require(actor, Permission.KEYS_ALL)
    waiting = (*roles_waiting_for(session, actor), *passwords_waiting_for(session, actor, at))
    return Administration(
        people_counted(session),
        len(waiting),
        keys_counted(session, at, at + ENDING_WITHIN_DAYS * DAY),
        webhooks_counted(session),
        jobs_counted(session),
        connections_counted(session),
        open_setting_changes(session),
        last_sealed_at(session),
        bool(house.settings.seal_key),
    )
