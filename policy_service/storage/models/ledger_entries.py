"""The ledger's entries: what was posted is never changed, a correction stands beside it and supersedes it.

The columns are those of the files, under the same names (`valid_from` for `from`). Each row says with which
posting it came and by which it was superseded; of each id at most one row is in force. An entry on an
invoice stands in the history of the invoice's customer, `history_of`.
"""

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Day, Identifier, Line, LongText, Money, RowNumber, Whole, Word
from policy_service.storage.models.tables import Model

_CUSTOMER = "customers.customer_id"


def _in_force_once(table: str, *columns: str, name: str = "id", also: str = "") -> Index:
    condition = text(f"superseded_by IS NULL{also}")
    return Index(f"uq_{table}_{name}", *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


class Posted:
    """What every entry carries beside its own columns.

    The two numbers are those of postings. They are no foreign keys: whoever writes them has just made the
    posting and holds the ledger, and checking each again doubles the time of an import.
    """

    row_number: Mapped[RowNumber]
    posting: Mapped[Whole]
    superseded_by: Mapped[Whole | None]


class CustomerRow(Posted, Model):
    """A row of customers; `attributes` are the further columns as canonical JSON."""

    __tablename__ = "ledger_customers"
    __table_args__ = (
        _in_force_once("ledger_customers", "customer_id", "valid_from"),
        # Two keys without a day would count as different there.
        _in_force_once("ledger_customers", "customer_id", name="undated", also=" AND valid_from IS NULL"),
        Index(None, "customer_id"),
    )

    customer_id: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    name: Mapped[LongText]
    segment: Mapped[LongText]
    industry: Mapped[LongText]
    country: Mapped[LongText]
    since: Mapped[Day | None]
    parent_id: Mapped[Identifier]
    currency: Mapped[Word]
    valid_from: Mapped[Day | None]
    attributes: Mapped[LongText]
    posted_on: Mapped[Day | None]


class InvoiceRow(Posted, Model):
    """A row of invoices."""

    __tablename__ = "ledger_invoices"
    __table_args__ = (_in_force_once("ledger_invoices", "invoice_id"), Index(None, "customer_id"))

    invoice_id: Mapped[Identifier]
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    issue_date: Mapped[Day]
    due_date: Mapped[Day]
    amount: Mapped[Money]
    currency: Mapped[Word]
    posted_on: Mapped[Day]
    order_id: Mapped[Identifier]
    order_date: Mapped[Day | None]


class PaymentRow(Posted, Model):
    """A row of payments; `customer_id` is who paid, as far as it was said."""

    __tablename__ = "ledger_payments"
    __table_args__ = (
        _in_force_once("ledger_payments", "payment_id"),
        Index(None, "history_of"),
        Index(None, "invoice_id"),
    )

    payment_id: Mapped[Identifier]
    history_of: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    date: Mapped[Day]
    amount: Mapped[Money]
    posted_on: Mapped[Day]
    invoice_id: Mapped[Identifier]
    customer_id: Mapped[Identifier]
    instrument: Mapped[LongText]
    matures_on: Mapped[Day | None]


class AdjustmentRow(Posted, Model):
    """A row of adjustments."""

    __tablename__ = "ledger_adjustments"
    __table_args__ = (
        _in_force_once("ledger_adjustments", "adjustment_id"),
        Index(None, "history_of"),
        Index(None, "invoice_id"),
    )

    adjustment_id: Mapped[Identifier]
    history_of: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    invoice_id: Mapped[Identifier]
    date: Mapped[Day]
    kind: Mapped[Word]
    amount: Mapped[Money]
    posted_on: Mapped[Day]


class DisputeRow(Posted, Model):
    """A row of disputes."""

    __tablename__ = "ledger_disputes"
    __table_args__ = (
        _in_force_once("ledger_disputes", "dispute_id"),
        Index(None, "history_of"),
        Index(None, "invoice_id"),
    )

    dispute_id: Mapped[Identifier]
    history_of: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    invoice_id: Mapped[Identifier]
    opened: Mapped[Day]
    posted_on: Mapped[Day]
    closed: Mapped[Day | None]


class PromiseRow(Posted, Model):
    """A row of promises."""

    __tablename__ = "ledger_promises"
    __table_args__ = (
        _in_force_once("ledger_promises", "promise_id"),
        Index(None, "history_of"),
        Index(None, "invoice_id"),
    )

    promise_id: Mapped[Identifier]
    history_of: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    invoice_id: Mapped[Identifier]
    made: Mapped[Day]
    promised: Mapped[Day]
    posted_on: Mapped[Day]
    amount: Mapped[Money | None]


class EventRow(Posted, Model):
    """A row of events."""

    __tablename__ = "ledger_events"
    __table_args__ = (_in_force_once("ledger_events", "event_id"), Index(None, "customer_id"))

    event_id: Mapped[Identifier]
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    date: Mapped[Day]
    kind: Mapped[Line]
    posted_on: Mapped[Day]
    value: Mapped[LongText]


class OrderRow(Posted, Model):
    """A row of orders: what was asked for, not what became of it here."""

    __tablename__ = "ledger_orders"
    __table_args__ = (_in_force_once("ledger_orders", "order_id"), Index(None, "customer_id"))

    order_id: Mapped[Identifier]
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    date: Mapped[Day]
    amount: Mapped[Money]
    currency: Mapped[Word]
    posted_on: Mapped[Day]
    state: Mapped[Word]


class StandingRow(Posted, Model):
    """A row of standings: what was in force before this service said so."""

    __tablename__ = "ledger_standings"
    __table_args__ = (_in_force_once("ledger_standings", "customer_id", "valid_from"), Index(None, "customer_id"))

    customer_id: Mapped[Identifier] = mapped_column(ForeignKey(_CUSTOMER))
    valid_from: Mapped[Day]
    grade: Mapped[LongText]
    credit_limit: Mapped[Money | None]
    payment_term_days: Mapped[Whole | None]
    posted_on: Mapped[Day | None]


class RateRow(Posted, Model):
    """A row of rates; `rate` is the decimal text as written."""

    __tablename__ = "ledger_rates"
    __table_args__ = (_in_force_once("ledger_rates", "date", "currency"),)

    date: Mapped[Day]
    currency: Mapped[Word]
    rate: Mapped[Word]
