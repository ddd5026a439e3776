"""What an administrator looks after, counted in the database: people, keys, webhooks, jobs, connections, chains."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.models.connections import Connection, ConnectionState
from policy_service.storage.models.decisions import SealRow
from policy_service.storage.models.delivery import OutboxEvent, Webhook
from policy_service.storage.models.jobs import Job as JobRow
from policy_service.storage.models.people import ApiKey, SettingChange, User


@dataclass(frozen=True, slots=True)
class PeopleCounted:
    """How many people may sign in or use a key, and how many may not any more."""

    active: int
    inactive: int


@dataclass(frozen=True, slots=True)
class KeysCounted:
    """How many keys count, and how many of them end by the instant that was asked for."""

    valid: int
    ending: int


@dataclass(frozen=True, slots=True)
class WebhooksCounted:
    """How many webhooks are active, how many the service switched off, and how many events were given up."""

    active: int
    switched_off: int
    dead_events: int


@dataclass(frozen=True, slots=True)
class JobsCounted:
    """How many jobs have failed, of those that are kept, and how many wait or run."""

    failed: int
    under_way: int


@dataclass(frozen=True, slots=True)
class ConnectionsCounted:
    """How many connections are on, and how many of them failed last or wait for a person."""

    on: int
    failing: int


def people_counted(session: Session) -> PeopleCounted:
    """Return the people counted."""
    is_active = User.is_active.is_(True)
    counted = select(func.count().filter(is_active), func.count().filter(~is_active)).select_from(User)
    return PeopleCounted(*session.execute(counted).one())


def keys_counted(session: Session, at: Instant, soon: Instant) -> KeysCounted:
    """Return the keys that count at the instant, of people who are active; and those of them that end until `soon`."""
    counts = (
        ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > at),
        User.is_active.is_(True),
    )
    ends = func.count().filter(ApiKey.expires_at <= soon)
    counted = select(func.count(), ends).join_from(ApiKey, User, User.user_id == ApiKey.user_id).where(*counts)
    return KeysCounted(*session.execute(counted).one())


def webhooks_counted(session: Session) -> WebhooksCounted:
    """Return the webhooks counted, with the events that none of them took."""
    is_active, is_switched_off = Webhook.is_active.is_(True), Webhook.switched_off_because != ""
    counted = select(func.count().filter(is_active), func.count().filter(~is_active, is_switched_off))
    active, switched_off = session.execute(counted.select_from(Webhook)).one()
    dead = session.scalar(select(func.count()).select_from(OutboxEvent).where(OutboxEvent.state == "dead"))
    return WebhooksCounted(active, switched_off, dead or 0)


def jobs_counted(session: Session) -> JobsCounted:
    """Return the jobs counted that went wrong or are not done."""
    is_under_way = JobRow.state.in_(("waiting", "running"))
    counted = select(func.count().filter(JobRow.state == "failed"), func.count().filter(is_under_way))
    return JobsCounted(*session.execute(counted.select_from(JobRow)).one())


def connections_counted(session: Session) -> ConnectionsCounted:
    """Return the connections counted."""
    is_failing = or_(ConnectionState.failures > 0, ConnectionState.is_stopped.is_(True))
    of_state = ConnectionState.connection_id == Connection.connection_id
    counted = select(func.count(), func.count().filter(is_failing)).select_from(Connection)
    found = session.execute(counted.outerjoin(ConnectionState, of_state).where(Connection.is_on.is_(True)))
    return ConnectionsCounted(*found.one())


def open_setting_changes(session: Session) -> int:
    """Return how many changes of settings wait for a second person."""
    waits = select(func.count()).select_from(SettingChange).where(SettingChange.state == "proposed")
    return session.scalar(waits) or 0


def last_sealed_at(session: Session) -> Instant | None:
    """Return when the ends of the chains were sealed last, none if they never were."""
    return session.scalar(select(SealRow.sealed_at).order_by(SealRow.seal_number.desc()).limit(1))
