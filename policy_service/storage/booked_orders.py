"""Orders whose invoices the ledger has, and those of which nothing more is to come."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from policy_service.storage.models.ledger_entries import InvoiceRow
from policy_service.storage.models.orders import AskedOrder, OrderStep
from policy_service.storage.order_store import queries_of
from policy_service.storage.orders_said_invoiced import nameless_invoices

_ORDERS: Final = AskedOrder.metadata.tables["orders"]
_STEPS: Final = OrderStep.metadata.tables["order_steps"]
#: The cause of an order whose invoices the ledger has.
_BOOKED: Final = "booked"
_BEFORE_ITS_INVOICE: Final = ("open", "held", "released")


class BookedOrders:
    """Which orders the ledger has booked, within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def booked_in_ledger(
        self, customer_ids: Iterable[str] | None = None, known_on: dt.date | None = None
    ) -> tuple[tuple[str, str], ...]:
        """Return (customer, order) of the orders of these customers, or of all, whose invoices the ledger now has.

        That is any, even a declined one, whose invoices reach its amount, or are in another currency; and one that
        was said to be invoiced and that an invoice without an order fits. Invoices of a later day than `known_on`
        do not count yet. They come in order of their ids.
        """
        in_force = and_(
            InvoiceRow.customer_id == _ORDERS.c.customer_id,
            InvoiceRow.order_id == _ORDERS.c.order_id,
            InvoiceRow.superseded_by.is_(None),
            *((InvoiceRow.issue_date <= known_on, InvoiceRow.posted_on <= known_on) if known_on else ()),
        )
        invoiced = func.sum(InvoiceRow.amount)
        others = func.max(InvoiceRow.currency) != func.min(InvoiceRow.currency)
        elsewhere = or_(others, func.max(InvoiceRow.currency) != _ORDERS.c.currency)
        is_told = and_(_ORDERS.c.state == "invoiced", _ORDERS.c.cause != _BOOKED)
        key = (_ORDERS.c.customer_id, _ORDERS.c.order_id)
        named = (
            select(*key)
            .join(InvoiceRow, in_force)
            .where(or_(is_told, _ORDERS.c.state.in_((*_BEFORE_ITS_INVOICE, "cancelled"))))
            .group_by(*key, _ORDERS.c.amount, _ORDERS.c.currency)
            .having(or_(elsewhere, invoiced >= _ORDERS.c.amount))
        )
        told = select(*key, _ORDERS.c.amount).where(is_told)
        found = {tuple(row) for query in queries_of(customer_ids, named) for row in self._session.execute(query)}
        waiting = [row for query in queries_of(customer_ids, told) for row in self._session.execute(query)]
        of, amounts = {row.customer_id for row in waiting}, {row.amount for row in waiting}
        fitting = nameless_invoices(self._session, of, amounts, known_on=known_on)
        found.update((row.customer_id, row.order_id) for row in waiting if row.order_id in fitting)
        return tuple(sorted((customer_id, order_id) for customer_id, order_id in found))

    def said_long_ago(
        self, before: int, long_before: int, customer_ids: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        """Return the orders, by id, that were said to be invoiced and of which nothing more is to come.

        They were said so before an instant and have an invoice of less, or `long_before` and have none.
        """
        has_invoice = exists().where(
            InvoiceRow.customer_id == _ORDERS.c.customer_id,
            InvoiceRow.order_id == _ORDERS.c.order_id,
            InvoiceRow.superseded_by.is_(None),
        )
        said = (
            select(_ORDERS.c.order_id)
            .join(_STEPS, _STEPS.c.order_id == _ORDERS.c.order_id)
            .where(_ORDERS.c.state == "invoiced", _ORDERS.c.cause != _BOOKED, _STEPS.c.cause == "invoiced")
            .where(or_(_STEPS.c.at < long_before, and_(_STEPS.c.at < before, has_invoice)))
        )
        return tuple(sorted({row for query in queries_of(customer_ids, said) for row in self._session.scalars(query)}))
