"""What people and systems did: appended in the transaction of the act itself, chained like decisions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from msgspec.structs import asdict
from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from policy_service.storage.broken_chains import BrokenLink, verify_log
from policy_service.storage.chains import Link, Log, Plain, Record, append_links
from policy_service.storage.models.audit import AuditEventRow


class Done(Protocol):
    """What is stored of an act; columns of the same names say what each is."""

    @property
    def event_id(self) -> str:
        """The id that this service gave it."""

    @property
    def at(self) -> int:
        """The instant."""

    @property
    def person(self) -> str:
        """Who did it."""

    @property
    def act(self) -> str:
        """What was done, in a word."""

    @property
    def subject_kind(self) -> str:
        """Upon what kind of thing."""

    @property
    def subject_id(self) -> str:
        """Upon which."""

    @property
    def detail(self) -> str:
        """More, as JSON."""

    @property
    def request_id(self) -> str:
        """With which request; empty without one."""

    @property
    def key_id(self) -> str | None:
        """With which key."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """An act as it is stored."""

    event_id: str
    at: int
    person: str
    act: str
    subject_kind: str
    subject_id: str
    detail: str
    request_id: str
    key_id: str | None


_EVENTS: Final = AuditEventRow.metadata.tables["audit_events"]
_NAMES: Final = AuditEvent.__slots__
_COLUMNS: Final = [getattr(AuditEventRow, name) for name in (*_NAMES, "writer", "sequence", "previous_hash", "hash")]


class AuditStore:
    """The acts within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, writer: str, events: Sequence[Done]) -> tuple[Link, ...]:
        """Store acts at the end of the writer's chain, in their order."""
        links = append_links(self._session, Log.AUDIT, writer, list(map(_record, events)))
        rows = [_said(event) | asdict(link) for event, link in zip(events, links, strict=True)]
        if rows:
            self._session.execute(insert(_EVENTS), rows)
        return links

    def about(self, subject_kind: str, subject_id: str) -> tuple[AuditEvent, ...]:
        """Return the acts upon something, the earliest first."""
        upon = (AuditEventRow.subject_kind == subject_kind, AuditEventRow.subject_id == subject_id)
        rows = self._session.execute(
            select(*_COLUMNS).where(*upon).order_by(AuditEventRow.at, AuditEventRow.writer, AuditEventRow.sequence)
        )
        return tuple(AuditEvent(*row[: len(_NAMES)]) for row in rows)

    def page(
        self,
        *,
        person: str = "",
        act: str = "",
        subject_kind: str = "",
        subject_id: str = "",
        since: int | None = None,
        before: int | None = None,
        behind: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> tuple[AuditEvent, ...]:
        """Return the latest acts that fit every filter given, behind the one of that instant and id.

        `since` is inclusive, `before` is not.
        """
        equal = {"person": person, "act": act, "subject_kind": subject_kind, "subject_id": subject_id}
        conditions = [getattr(AuditEventRow, name) == value for name, value in equal.items() if value]
        if since is not None:
            conditions.append(AuditEventRow.at >= since)
        if before is not None:
            conditions.append(AuditEventRow.at < before)
        if behind is not None:
            conditions.append(tuple_(AuditEventRow.at, AuditEventRow.event_id) < behind)
        query = select(*_COLUMNS[: len(_NAMES)]).where(*conditions)
        latest_first = (AuditEventRow.at.desc(), AuditEventRow.event_id.desc())
        return tuple(AuditEvent(*row) for row in self._session.execute(query.order_by(*latest_first).limit(limit)))

    def verify(self, writer: str | None = None) -> Iterator[BrokenLink]:
        """Yield everything altered, taken out or moved in the chain of one writer, or of each."""
        return verify_log(self._session, Log.AUDIT, AuditEventRow, self._stretch, writer)

    def _stretch(self, writer: str, after: int, most: int) -> list[tuple[Link, Record]]:
        behind = select(*_COLUMNS).where(AuditEventRow.writer == writer, AuditEventRow.sequence > after)
        rows = self._session.execute(behind.order_by(AuditEventRow.sequence).limit(most))
        return [(Link(*row[len(_NAMES) :]), _record(AuditEvent(*row[: len(_NAMES)]))) for row in rows]


def _record(event: Done) -> Record:
    fields = _said(event)
    del fields["event_id"]
    return Record(event.event_id, fields)


def _said(event: Done) -> dict[str, Plain]:
    return {name: getattr(event, name) for name in _NAMES}
