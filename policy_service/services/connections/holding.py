"""A connection held by who pulls it or writes back to it: one at a time, until it is let go or not heard of."""

from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.instants import SECOND, Instant
from policy_service.storage.errors import Conflict
from policy_service.storage.job_store import LeaseStore

#: Who has kept nothing for so long is dead, and another may begin.
LEASE_SECONDS: Final = 90
#: Who waits says so often that they live.
RENEW_AFTER: Final = 20 * SECOND


def hold(session: Session, connection_id: int, by: str, at: Instant) -> None:
    """Keep the connection for `by`, who may have it already; Conflict X167 if somebody else has it."""
    if not LeaseStore(session).take(_lease(connection_id), by, at + LEASE_SECONDS * SECOND, at):
        raise held_by_another()


def let_go(session: Session, connection_id: int, by: str, at: Instant) -> None:
    """Let another one have the connection, if `by` has it."""
    LeaseStore(session).take(_lease(connection_id), by, at, at)


def held_by_another() -> Conflict:
    """Return the error for who has not, or has no longer, the connection."""
    return Conflict(
        "X167", "Another pull of this connection is under way.", remedy="Wait for its end, or cancel its job."
    )


def _lease(connection_id: int) -> str:
    return f"pull:{connection_id}"
