"""Orders that somebody said to be invoiced, and the invoices that are theirs though they name no order."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from policy_service.storage.models.ledger_entries import InvoiceRow
from policy_service.storage.models.orders import AskedOrder, OrderStep

_ORDERS: Final = AskedOrder.metadata.tables["orders"]
_STEPS: Final = OrderStep.metadata.tables["order_steps"]
_INVOICES: Final = InvoiceRow.metadata.tables["ledger_invoices"]
#: So many customers are asked for in one question.
_AT_ONCE: Final = 500


class _Said(NamedTuple):
    """An order that was said to be invoiced and that no invoice names."""

    customer_id: str
    order_id: str
    ordered_on: dt.date
    amount: int
    currency: str


class _Nameless(NamedTuple):
    """An invoice that names no order."""

    customer_id: str
    invoice_id: str
    issue_date: dt.date
    amount: int
    currency: str


def in_ledger(through: int | None) -> ColumnElement[bool]:
    """Return what holds for an invoice that the ledger has; for one that it had up to a posting, if one is given."""
    superseded = _INVOICES.c.superseded_by
    if through is None:
        return superseded.is_(None)
    return and_(_INVOICES.c.posting <= through, or_(superseded.is_(None), superseded > through))


def nameless_invoices(
    session: Session,
    customer_ids: Collection[str],
    amounts: Collection[int],
    at: int | None = None,
    through: int | None = None,
    known_on: dt.date | None = None,
) -> Mapping[str, str]:
    """Return the invoice of each order of these customers and amounts, said to be invoiced, that no invoice names.

    It names no order itself, is of the order's customer, amount and currency, and was not issued before the order
    was asked for; who was said to be invoiced first has the first one, and no other has it too. `at` and `through`
    say as of which instant and posting; without them: now. Invoices of a later day than `known_on` are left out.
    """
    found: dict[str, str] = {}
    customers = sorted(customer_ids) if amounts else []
    for first in range(0, len(customers), _AT_ONCE):
        some = customers[first : first + _AT_ONCE]
        said = [_Said(*row) for row in session.execute(_said(some, amounts, at, through))]
        if said:
            nameless = [_Nameless(*row) for row in session.execute(_nameless(said, through, known_on))]
            found.update(_assigned(said, nameless))
    return found


def _said(customer_ids: Collection[str], amounts: Collection[int], at: int | None, through: int | None) -> Select[Any]:
    order, step = _ORDERS.c, _STEPS.c
    is_named = exists().where(
        _INVOICES.c.customer_id == order.customer_id, _INVOICES.c.order_id == order.order_id, in_ledger(through)
    )
    query = (
        select(order.customer_id, order.order_id, order.ordered_on, step.amount, order.currency)
        .join(_STEPS, step.order_id == order.order_id)
        .where(order.customer_id.in_(customer_ids), order.amount.in_(sorted(amounts)))
        .where(step.cause == "invoiced", ~is_named)
        .order_by(step.step_number)
    )
    return query if at is None else query.where(step.at <= at)


def _nameless(said: Sequence[_Said], through: int | None, known_on: dt.date | None) -> Select[Any]:
    invoice = _INVOICES.c
    query = (
        select(invoice.customer_id, invoice.invoice_id, invoice.issue_date, invoice.amount, invoice.currency)
        .where(
            invoice.customer_id.in_(sorted({one.customer_id for one in said})),
            invoice.amount.in_(sorted({one.amount for one in said})),
            invoice.order_id == "",
            in_ledger(through),
        )
        .order_by(invoice.issue_date, invoice.invoice_id)
    )
    return query.where(invoice.issue_date <= known_on, invoice.posted_on <= known_on) if known_on else query


def _assigned(said: Iterable[_Said], nameless: Sequence[_Nameless]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    taken = set[str]()
    for order in said:
        fitting = (one for one in nameless if one.invoice_id not in taken and _fits(one, order))
        # Where invoices carry the numbers of orders, its own comes first.
        first = min(fitting, key=lambda one: one.invoice_id != order.order_id, default=None)
        if first:
            taken.add(first.invoice_id)
            found[order.order_id] = first.invoice_id
    return found


def _fits(invoice: _Nameless, order: _Said) -> bool:
    same = (invoice.customer_id, invoice.amount, invoice.currency) == (order.customer_id, order.amount, order.currency)
    return same and invoice.issue_date >= order.ordered_on
