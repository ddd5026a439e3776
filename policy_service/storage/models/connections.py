"""Other systems that are connected: how each is reached, what it holds as it was told, and what became of that."""

from typing import Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import (
    Claim,
    Hash,
    Identifier,
    Instant,
    LongText,
    OwnId,
    RowNumber,
    Whole,
    Word,
    one_of,
)
from policy_service.storage.models.tables import Model, Revised

SYSTEMS: Final = ("fxiaoke", "zoho_crm", "zoho_books", "drop_folder")
PULL_STATES: Final = ("running", "done", "failed", "stopped")
_CONNECTION: Final = "connections.connection_id"
_PENDING: Final = text("is_pending")


class Connection(Revised, Model):
    """A system of the company; `settings` are JSON, `secrets` and the token are encrypted.

    `mapping` is what turns its rows into the ledger's, as a file says it; empty before one is kept. With a
    schedule of 0 minutes it is pulled only when somebody asks.
    """

    __tablename__ = "connections"
    __table_args__ = (Index(None, "name", unique=True), one_of("system", SYSTEMS))

    connection_id: Mapped[RowNumber]
    name: Mapped[Word]
    system: Mapped[Word]
    settings: Mapped[LongText]
    secrets: Mapped[LongText]
    mapping: Mapped[LongText]
    schedule_minutes: Mapped[Whole]
    is_on: Mapped[Claim]
    writes_back: Mapped[Claim]
    created_at: Mapped[Instant]
    created_by: Mapped[Identifier]
    changed_at: Mapped[Instant]
    changed_by: Mapped[Identifier]


class ConnectionState(Model):
    """How far a connection is: what changes by itself, so that nobody's form is refused for it.

    `next_at` is when it is pulled by itself, none if not; `failures` are those in a row. `is_stopped` says that a
    person has to do something first. `account` is the hash of the settings that the mirror was pulled with, and
    `translated_with` that of the mapping that its rows were last read by. `read_through` is the ledger's posting
    at the last reading, and `has_left_out` says that rows were left out then; `rates` are its currencies' first
    days as JSON.
    """

    __tablename__ = "connection_states"

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    token: Mapped[LongText]
    job_id: Mapped[OwnId | None]
    next_at: Mapped[Instant | None]
    failures: Mapped[Whole]
    is_stopped: Mapped[Claim]
    account: Mapped[Hash]
    translated_with: Mapped[Hash]
    read_through: Mapped[Whole]
    has_left_out: Mapped[Claim]
    rates: Mapped[LongText]


class PullCursor(Model):
    """From where the next page of an object goes on, and with which fields (JSON) it was asked for.

    Each time it begins with the first row `sweep` counts up; while that lasts `is_sweeping` holds, and what was
    not brought by its end is gone.
    """

    __tablename__ = "pull_cursors"

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    object_name: Mapped[Identifier] = mapped_column(primary_key=True)
    fields: Mapped[LongText]
    cursor: Mapped[LongText]
    sweep: Mapped[Whole]
    is_sweeping: Mapped[Claim]


class MirroredRow(Model):
    """A row as the other system had it last: `body` is canonical JSON, `content` its hash.

    Of a deleted one the id is kept. `sweep` and `listing` are the last ones that named it. `is_pending`: it, or a
    row that it looks up, has changed since it was last translated. `left_out` is why the mapping makes nothing of
    it, or not all that it should.
    """

    __tablename__ = "mirrored_rows"
    __table_args__ = (
        Index(
            "ix_mirrored_rows_pending",
            "connection_id",
            "object_name",
            "row_id",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
    )

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    object_name: Mapped[Identifier] = mapped_column(primary_key=True)
    row_id: Mapped[Identifier] = mapped_column(primary_key=True)
    changed_at: Mapped[Instant]
    body: Mapped[LongText]
    content: Mapped[Hash]
    is_deleted: Mapped[Claim]
    is_pending: Mapped[Claim]
    sweep: Mapped[Whole]
    listing: Mapped[Identifier]
    left_out: Mapped[LongText]


class UnreadableRow(Model):
    """A mirrored row that the mapping cannot read, though it is to: `left_out` of the row says why."""

    __tablename__ = "unreadable_rows"

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    object_name: Mapped[Identifier] = mapped_column(primary_key=True)
    row_id: Mapped[Identifier] = mapped_column(primary_key=True)


class RowLink(Model):
    """A row that was looked up, there or not, when another one was translated."""

    __tablename__ = "row_links"
    __table_args__ = (Index(None, "connection_id", "looked_object", "looked_row"),)

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    object_name: Mapped[Identifier] = mapped_column(primary_key=True)
    row_id: Mapped[Identifier] = mapped_column(primary_key=True)
    looked_object: Mapped[Identifier] = mapped_column(primary_key=True)
    looked_row: Mapped[Identifier] = mapped_column(primary_key=True)


class TranslatedRow(Model):
    """A row of the ledger that the mapping made of a mirrored one; `cells` are JSON by the ledger's columns.

    `entry_key` tells it apart in its table. The ids that it names are kept beside it; one that is too long to be
    an id stands as a hash.
    """

    __tablename__ = "translated_rows"
    __table_args__ = (
        Index(None, "connection_id", "object_name", "row_id"),
        Index(None, "connection_id", "entry_table", "entry_key"),
        Index(None, "connection_id", "customer_id"),
        Index(None, "connection_id", "invoice_id"),
        Index(None, "connection_id", "order_id"),
        Index(None, "connection_id", "parent_id"),
    )

    row_number: Mapped[RowNumber]
    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION))
    object_name: Mapped[Identifier]
    row_id: Mapped[Identifier]
    entry_table: Mapped[Word]
    entry_key: Mapped[Identifier]
    customer_id: Mapped[Identifier]
    invoice_id: Mapped[Identifier]
    order_id: Mapped[Identifier]
    parent_id: Mapped[Identifier]
    cells: Mapped[LongText]


class TouchedName(Model):
    """What rows named, before or after, that have changed since the ledger last followed: customers, invoices, keys."""

    __tablename__ = "touched_names"

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    kind: Mapped[Word] = mapped_column(primary_key=True)
    name: Mapped[Identifier] = mapped_column(primary_key=True)


class ConnectionPosting(Model):
    """A posting that a connection made: what came with it and is in force is the connection's to change."""

    __tablename__ = "connection_postings"
    __table_args__ = (Index(None, "connection_id"),)

    posting: Mapped[Whole] = mapped_column(ForeignKey("postings.number"), primary_key=True, autoincrement=False)
    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION))


class Pull(Model):
    """One run of a connection, with what it came to; `import_id` is its import, whose report has the rows left out.

    `code`, `error` and `remedy` say why it failed.
    """

    __tablename__ = "pulls"
    __table_args__ = (Index(None, "connection_id", "started_at"), one_of("state", PULL_STATES))

    pull_id: Mapped[OwnId] = mapped_column(primary_key=True)
    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION))
    state: Mapped[Word]
    started_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    person: Mapped[Identifier]
    pages: Mapped[Whole]
    rows: Mapped[Whole]
    changed: Mapped[Whole]
    deleted: Mapped[Whole]
    translated: Mapped[Whole]
    customers: Mapped[Whole]
    added: Mapped[Whole]
    replaced: Mapped[Whole]
    withdrawn: Mapped[Whole]
    left_out: Mapped[Whole]
    import_id: Mapped[OwnId | None] = mapped_column(ForeignKey("imports.import_id"))
    code: Mapped[Word]
    error: Mapped[LongText]
    remedy: Mapped[LongText]


class WrittenValue(Model):
    """What was last written into a field over there, so that only what has changed is written again."""

    __tablename__ = "written_values"

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    object_name: Mapped[Identifier] = mapped_column(primary_key=True)
    row_id: Mapped[Identifier] = mapped_column(primary_key=True)
    field: Mapped[Identifier] = mapped_column(primary_key=True)
    value: Mapped[LongText]
    written_at: Mapped[Instant]
