"""What is written into other systems: runs, what became of each row, and cases that were handed over."""

from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Claim, Hash, Identifier, Instant, LongText, OwnId, Whole, Word, one_of
from policy_service.storage.models.connections import PULL_STATES
from policy_service.storage.models.tables import Model

#: Noted before it is sent; handed over; refused; or sent, perhaps, and nobody can tell.
HANDING_STATES: Final = ("intended", "done", "refused", "uncertain")
_CONNECTION: Final = "connections.connection_id"


class PushState(Model):
    """How far the write-back of a connection is: its job, when it is due, none if it is not, and failures in a row.

    `is_stopped` says that a person has to do something first.
    """

    __tablename__ = "push_states"

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    job_id: Mapped[OwnId | None]
    next_at: Mapped[Instant | None]
    failures: Mapped[Whole]
    is_stopped: Mapped[Claim]


class Push(Model):
    """One run of the write-back, with what it came to, or with `is_dry` would have come to.

    `mapping_hash` names the mapping and the account that it was made with. `looked_by` is who looked at a dry run,
    which lets the write-back be switched on. `code`, `error` and `remedy` say why it failed.
    """

    __tablename__ = "pushes"
    __table_args__ = (Index(None, "connection_id", "started_at"), one_of("state", PULL_STATES))

    push_id: Mapped[OwnId] = mapped_column(primary_key=True)
    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION))
    is_dry: Mapped[Claim]
    mapping_hash: Mapped[Hash]
    state: Mapped[Word]
    started_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    person: Mapped[Identifier]
    looked_at: Mapped[Instant | None]
    looked_by: Mapped[Identifier]
    rows: Mapped[Whole]
    planned: Mapped[Whole]
    written: Mapped[Whole]
    refused: Mapped[Whole]
    waiting: Mapped[Whole]
    gone: Mapped[Whole]
    without_standing: Mapped[Whole]
    fields_left_out: Mapped[Whole]
    tasks: Mapped[Whole]
    handed_over: Mapped[Whole]
    tasks_refused: Mapped[Whole]
    uncertain: Mapped[Whole]
    code: Mapped[Word]
    error: Mapped[LongText]
    remedy: Mapped[LongText]


class RowWrite(Model):
    """What became of the last write of a row over there; `sent_values` are JSON, `code` is the system's word.

    `tries` counts how often in a row the same values were sent; they are not sent again before `next_at`.
    """

    __tablename__ = "row_writes"
    __table_args__ = (Index(None, "connection_id", "is_done", "written_at"),)

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    object_name: Mapped[Identifier] = mapped_column(primary_key=True)
    row_id: Mapped[Identifier] = mapped_column(primary_key=True)
    push_id: Mapped[OwnId]
    customer_id: Mapped[Identifier]
    sent_values: Mapped[LongText]
    is_done: Mapped[Claim]
    code: Mapped[Identifier]
    message: Mapped[LongText]
    tries: Mapped[Whole]
    written_at: Mapped[Instant]
    next_at: Mapped[Instant | None]


class HandedCase(Model):
    """A case at a level that is handed over, once for ever; the intent is noted before anything is sent.

    It is not sent again before `next_at`, and never where that is none.
    """

    __tablename__ = "handed_cases"
    __table_args__ = (one_of("state", HANDING_STATES), Index(None, "connection_id", "state"))

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    case_id: Mapped[OwnId] = mapped_column(ForeignKey("escalation_cases.case_id"), primary_key=True)
    level: Mapped[Identifier] = mapped_column(primary_key=True)
    push_id: Mapped[OwnId]
    customer_id: Mapped[Identifier]
    object_name: Mapped[Identifier]
    row_id: Mapped[Identifier]
    state: Mapped[Word]
    code: Mapped[Identifier]
    message: Mapped[LongText]
    tries: Mapped[Whole]
    sent_at: Mapped[Instant]
    next_at: Mapped[Instant | None]
