"""One run of the write-back under way: its place, its lease, its counts, and how it ends."""

from collections.abc import Callable
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.mapping.mapping import ConnectorMapping
from policy_service.connectors.port import Written
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import SECOND, Instant
from policy_service.services.audit import note
from policy_service.services.connections.holding import Held, hold, let_go
from policy_service.services.connections.writing_back_schedule import after_failed_push, after_push
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.pull_store import PullStore
from policy_service.storage.push_store import PushStore, StoredPush

#: Told how many rows are done of how many so far; raises JobStopped where the run is to stop.
Heard: TypeAlias = Callable[[int, int], None]
#: What was refused is tried again after so many seconds, after each further time in twice as many.
_FIRST_PAUSE: Final = 300
_LONGEST_PAUSE: Final = 24 * 3_600
_LONGEST_CODE: Final = 200
_LONGEST_MESSAGE: Final = 1_000


class PushRun:
    """A run: everything it keeps is kept in transactions that hold the connection."""

    def __init__(
        self,
        house: House,
        connection: StoredConnection,
        mapping: ConnectorMapping,
        act: Act,
        by: str,
        heard: Heard,
        push_id: str,
        *,
        is_dry: bool,
    ) -> None:
        self.house = house
        self.connection = connection
        self.mapping = mapping
        self.act = act
        self.by = by
        self.push_id = push_id
        self.is_dry = is_dry
        self._heard = heard
        self._done = 0
        self._last_pull = ""
        # Everything it keeps is kept while it holds the connection, and it says while it waits that it lives.
        held = Held(house, connection.connection_id, by, lambda: self.has_done(0), self._is_its)
        self.writing, self.goes_on, self.asking = held.writing, held.goes_on, held.asking

    @property
    def connection_id(self) -> int:
        """The number of the connection."""
        return self.connection.connection_id

    def now(self) -> Act:
        """Return the act, as of now: an hour later other overrides and days count."""
        return Act(self.act.person, self.house.world.now() or self.act.at, self.act.request_id)

    def begin(self) -> None:
        """Take the connection as the last pull left it, which may be our own."""
        with self.house.database.writing() as session:
            hold(session, self.connection_id, self.by, self.house.world.now())
            self._last_pull = _last_pull(session, self.connection_id)

    def count(self, session: Session, **more: int) -> None:
        """Add to the counts of the run."""
        PushStore(session).count(self.push_id, **more)

    def has_done(self, rows: int) -> None:
        """Say how far it is; JobStopped where it is to stop."""
        self._done += rows
        self._heard(self._done, self._done + 1)

    def note(self, session: Session, done: str, detail: dict[str, object]) -> None:
        """Note a batch in the audit trail."""
        said = {"push_id": self.push_id, **detail}
        note(self.house, session, self.now(), done, "connection", self.connection.name, said)

    def end(self, state: str, failed: Exception | None) -> StoredPush:
        """Keep how it ended, and when the next one is due; whoever waits for the connection may begin."""
        at = self.house.world.now()
        said = {}
        if isinstance(failed, PolicyServiceError):
            said = {"code": failed.code, "error": failed.message, "remedy": failed.remedy}
        with self.house.database.writing() as session:
            now = ConnectionStore(session).of(self.connection_id)
            if not self.is_dry and failed is not None:
                after_failed_push(session, now, failed, at, self.house.world.chance())
            elif not self.is_dry:
                after_push(session, now, at)
            ended = PushStore(session).end(self.push_id, state, at, **said)
            let_go(session, self.connection_id, self.by, at)
        return ended

    def _is_its(self, session: Session) -> bool:
        is_running = PushStore(session).load(self.push_id).state == "running"
        return is_running and _last_pull(session, self.connection_id) == self._last_pull


def require_told_of_all(sent: int, told: int) -> None:
    """Return if the connector has told what became of all that were sent; ConnectorError X193 otherwise."""
    if sent != told:
        raise ConnectorError(
            "X193",
            f"Of {sent} that were sent, the connector told what became of {told}.",
            remedy="It is a fault of the connector: report it, with the log of the process.",
        )


def kept_words(said: Written) -> tuple[str, str]:
    """Return the code and message of a system as they can be kept: no longer than bounds, in plain Unicode."""

    def clean(text: str, longest: int) -> str:
        return text.replace("\0", "").encode("utf-8", "replace").decode()[:longest]

    return clean(said.code, _LONGEST_CODE), clean(said.message, _LONGEST_MESSAGE)


def _last_pull(session: Session, connection_id: int) -> str:
    return next((one.pull_id for one in PullStore(session).latest(connection_id, 1)), "")


def next_try(at: Instant, tries: int) -> Instant:
    """Return when the same is tried again after so many tries in a row."""
    pause: int = _FIRST_PAUSE * 2 ** min(tries - 1, 20)
    return at + min(pause, _LONGEST_PAUSE) * SECOND
