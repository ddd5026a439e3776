"""Work that runs on its own, and who of several processes may do what only one may."""

from typing import Final

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Claim, Identifier, Instant, LongText, OwnId, Whole, Word, one_of
from policy_service.storage.models.tables import Model, Revised

JOB_STATES: Final = ("waiting", "running", "done", "failed", "cancelled")


class Job(Revised, Model):
    """A job: a worker holds it until `lease_until` and shows by its heartbeat that it lives.

    `once` names what must not be done twice, such as the run of a day; two jobs cannot have the same. A job that
    failed waits again until `not_before`, as long as it has attempts left.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("state", JOB_STATES),
        Index(None, "once", unique=True),
        Index(None, "state", "created_at"),
        Index(None, "kind", "created_at"),
    )

    job_id: Mapped[OwnId] = mapped_column(primary_key=True)
    kind: Mapped[Word]
    once: Mapped[Identifier | None]
    arguments: Mapped[LongText]
    state: Mapped[Word]
    created_at: Mapped[Instant]
    created_by: Mapped[Identifier]
    started_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
    leased_by: Mapped[Identifier]
    lease_until: Mapped[Instant | None]
    not_before: Mapped[Instant | None]
    heartbeat_at: Mapped[Instant | None]
    attempts: Mapped[Whole]
    progress_done: Mapped[Whole]
    progress_total: Mapped[Whole]
    is_cancel_asked: Mapped[Claim]
    result: Mapped[LongText]
    error: Mapped[LongText]


class Lease(Revised, Model):
    """What exactly one process does at a time, such as the scheduler: who, and until when."""

    __tablename__ = "leases"

    name: Mapped[Word] = mapped_column(primary_key=True)
    held_by: Mapped[Identifier]
    held_until: Mapped[Instant]
