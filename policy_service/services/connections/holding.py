"""A connection held by who pulls it or writes back to it: one at a time, until it is let go or not heard of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.instants import SECOND, Instant
from policy_service.services.house import House
from policy_service.services.running_jobs import JobStopped
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


class Held:
    """A connection that one run holds: it writes only while it does, and says while it waits that it lives."""

    def __init__(
        self, house: House, connection_id: int, by: str, heard: Callable[[], None], is_its: Callable[[Session], bool]
    ) -> None:
        """Take who holds it; `heard` raises JobStopped where the run is to stop, `is_its` says it is still the last."""
        self._house = house
        self._connection_id = connection_id
        self._by = by
        self._heard = heard
        self._is_its = is_its
        self._held_at = house.world.now()
        self.is_stopped = False

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a transaction in which the connection is held; Conflict X167 once another has it, or has had it."""
        with self._house.database.writing() as session:
            self._held_at = self._house.world.now()
            hold(session, self._connection_id, self._by, self._held_at)
            if not self._is_its(session):
                # What came here may be older than what another run has brought since.
                raise held_by_another()
            yield session

    def goes_on(self) -> bool:
        """Return whether a connector may wait on; the connection is held meanwhile."""
        try:
            self._heard()
        except JobStopped:
            self.is_stopped = True
            return False
        if self._house.world.now() > self._held_at + RENEW_AFTER:
            with self.writing():
                pass
        return True

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Run calls of the connector; JobStopped where it gave up waiting because the run is to stop."""
        try:
            yield
        except ConnectorError:
            if self.is_stopped:
                raise JobStopped from None
            raise


def held_by_another() -> Conflict:
    """Return the error for who has not, or has no longer, the connection."""
    return Conflict(
        "X167", "Another pull of this connection is under way.", remedy="Wait for its end, or cancel its job."
    )


def _lease(connection_id: int) -> str:
    return f"pull:{connection_id}"
