"""When connections are pulled by themselves: by their schedule, sooner when they are told to, later after failures."""

from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import SECOND, Instant
from policy_service.services.connections.backoff import try_again_at
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.errors import Conflict, Unavailable
from policy_service.storage.job_store import Job, JobStore
from policy_service.storage.notice_store import NoticeStore

#: The kind of the jobs, and the argument that names the connection.
PULL_CONNECTION: Final = "pull_connection"
CONNECTION: Final = "connection"
#: Whether it may withdraw more rows than stay.
WITHDRAWS_MUCH: Final = "withdraws_much"
_MINUTE: Final = 60 * SECOND
#: Told of many changes, a connection is woken once in so long: each pull costs calls over there.
_REST: Final = _MINUTE


def ask_for_pull(session: Session, connection: StoredConnection, act: Act, *, withdraws_much: bool = False) -> Job:
    """Have a connection pulled soon, and return the job; while one waits or runs it is that one."""
    store, jobs = ConnectionStore(session), JobStore(session)
    state = store.state(connection.connection_id, locks=True)
    before = jobs.find(state.job_id) if state.job_id else None
    if before and not before.is_ended:
        return before
    job = jobs.add(PULL_CONNECTION, {CONNECTION: connection.name, WITHDRAWS_MUCH: withdraws_much}, act)
    store.move(connection.connection_id, job_id=job.job_id)
    return job


def ask_for_due_pulls(house: House, act: Act) -> int:
    """Have every connection pulled whose time has come, and return how many these are."""
    with house.database.reading() as session:
        due = ConnectionStore(session).due(act.at)
    for name in due:
        with house.database.writing() as session:
            store = ConnectionStore(session)
            connection = store.load(name)
            ask_for_pull(session, connection, act)
            store.move(connection.connection_id, next_at=_by_schedule(connection, act.at))
    return len(due)


def require_mapping(connection: StoredConnection) -> None:
    """Return if the connection has a mapping; ConnectorError X164 otherwise."""
    if not connection.mapping:
        raise ConnectorError(
            "X164",
            f"The connection {connection.name} has no mapping.",
            remedy="Keep one, then pull: policy connect map.",
        )


def wake(session: Session, connection: StoredConnection, at: Instant) -> None:
    """Let a connection be pulled that has been told of a change: at once, or a minute after it was woken last.

    One that is off or stopped is not, and one that failed waits until it is tried again anyway.
    """
    store, notices = ConnectionStore(session), NoticeStore(session, connection.connection_id)
    state = store.state(connection.connection_id)
    if not connection.is_on or state.is_stopped or (state.failures and state.next_at is not None):
        return
    due = max(at, (notices.channel().woken_at or 0) + _REST)
    if state.next_at is None or state.next_at > due:
        store.move(connection.connection_id, next_at=due)
        notices.move(woken_at=due)


def reschedule(store: ConnectionStore, connection: StoredConnection, at: Instant) -> None:
    """Let a connection that somebody set up or corrected be pulled at once, if it is to be pulled by itself."""
    is_by_itself = connection.is_on and connection.schedule_minutes
    store.move(connection.connection_id, next_at=at if is_by_itself else None, failures=0, is_stopped=False)


def after_success(store: ConnectionStore, connection: StoredConnection, at: Instant) -> None:
    """Note that a pull ended well, and when the next one is due."""
    waits = store.state(connection.connection_id).next_at
    by_schedule = _by_schedule(connection, at)
    # What was told meanwhile is looked at in its turn.
    next_at = min(waits, by_schedule) if waits and by_schedule and waits > at else by_schedule
    store.move(connection.connection_id, next_at=next_at, failures=0, is_stopped=False)


def after_failure(
    store: ConnectionStore, connection: StoredConnection, error: PolicyServiceError, at: Instant, chance: float
) -> None:
    """Note that a pull failed; what passes by itself is tried again, what a person has to correct is not.

    `chance` spreads the tries of many.
    """
    failures = store.state(connection.connection_id).failures + 1
    next_at, is_stopped = _by_schedule(connection, at), False
    match error:
        case ConnectorError(is_passing=True) | Unavailable() | Conflict():
            next_at = try_again_at(at, failures, error, chance) if connection.is_on else None
        case ConnectorError():
            next_at, is_stopped = None, True
        case _:
            pass
    store.move(connection.connection_id, next_at=next_at, failures=failures, is_stopped=is_stopped)


def _by_schedule(connection: StoredConnection, at: Instant) -> Instant | None:
    if not (connection.is_on and connection.schedule_minutes):
        return None
    return at + connection.schedule_minutes * _MINUTE
