"""What people and systems did, chained like decisions."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Identifier, Instant, LongText, OwnId, Word
from policy_service.storage.models.decisions import Linked
from policy_service.storage.models.tables import Model


class AuditEventRow(Linked, Model):
    """One act: who, when, with which key and request, upon what; `detail` is JSON."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "writer", "sequence", unique=True),
        Index(None, "at", "event_id"),
        Index(None, "subject_kind", "subject_id", "at"),
        Index(None, "person", "at"),
    )

    event_id: Mapped[OwnId] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    person: Mapped[Identifier]
    key_id: Mapped[OwnId | None]
    request_id: Mapped[Identifier]
    act: Mapped[Word]
    subject_kind: Mapped[Word]
    subject_id: Mapped[Identifier]
    detail: Mapped[LongText]
