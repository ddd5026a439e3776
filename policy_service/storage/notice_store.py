"""What is arranged with systems that tell of changes, and what they told: kept once, for every process."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.models.notices import HeardNotice, NoticeChannel

#: Of one connection so many are known at a time.
MOST_HEARD: Final = 10_000
_AS_IT_IS: Final = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """What is arranged, as the model says; `token` is encrypted text."""

    channel_id: str = ""
    token: str = field(default="", repr=False)
    watched: str = ""
    expires_at: Instant | None = None
    tried_with: str = ""
    next_try_at: Instant | None = None
    failures: int = 0
    code: str = ""
    error: str = ""
    remedy: str = ""
    taken: int = 0
    last_notice_at: Instant | None = None
    woken_at: Instant | None = None


class Hearing(Enum):
    """What is known of a notice that came: it is the first of its kind, came before, or cannot be remembered."""

    FIRST = "first"
    AGAIN = "again"
    FULL = "full"


_COLUMNS: Final = [getattr(NoticeChannel, name) for name in StoredChannel.__slots__]


class NoticeStore:
    """The notices of one connection within one transaction; who writes holds the connection's state meanwhile."""

    def __init__(self, session: Session, connection_id: int) -> None:
        self._session = session
        self._id = connection_id

    def channel(self) -> StoredChannel:
        """Return what is arranged; nothing where nothing ever was."""
        asked = select(*_COLUMNS).where(NoticeChannel.connection_id == self._id)
        row = self._session.execute(asked).one_or_none()
        return StoredChannel(*row) if row else StoredChannel()

    def move(self, **values: Any) -> None:
        """Store other values of what is arranged: those of the model."""
        of_connection = update(NoticeChannel).where(NoticeChannel.connection_id == self._id)
        found = self._session.execute(of_connection.values(**values), execution_options=_AS_IT_IS)
        if not found.rowcount:  # type: ignore[attr-defined]
            nothing = {name: getattr(StoredChannel(), name) for name in StoredChannel.__slots__}
            self._session.execute(insert(NoticeChannel).values(connection_id=self._id, **(nothing | values)))

    def count(self, at: Instant) -> None:
        """Count a notice that was taken."""
        self.move(taken=self.channel().taken + 1, last_notice_at=at)

    def hear(self, mark: str, until: Instant, at: Instant, most: int = MOST_HEARD) -> Hearing:
        """Remember a notice by its mark until then, and return what is known of it."""
        heard = HeardNotice
        known = select(heard.known_until).where(heard.connection_id == self._id, heard.mark == mark)
        if self._session.scalar(known) is not None:
            return Hearing.AGAIN
        if self._number() >= most:
            aged = delete(heard).where(heard.connection_id == self._id, heard.known_until < at)
            self._session.execute(aged, execution_options=_AS_IT_IS)
            if self._number() >= most:
                return Hearing.FULL
        self._session.execute(insert(heard).values(connection_id=self._id, mark=mark, known_until=until))
        return Hearing.FIRST

    def _number(self) -> int:
        counted = select(func.count()).select_from(HeardNotice).where(HeardNotice.connection_id == self._id)
        return self._session.scalar(counted) or 0


def forget_heard(session: Session, at: Instant) -> None:
    """Forget every notice that need not be known any longer."""
    session.execute(delete(HeardNotice).where(HeardNotice.known_until < at), execution_options=_AS_IT_IS)
