"""When a connection is written back to by itself: after each pull, by its schedule, later after failures."""

from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import SECOND, Instant
from policy_service.services.connections.backoff import try_again_at
from policy_service.services.house import House
from policy_service.services.running_jobs import JobStopped
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.errors import Conflict, Unavailable
from policy_service.storage.job_store import Job, JobStore
from policy_service.storage.push_store import PushStore

#: The kind of the jobs, and the arguments that name the connection and say whether nothing is written.
PUSH_CONNECTION: Final = "push_connection"
CONNECTION: Final = "connection"
IS_DRY: Final = "is_dry"
#: Of a connection without a schedule standings are written back so often.
_BY_ITSELF: Final = 60
#: A job that was asked for has so many minutes before it is asked for again.
_ASKED_AGAIN: Final = 10
_MINUTE: Final = 60 * SECOND


def ask_for_push(session: Session, connection: StoredConnection, act: Act, *, is_dry: bool) -> Job:
    """Have a connection written back to soon, and return the job; while one waits or runs it is that one.

    A dry run is a job of its own.
    """
    store, jobs = PushStore(session), JobStore(session)
    arguments = {CONNECTION: connection.name, IS_DRY: is_dry}
    if is_dry:
        return jobs.add(PUSH_CONNECTION, arguments, act)
    state = store.state(connection.connection_id, locks=True)
    before = jobs.find(state.job_id) if state.job_id else None
    if before and not before.is_ended:
        return before
    job = jobs.add(PUSH_CONNECTION, arguments, act)
    store.move(connection.connection_id, job_id=job.job_id)
    return job


def ask_for_due_pushes(house: House, act: Act) -> int:
    """Have every connection written back to whose time has come, and return how many these are."""
    with house.database.reading() as session:
        due = PushStore(session).due(act.at)
    for name in due:
        with house.database.writing() as session:
            connection = ConnectionStore(session).load(name)
            ask_for_push(session, connection, act, is_dry=False)
            PushStore(session).move(connection.connection_id, next_at=act.at + _ASKED_AGAIN * _MINUTE)
    return len(due)


def after_pull(session: Session, connection: StoredConnection, at: Instant) -> None:
    """Let a connection be written back to that was pulled just now, unless it waits after a failure."""
    store = PushStore(session)
    if connection.writes_back and not store.state(connection.connection_id).failures:
        store.move(connection.connection_id, next_at=at)


def resume(session: Session, connection: StoredConnection, at: Instant) -> None:
    """Let a connection be written back to at once that somebody set up or corrected, if it is to be at all."""
    next_at = at if connection.writes_back else None
    PushStore(session).move(connection.connection_id, next_at=next_at, failures=0, is_stopped=False)


def after_push(session: Session, connection: StoredConnection, at: Instant) -> None:
    """Note that it was written back to, and when that is done next."""
    minutes = connection.schedule_minutes or _BY_ITSELF
    next_at = at + minutes * _MINUTE if connection.writes_back else None
    PushStore(session).move(connection.connection_id, next_at=next_at, failures=0, is_stopped=False)


def after_failed_push(
    session: Session, connection: StoredConnection, error: Exception, at: Instant, chance: float
) -> None:
    """Note that it failed; what passes is tried again later, what a person has to correct is not.

    `chance` spreads the tries of many.
    """
    store = PushStore(session)
    failures = store.state(connection.connection_id).failures + 1
    if isinstance(error, JobStopped):
        after_push(session, connection, at)
        return
    passes = isinstance(error, Unavailable | Conflict) or not isinstance(error, PolicyServiceError)
    if passes or (isinstance(error, ConnectorError) and error.is_passing):
        store.move(connection.connection_id, next_at=try_again_at(at, failures, error, chance), failures=failures)
    else:
        store.move(connection.connection_id, next_at=None, failures=failures, is_stopped=True)
