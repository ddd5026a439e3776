"""A customer's orders as they stood in a run when one of them was decided: what was let through, and what was not.

The service measures orders of a ledger, and orders that it was asked about beside them. What a run made of an order
is told by the second wherever a row of the ledger cannot say it: that it was prepaid, or that nothing came of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from policy_service.domain.entries import Order
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.rounding import divide_half_away
from simulations.ledger_snapshot.columns import Column
from simulations.runs.entries_of_customer import date_of
from simulations.runs.history_in_run import HistoryInRun


@dataclass(slots=True)
class OrdersInRun:
    """Rows of the orders file, decisions on orders, and amounts of invoices whose order was prepaid today."""

    rows: list[Order] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    earlier_today: set[str] = field(default_factory=set)
    live: list[LiveOrder] = field(default_factory=list)
    amounts: dict[int, int] = field(default_factory=dict)


def orders_in_run(own: HistoryInRun) -> OrdersInRun:
    """Return the customer's orders as they stood at the moment."""
    return _of_file(own) if own.snapshot.has_orders_file else _read_off_invoices(own)


def _of_file(own: HistoryInRun) -> OrdersInRun:
    found, orders, moment = OrdersInRun(), own.snapshot.orders, own.moment
    first = int(orders.begins[moment.customer])
    for number in range(len(moment.let_through)):
        place, day = first + number, int(orders.date[first + number])
        if day > moment.day or number == moment.order:
            continue
        name, is_through = own.snapshot.order_ids[place], bool(moment.let_through[number])
        is_known = day < moment.day and int(orders.known_from[place]) < moment.day
        prepaid, written = int(moment.prepaid[number]), int(orders.written[place])
        is_new = is_through and int(moment.went_ahead[number]) == moment.day and not is_known
        code = own.code_of_order(place, moment.day if is_new else day)
        if is_new:
            # Nobody reads the whole amount of an order that is not known yet, only what of it is open.
            found.earlier_today.add(name)
            today = date_of(moment.day)
            found.rows.append(Order(name, own.customer_id, today, written - prepaid, code, today))
            continue
        posted_on = date_of(int(orders.known_from[place]))
        found.rows.append(Order(name, own.customer_id, date_of(day), written, code, posted_on))
        if not is_through:
            found.stopped.add(name)
        elif prepaid and is_known:
            found.live.append(LiveOrder(name, date_of(day), written, code, prepaid))
    return found


def _read_off_invoices(own: HistoryInRun) -> OrdersInRun:
    found, moment = OrdersInRun(), own.moment
    first, last = own.first_invoice, own.first_invoice + len(moment.let_through)
    days = own.snapshot.invoices.ordered[first:last]
    is_other = np.arange(len(days)) != moment.order
    for number in np.flatnonzero((days == moment.day) & (moment.let_through != 0) & is_other).tolist():
        place = first + number
        found.earlier_today.add(own.own.invoice_ids[number])
        found.amounts[place] = int(own.snapshot.invoices.written[place]) - int(moment.prepaid[number])
    # Of what was prepaid nothing is an open order any more once its invoice is known.
    is_known = own.invoices.there & (own.invoices.known_from < moment.day)
    is_prepaid = (moment.prepaid != 0) & ~is_known
    told = np.flatnonzero((days < moment.day) & ((moment.let_through == 0) | is_prepaid) & is_other)
    if len(told):
        found.live.extend(_told(own, told))
    return found


def _told(own: HistoryInRun, numbers: Column) -> Iterator[LiveOrder]:
    # In base currency: the rate of each is that of its invoice's day.
    invoices, moment, places = own.snapshot.invoices, own.moment, numbers + own.first_invoice
    texts = own.own.invoice_ids
    columns = (numbers, places, invoices.ordered[places], invoices.amount[places], invoices.written[places])
    of_moment = (moment.let_through[numbers], moment.prepaid[numbers])
    for number, place, day, amount, written, is_through, prepaid in zip(
        *(column.tolist() for column in (*columns, *of_moment)), strict=True
    ):
        paid = amount - _in_base(own, place, written - prepaid) if is_through else 0
        yield LiveOrder(texts[number], date_of(day), amount, "", paid, bool(is_through), is_invoiced=True)


def _in_base(own: HistoryInRun, place: int, amount: int) -> int:
    rate, rates = int(own.snapshot.invoices.rate[place]), own.snapshot.rates
    if rate < 0:
        return amount
    return divide_half_away(amount * int(rates.numerator[rate]), int(rates.denominator[rate]))
