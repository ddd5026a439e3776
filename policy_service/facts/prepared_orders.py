"""Orders as columns: rows of the orders file, or without one the orders that invoices stand for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from policy_service.domain.entries import Invoice, Order
from policy_service.facts.columns import (
    Collection,
    Flags,
    Integers,
    Positions,
    day_numbers,
    first_of_each,
    in_order_of_date,
    integers,
    running_sums,
    sums_by,
    texts,
)
from policy_service.facts.currency import RateTable, ToBase, converted
from policy_service.facts.knowledge import NEVER, Knowledge
from policy_service.facts.prepared_invoices import PreparedInvoices
from policy_service.ledger.columns import Table

#: For how many days an order of the orders file counts without an invoice.
DAYS_WITHOUT_INVOICE: Final = 180
#: What an order of the orders file came to that is never delivered.
_CAME_TO_NOTHING: Final = {"held", "cancelled"}
#: From when a reduction counts that is no invoice.
FROM_EVER: Final = -NEVER


class OrderRows(NamedTuple):
    """Orders side by side, amounts in their own currencies, and whether each goes ahead."""

    ids: Sequence[str]
    dates: Sequence[dt.date]
    posted_on: Sequence[dt.date]
    amounts: Sequence[int]
    currencies: Sequence[str]
    let_through: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Reductions:
    """What lowers the open parts of orders, and from when on.

    `order` are the orders' places; what is taken off is in the order's own currency or in the base currency. One
    known `FROM_EVER` is no invoice.
    """

    order: Positions
    known_from: Integers
    in_currency: Integers
    in_base: Integers


NO_REDUCTIONS: Final = Reductions(
    np.empty(0, dtype=np.intp),
    np.empty(0, dtype=np.int64),
    np.empty(0, dtype=np.int64),
    np.empty(0, dtype=np.int64),
)


@dataclass(frozen=True, slots=True)
class PreparedOrders:
    """Orders asked for, and what lowers them once it is known: by order, then by when it became known.

    Column `let_through` of `orders` is 1 for those that went ahead.

    `written` are the orders' amounts in their own currencies, `conversions` those of the orders in another
    currency than the base currency, by position. An order is invoiced from the day after `invoiced_from`, and
    in full from the day after `cleared_from`; until it is invoiced it is open for 180 days if it `expires`.
    """

    orders: Collection
    written: Integers
    conversions: Mapping[int, ToBase]
    reductions: Reductions
    invoiced_from: Integers
    cleared_from: Integers
    expires: bool


def orders_of_file(
    orders: Sequence[Order], invoices: Sequence[Invoice], prepared: PreparedInvoices, rates: RateTable
) -> PreparedOrders:
    """Return the rows of the orders file, in order of date, lowered by the invoices that name them.

    One whose state says that it was held or cancelled in the end was not let through.
    """
    rows = OrderRows(
        [order.order_id for order in orders],
        [order.date for order in orders],
        [order.posted_on for order in orders],
        [order.amount for order in orders],
        [order.currency for order in orders],
        [order.state not in _CAME_TO_NOTHING for order in orders],
    )
    place_of = {order_id: place for place, order_id in enumerate(rows.ids)}
    places = np.array([place_of.get(one.order_id, -1) for one in invoices], dtype=np.intp)
    naming = (places >= 0).nonzero()[0]
    return lowered_orders(rows, reductions_by_invoices(places[naming], naming, rows, invoices, prepared, rates), rates)


def orders_of_invoices(invoices: Sequence[Invoice], prepared: PreparedInvoices) -> PreparedOrders:
    """Return for each invoice the order it stands for, with its id and amount.

    An order read off its invoice is known from its own date, whatever the posting of the invoice. `invoice` is
    the position of its invoice.
    """
    dates = day_numbers([one.order_date or one.issue_date for one in invoices])
    places = np.argsort(dates, kind="stable")
    amounts, invoiced_from = prepared.amounts, prepared.entries.numbers["known_from"][places]
    numbers = {
        "known_from": dates[places],
        "amount": amounts.in_base[places],
        "invoice": places,
        "let_through": np.ones(len(places), dtype=np.int64),
    }
    conversions = {
        place: amounts.conversions[position]
        for place, position in enumerate(places.tolist() if amounts.conversions else ())
        if position in amounts.conversions
    }
    entries = in_order_of_date(Table.INVOICES, prepared.entries.ids[places], dates[places], numbers)
    # What lowers one of them clears it.
    return PreparedOrders(
        entries, amounts.written[places], conversions, NO_REDUCTIONS, invoiced_from, invoiced_from, expires=False
    )


def reductions_by_invoices(
    places: Positions,
    positions: Positions,
    rows: OrderRows,
    invoices: Sequence[Invoice],
    prepared: PreparedInvoices,
    rates: RateTable,
) -> Reductions:
    """Return what the invoices at these positions take off the orders at these places.

    An invoice in the order's currency lowers the order in that currency, any other in the base currency.
    """
    amounts, is_own = prepared.amounts, np.ones(len(places), dtype=bool)
    if amounts.conversions or _has_foreign(rows.currencies, rates):
        pairs = zip(places.tolist(), positions.tolist(), strict=True)
        codes = ((rows.currencies[place], invoices[position].currency) for place, position in pairs)
        is_own = np.array([rates.code_of(one) == rates.code_of(other) for one, other in codes], dtype=bool)
    return Reductions(
        places,
        prepared.entries.numbers["known_from"][positions],
        np.where(is_own, amounts.written[positions], 0),
        np.where(is_own, 0, amounts.in_base[positions]),
    )


def lowered_orders(rows: OrderRows, reductions: Reductions, rates: RateTable) -> PreparedOrders:
    """Return orders as columns, each with what lowers it; FactError F101 for one in a currency without a rate."""
    dates, written = day_numbers(rows.dates), integers(rows.amounts)
    is_foreign = _has_foreign(rows.currencies, rates)
    conversions = {
        place: rates.to_base(code, rows.dates[place], f"Order {rows.ids[place]}")
        for place, code in enumerate(rows.currencies if is_foreign else ())
        if not rates.is_base(code)
    }
    numbers = {
        "known_from": np.maximum(dates, day_numbers(rows.posted_on)),
        "amount": converted(written, np.arange(len(dates)), conversions),
        "let_through": np.array(rows.let_through, dtype=np.int64),
    }
    orders = in_order_of_date(Table.ORDERS, texts(rows.ids), dates, numbers)
    never = np.full(len(dates), NEVER, dtype=np.int64)
    if not len(reductions.order):
        return PreparedOrders(orders, written, conversions, reductions, never, never, expires=True)
    lowers = _by_order(reductions)
    cleared = written[lowers.order] <= running_sums(lowers.in_currency, first_of_each(lowers.order))
    is_invoice = lowers.known_from != FROM_EVER
    invoiced_from, cleared_from = never.copy(), never
    np.minimum.at(invoiced_from, lowers.order[is_invoice], lowers.known_from[is_invoice])
    np.minimum.at(cleared_from, lowers.order[cleared], lowers.known_from[cleared])
    return PreparedOrders(orders, written, conversions, lowers, invoiced_from, cleared_from, expires=True)


def _has_foreign(codes: Sequence[str], rates: RateTable) -> bool:
    return not all(map(rates.is_base, set(codes)))


def _by_order(reductions: Reductions) -> Reductions:
    by_order = np.lexsort((reductions.known_from, reductions.order))
    return Reductions(
        reductions.order[by_order],
        reductions.known_from[by_order],
        reductions.in_currency[by_order],
        reductions.in_base[by_order],
    )


def may_be_open(prepared: PreparedOrders, knowledge: Knowledge, said_invoiced: Flags | None = None) -> Flags:
    """Return which orders may have an open part as of the day: not invoiced in full, nor expired.

    One that is `said_invoiced` does not expire.
    """
    flags: Flags = prepared.cleared_from >= knowledge.before
    if prepared.expires:
        is_invoiced = prepared.invoiced_from < knowledge.before
        if said_invoiced is not None:
            is_invoiced |= said_invoiced
        flags &= is_invoiced | (prepared.orders.dates >= knowledge.number - DAYS_WITHOUT_INVOICE)
    return flags


def open_parts(prepared: PreparedOrders, places: Positions, knowledge: Knowledge) -> Integers:
    """Return what of the orders at these positions is not yet invoiced, in base currency, never below 0."""
    every, left, elsewhere = prepared.reductions, prepared.written[places], None
    if len(every.order):
        flags = np.zeros(len(prepared.orders), dtype=bool)
        flags[places] = True
        counts = flags[every.order] & (every.known_from < knowledge.before)
        of, length = every.order[counts], len(flags)
        left = left - sums_by(of, every.in_currency[counts], length)[places]
        elsewhere = sums_by(of, every.in_base[counts], length)[places]
    amounts = converted(np.maximum(left, 0), places, prepared.conversions)
    return amounts if elsewhere is None else np.maximum(amounts - elsewhere, 0)
