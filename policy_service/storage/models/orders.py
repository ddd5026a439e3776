"""Orders that were asked about, and each step of their life."""

from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import (
    Day,
    Identifier,
    Instant,
    LongText,
    Money,
    OwnId,
    RowNumber,
    Word,
    one_of,
)
from policy_service.storage.models.tables import Model, Revised

ORDER_STATES: Final = ("open", "held", "released", "cancelled", "invoiced", "amended")


class LiveOrder(Revised, Model):
    """An order now: its amount in its own and in the base currency, its state, its latest decision.

    `request` are the facts that came with it, as canonical JSON; `reasons` the codes of the latest decision,
    as JSON. `amended_by` names the order that stands in its place.
    """

    __tablename__ = "orders"
    __table_args__ = (
        one_of("state", ORDER_STATES),
        Index(None, "state", "held_since"),
        Index(None, "state", "base_amount"),
        Index(None, "customer_id", "asked_at"),
    )

    order_id: Mapped[Identifier] = mapped_column(primary_key=True)
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    state: Mapped[Word]
    asked_at: Mapped[Instant]
    asked_by: Mapped[Identifier]
    ordered_on: Mapped[Day]
    amount: Mapped[Money]
    currency: Mapped[Word]
    base_amount: Mapped[Money]
    request: Mapped[LongText]
    decision_id: Mapped[OwnId] = mapped_column(ForeignKey("decisions.decision_id"))
    outcome: Mapped[Word]
    reasons: Mapped[LongText]
    held_since: Mapped[Instant | None]
    amended_by: Mapped[Identifier]


class OrderStep(Model):
    """One step: from which state to which, why, by which decision or by whom."""

    __tablename__ = "order_steps"
    __table_args__ = (one_of("to_state", ORDER_STATES), Index(None, "order_id"))

    step_number: Mapped[RowNumber]
    order_id: Mapped[Identifier] = mapped_column(ForeignKey("orders.order_id"))
    at: Mapped[Instant]
    from_state: Mapped[Word]
    to_state: Mapped[Word]
    cause: Mapped[Word]
    person: Mapped[Identifier]
    reason: Mapped[LongText]
    decision_id: Mapped[OwnId | None] = mapped_column(ForeignKey("decisions.decision_id"))
