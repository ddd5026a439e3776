"""The portfolio as it was last counted: a row for each customer, and a summary of each day."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Claim, Day, Exact, Identifier, Instant, LongText, Money, Whole, Word
from policy_service.storage.models.tables import Model, Revised


class PortfolioCustomer(Model):
    """What a customer owed when it was last counted, in base currency; the ageing is by days past the due date.

    `grade` is that of the standing in force, empty where that sets none and without a standing. `months` are eight
    bytes for each amount: by flow and month what was invoiced, settled, fell due, and was settled of that.
    `fault` is the code of the error for which nothing of the customer can be counted.
    """

    __tablename__ = "portfolio_customers"

    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"), primary_key=True)
    has_standing: Mapped[Claim]
    grade: Mapped[LongText]
    is_stopped: Mapped[Claim]
    exposure: Mapped[Money]
    open_balance: Mapped[Money]
    overdue: Mapped[Money]
    disputed: Mapped[Money]
    unapplied_cash: Mapped[Money]
    open_orders: Mapped[Money]
    unmatured_bills: Mapped[Money]
    not_due: Mapped[Money]
    days_1_30: Mapped[Money]
    days_31_60: Mapped[Money]
    days_61_90: Mapped[Money]
    days_over_90: Mapped[Money]
    invoices_not_due: Mapped[Whole]
    invoices_1_30: Mapped[Whole]
    invoices_31_60: Mapped[Whole]
    invoices_61_90: Mapped[Whole]
    invoices_over_90: Mapped[Whole]
    sales_90d: Mapped[Money]
    months: Mapped[Exact]
    fault: Mapped[Word]


class PortfolioDay(Revised, Model):
    """The portfolio of a business day, as it was counted last: of which posting and policy version, and when.

    `chains` are the ends of the chains of decisions and of the audit trail by then, JSON: whatever was done later is
    behind them. `summary` is JSON, empty until all customers are counted.
    """

    __tablename__ = "portfolio_days"

    day: Mapped[Day] = mapped_column(primary_key=True)
    counted_at: Mapped[Instant]
    posting: Mapped[Whole]
    policy_id: Mapped[Identifier]
    policy_version: Mapped[Whole]
    chains: Mapped[LongText]
    summary: Mapped[LongText]
