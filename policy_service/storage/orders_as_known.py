"""Orders as they were at an instant: read off the steps of their lives."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from policy_service.facts.live_orders import LiveOrder
from policy_service.storage.models.ledger_entries import InvoiceRow
from policy_service.storage.models.orders import AskedOrder, OrderStep

_ORDERS: Final = AskedOrder.metadata.tables["orders"]
_STEPS: Final = OrderStep.metadata.tables["order_steps"]
_INVOICES: Final = InvoiceRow.metadata.tables["ledger_invoices"]


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
        .add_columns(became.to_state, became.cause, _has_invoice(through).label("booked"))
        .join(_STEPS, became.order_id == was.order_id)
        .join(last, last.c.number == became.step_number)
    )
    counted = and_(became.to_state != "amended", or_(became.to_state != "cancelled", became.cause != "cancelled"))
    found: dict[str, list[LiveOrder]] = {customer_id: [] for customer_id in customer_ids}
    for row in session.execute(then.where(counted).order_by(_ORDERS.c.ordered_on, _ORDERS.c.order_id)):
        is_let_through = row.to_state in {"open", "released", "invoiced"}
        is_done = row.to_state == "invoiced" and (row.cause == "booked" or row.booked)
        prepaid = row.amount if is_done else row.prepaid
        found[row.customer_id].append(
            LiveOrder(row.order_id, row.ordered_on, row.amount, row.currency, prepaid, is_let_through)
        )
    return {customer_id: tuple(orders) for customer_id, orders in found.items()}


def _has_invoice(through: int) -> ColumnElement[bool]:
    # As it was known, so neither posted nor taken back later.
    return exists().where(
        _INVOICES.c.customer_id == _ORDERS.c.customer_id,
        _INVOICES.c.order_id == _ORDERS.c.order_id,
        _INVOICES.c.posting <= through,
        or_(_INVOICES.c.superseded_by.is_(None), _INVOICES.c.superseded_by > through),
    )
