"""Orders as columns: rows of the orders file, or without one the orders that invoices stand for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from policy_service.domain.entries import Order
from policy_service.facts.columns import Collection, Flags, Integers, Positions, day_numbers, integers, sums_by, texts
from policy_service.facts.currency import RateTable, ToBase
from policy_service.facts.knowledge import Knowledge, day_number
from policy_service.facts.posted_invoices import PostedInvoice, last_unknown_day

#: For how many days an order of the orders file counts without an invoice.
_DAYS_WITHOUT_INVOICE: Final = 180


class _Link(NamedTuple):
    order: int
    known_from: int
    in_currency: int
    in_base: int


class _OrderRow(NamedTuple):
    order_id: str
    date: int
    known_from: int
    amount: int
    to_base: ToBase


@dataclass(frozen=True, slots=True)
class PreparedOrders:
    """Orders asked for, and the invoices that lower them once known.

    An invoice in the order's currency lowers the order in that currency (`link_in_currency`), another one in
    the base currency (`link_in_base`). `written` are the orders' amounts in their own currencies.
    """

    orders: Collection
    written: Integers
    conversions: tuple[ToBase, ...]
    link_order: Positions
    link_known_from: Integers
    link_in_currency: Integers
    link_in_base: Integers
    expire: bool


def prepare_orders(
    orders: Sequence[Order], invoices: Sequence[PostedInvoice], rates: RateTable, has_orders_file: bool
) -> PreparedOrders:
    """Return the orders in order of date; without an orders file an order has its invoice's id and amount.

    An order read off its invoice is known from its own date, whatever the posting of the invoice.
    """
    if has_orders_file:
        rows = [_row_of_file(order, rates) for order in orders]
        links = _links_to_file(orders, invoices, rates.base.code)
    else:
        sorted_invoices = sorted(invoices, key=_order_of)
        rows = _rows_of_invoices(sorted_invoices)
        links = [
            _Link(position, posted.known_from, posted.invoice.amount, 0)
            for position, posted in enumerate(sorted_invoices)
        ]
    return PreparedOrders(
        _order_columns(rows),
        integers([row.amount for row in rows]),
        tuple(row.to_base for row in rows),
        integers([link.order for link in links]).astype("intp"),
        integers([link.known_from for link in links]),
        integers([link.in_currency for link in links]),
        integers([link.in_base for link in links]),
        has_orders_file,
    )


def open_order_amounts(prepared: PreparedOrders, knowledge: Knowledge, counted: Flags) -> Integers:
    """Return for each order what of it is let through and not yet invoiced, in base currency.

    `counted` are the orders that are known and let through. A known invoice lowers its order's part, never
    below 0; an order of the orders file without a known invoice counts for 180 days.
    """
    known = prepared.link_known_from < knowledge.before
    positions, length = prepared.link_order[known], len(prepared.orders)
    left = prepared.written - sums_by(positions, prepared.link_in_currency[known], length)
    elsewhere = sums_by(positions, prepared.link_in_base[known], length)
    is_open = counted & (left > 0)
    if prepared.expire:
        has_invoice = sums_by(positions, integers([1] * len(positions)), length) > 0
        is_open &= has_invoice | (prepared.orders.dates >= knowledge.number - _DAYS_WITHOUT_INVOICE)
    amounts = [0] * length
    for position in is_open.nonzero()[0].tolist():
        amounts[position] = max(0, prepared.conversions[position](int(left[position])) - int(elsewhere[position]))
    return integers(amounts)


def _order_of(posted: PostedInvoice) -> tuple[dt.date, dt.date, str]:
    invoice = posted.invoice
    return (invoice.order_date or invoice.issue_date, invoice.issue_date, invoice.invoice_id)


def _row_of_file(order: Order, rates: RateTable) -> _OrderRow:
    to_base = rates.to_base(order.currency, order.date, f"Order {order.order_id}")
    known_from = last_unknown_day(order.date, order.posted_on)
    return _OrderRow(order.order_id, day_number(order.date), known_from, order.amount, to_base)


def _rows_of_invoices(invoices: Sequence[PostedInvoice]) -> list[_OrderRow]:
    days = day_numbers(one.invoice.order_date or one.invoice.issue_date for one in invoices).tolist()
    return [
        _OrderRow(one.invoice.invoice_id, day, day, one.invoice.amount, one.to_base)
        for one, day in zip(invoices, days, strict=True)
    ]


def _links_to_file(orders: Sequence[Order], invoices: Sequence[PostedInvoice], base: str) -> list[_Link]:
    naming: dict[str, list[PostedInvoice]] = defaultdict(list)
    for posted in invoices:
        if posted.invoice.order_id:
            naming[posted.invoice.order_id].append(posted)
    return [
        _Link(position, posted.known_from, posted.invoice.amount, 0)
        if (posted.invoice.currency or base) == (order.currency or base)
        else _Link(position, posted.known_from, 0, posted.to_base(posted.invoice.amount))
        for position, order in enumerate(orders)
        for posted in naming.get(order.order_id, ())
    ]


def _order_columns(rows: Sequence[_OrderRow]) -> Collection:
    return Collection(
        texts([row.order_id for row in rows]),
        integers([row.date for row in rows]),
        {
            "known_from": integers([row.known_from for row in rows]),
            "amount": integers([row.to_base(row.amount) for row in rows]),
        },
    )
