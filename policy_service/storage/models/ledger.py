"""What came into the ledger when, by whom, and what of it was left out."""

from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Identifier, Instant, Line, LongText, OwnId, Whole, Word, one_of
from policy_service.storage.models.tables import Model

#: What is done with a row that differs from the stored one of the same id.
DIFFERING: Final = ("refuse", "replace")


class LedgerState(Model):
    """The one row that says how far the ledger has come; whoever adds to the ledger locks it.

    `head` is the number of the last posting. `orders_since` is the posting from which on orders come from a
    file, none while they are read off invoices.
    """

    __tablename__ = "ledger_state"

    id: Mapped[Whole] = mapped_column(primary_key=True, autoincrement=False)
    base_currency: Mapped[Word]
    head: Mapped[Whole]
    orders_since: Mapped[Whole | None]


class Posting(Model):
    """One addition to the ledger: an import, or what a system pushed.

    Numbers run in the order of storing, and `stored_at` rises with them, so that "known before an instant" is
    "posted up to a number".
    """

    __tablename__ = "postings"
    __table_args__ = (Index(None, "stored_at", unique=True),)

    number: Mapped[Whole] = mapped_column(primary_key=True, autoincrement=False)
    stored_at: Mapped[Instant]
    person: Mapped[Identifier]
    import_id: Mapped[OwnId | None] = mapped_column(ForeignKey("imports.import_id"))


class PostedCustomer(Model):
    """A customer about whom a posting said something new."""

    __tablename__ = "posted_customers"
    __table_args__ = (Index(None, "customer_id", "posting"),)

    posting: Mapped[Whole] = mapped_column(ForeignKey("postings.number"), primary_key=True)
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"), primary_key=True)


class Withdrawal(Model):
    """How many rows of a table a posting withdrew: they count no longer, and nothing stands in their place."""

    __tablename__ = "withdrawals"
    __table_args__ = (Index(None, "entry_table", "posting"),)

    posting: Mapped[Whole] = mapped_column(ForeignKey("postings.number"), primary_key=True, autoincrement=False)
    entry_table: Mapped[Word] = mapped_column(primary_key=True)
    rows: Mapped[Whole]


class Import(Model):
    """One import: who ran it, when, over what, and how many rows it came to.

    `files` are the counts of each file as JSON. An import that changed nothing has no posting.
    """

    __tablename__ = "imports"
    __table_args__ = (Index(None, "started_at"), one_of("differing", DIFFERING))

    import_id: Mapped[OwnId] = mapped_column(primary_key=True)
    started_at: Mapped[Instant]
    person: Mapped[Identifier]
    source: Mapped[Line]
    base_currency: Mapped[Word]
    differing: Mapped[Word]
    files: Mapped[LongText]
    added: Mapped[Whole]
    replaced: Mapped[Whole]
    unchanged: Mapped[Whole]
    quarantined: Mapped[Whole]
    warnings: Mapped[Whole]
    posting: Mapped[Whole | None]


class ImportNote(Model):
    """A row that an import left out (`quarantined`) or remarked on (`warning`), in order of the report.

    `further` are the row's further faults as JSON.
    """

    __tablename__ = "import_notes"
    __table_args__ = (one_of("kind", ("quarantined", "warning")), Index(None, "import_id", "code"))

    import_id: Mapped[OwnId] = mapped_column(ForeignKey("imports.import_id"), primary_key=True)
    position: Mapped[Whole] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Word]
    code: Mapped[Word]
    file: Mapped[Line]
    line: Mapped[Whole]
    entry_table: Mapped[Word]
    entry: Mapped[LongText]
    column_name: Mapped[LongText]
    found: Mapped[LongText]
    further: Mapped[LongText]


class Customer(Model):
    """A customer and the root of its group now (itself, where it has no parent)."""

    __tablename__ = "customers"
    __table_args__ = (Index(None, "root_id"),)

    customer_id: Mapped[Identifier] = mapped_column(primary_key=True)
    root_id: Mapped[Identifier]
