"""Orders as they were at an instant: read off the steps of their lives."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from policy_service.facts.live_orders import LiveOrder
from policy_service.storage.counted_orders import counted_order, nameless_of
from policy_service.storage.models.orders import AskedOrder, OrderStep

_ORDERS: Final = AskedOrder.metadata.tables["orders"]
_STEPS: Final = OrderStep.metadata.tables["order_steps"]


def orders_as_known(
    session: Session, customer_ids: Collection[str], at: int, through: int
) -> Mapping[str, tuple[LiveOrder, ...]]:
    """Return what `OrderStore.live_of` would have returned at the instant, the ledger known through that posting."""
    last = (
        select(_STEPS.c.order_id, func.max(_STEPS.c.step_number).label("number"))
        .join(_ORDERS, _ORDERS.c.order_id == _STEPS.c.order_id)
        .where(_ORDERS.c.customer_id.in_(sorted(customer_ids)), _STEPS.c.at <= at)
        .group_by(_STEPS.c.order_id)
        .subquery()
    )
    was, became = _ORDERS.c, _STEPS.c
    then = (
        select(was.customer_id, was.order_id, was.ordered_on, was.currency, became.amount, became.prepaid)
        .add_columns(became.to_state.label("state"), became.cause)
        .join(_STEPS, became.order_id == was.order_id)
        .join(last, last.c.number == became.step_number)
    )
    counted = and_(became.to_state != "amended", or_(became.to_state != "cancelled", became.cause != "cancelled"))
    found: dict[str, list[LiveOrder]] = {customer_id: [] for customer_id in customer_ids}
    rows = session.execute(then.where(counted).order_by(_ORDERS.c.ordered_on, _ORDERS.c.order_id)).all()
    nameless = nameless_of(session, rows, at, through)
    for row in rows:
        found[row.customer_id].append(counted_order(row, nameless))
    return {customer_id: tuple(orders) for customer_id, orders in found.items()}
