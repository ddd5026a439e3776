"""Days that were run, and the last morning of each customer."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Day, Identifier, Instant, LongText, Whole
from policy_service.storage.models.tables import Model, Revised


class RunDay(Revised, Model):
    """A business day that is run, or was: with which ledger and policy, and its report, JSON, once it is finished.

    All customers of a day are seen as of one posting and under one version, however often the run is resumed.
    """

    __tablename__ = "run_days"

    day: Mapped[Day] = mapped_column(primary_key=True)
    started_at: Mapped[Instant]
    started_by: Mapped[Identifier]
    ledger_head: Mapped[Whole]
    policy_id: Mapped[Identifier]
    policy_version: Mapped[Whole]
    finished_at: Mapped[Instant | None]
    report: Mapped[LongText]


class CustomerMorning(Model):
    """The last day that was run for a customer, stored with all that came of it.

    `triggers` say of each trigger, by `ladder.trigger`, whether its condition was true that morning; `counts` are
    what happened, for the report of the day. Both are JSON. `review_waits_since` is the day on which a review fell due
    that waits for the customer's next order.
    """

    __tablename__ = "customer_mornings"
    __table_args__ = (Index(None, "day"),)

    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"), primary_key=True)
    day: Mapped[Day]
    triggers: Mapped[LongText]
    review_waits_since: Mapped[Day | None]
    counts: Mapped[LongText]
