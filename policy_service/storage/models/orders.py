"""Orders that were asked about, and each step of their life."""

from typing import Final

from sqlalchemy import ForeignKey, Index, text
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

#: Of orders that facts count: one that was declined was asked for all the same, one that was taken back was not.
#: Words, not parameters: only so does a prepared statement find its index.
COUNTED: Final = text("state <> 'amended' AND (state <> 'cancelled' OR cause <> 'cancelled')")
ORDER_STATES: Final = ("open", "held", "released", "cancelled", "invoiced", "amended")


class AskedOrder(Revised, Model):
    """An order now: its amount in its own and in the base currency, its state and its cause, its latest decision.

    `base_amount` is none where no rate led to the base currency. `prepaid` is what of the amount is paid before
    delivery, `released_amount` up to which amount the order was released. `exposure` is what the latest decision
    measured before the order, in base currency.
    `request` are the facts that came with it, by name as JSON; `reasons` those of the latest decision, as JSON.
    `referred_to` is the role that a held order was referred to; `amended_by` names the order that stands in its
    place, `replaces` the one it stands for.
    """

    __tablename__ = "orders"
    __table_args__ = (
        one_of("state", ORDER_STATES),
        # With the amount, so that all that are held are added up without a look at any.
        Index(None, "state", "held_since", "order_id", "base_amount"),
        Index(None, "asked_at", "order_id"),
        Index(None, "customer_id", "asked_at"),
        Index("ix_orders_customer_id_counted", "customer_id", sqlite_where=COUNTED, postgresql_where=COUNTED),
    )

    order_id: Mapped[Identifier] = mapped_column(primary_key=True)
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    state: Mapped[Word]
    cause: Mapped[Word]
    asked_at: Mapped[Instant]
    asked_by: Mapped[Identifier]
    ordered_on: Mapped[Day]
    amount: Mapped[Money]
    currency: Mapped[Word]
    base_amount: Mapped[Money | None]
    prepaid: Mapped[Money]
    request: Mapped[LongText]
    decision_id: Mapped[OwnId] = mapped_column(ForeignKey("decisions.decision_id"))
    decided_at: Mapped[Instant]
    outcome: Mapped[Word]
    reasons: Mapped[LongText]
    exposure: Mapped[Money | None]
    held_since: Mapped[Instant | None]
    referred_to: Mapped[Word]
    released_by: Mapped[Identifier]
    released_amount: Mapped[Money | None]
    replaces: Mapped[Identifier]
    amended_by: Mapped[Identifier]


class OrderStep(Model):
    """One step: from which state to which, why, by which decision or by whom, and the amount it then had.

    The first step comes from no state, an empty word.
    """

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
    amount: Mapped[Money]
    prepaid: Mapped[Money]
    decision_id: Mapped[OwnId | None] = mapped_column(ForeignKey("decisions.decision_id"))
