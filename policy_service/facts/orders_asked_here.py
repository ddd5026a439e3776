"""Orders that this service was asked about, beside those of the ledger: each order once.

From its day on such an order is like a row of an orders file. Where the ledger has a row of that id, the row
says date, amount and currency as soon as it is known; whether the order was let through, and what of it is
prepaid, is said here. Where orders are read off invoices, those that name the order stand for none of their own.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Final, TypeAlias

import numpy as np

from policy_service.domain.entries import CustomerHistory, Order
from policy_service.facts.columns import Collection, Flags, Positions, day_numbers, integers, texts
from policy_service.facts.currency import RateTable
from policy_service.facts.knowledge import NEVER, Knowledge
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.prepared_invoices import PreparedInvoices
from policy_service.facts.prepared_orders import (
    FROM_EVER,
    NO_REDUCTIONS,
    OrderRows,
    PreparedOrders,
    Reductions,
    lowered_orders,
    orders_of_file,
    orders_of_invoices,
    reductions_by_invoices,
)
from policy_service.ledger.columns import Table

_NONE: Final[Positions] = np.empty(0, dtype=np.intp)
#: The place of an order, and the position of an invoice that names it.
_Naming: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OrdersAskedHere:
    """The orders, and the positions of the ledger's orders that they replace.

    Of those `invoiced` by somebody's word nobody waits in vain: they are open until the ledger has their invoices.
    """

    prepared: PreparedOrders
    invoiced: Flags
    replaced: Positions


class LedgerOrders:
    """The orders of one customer's ledger; what finds them by id is made when it is first asked for."""

    def __init__(
        self, history: CustomerHistory, invoices: PreparedInvoices, rates: RateTable, has_orders_file: bool
    ) -> None:
        self._history = history
        self._invoices = invoices
        self._rates = rates
        self._has_file = has_orders_file
        self.prepared = (
            orders_of_file(history.orders, history.invoices, invoices, rates)
            if has_orders_file
            else orders_of_invoices(history.invoices, invoices)
        )

    def asked_here(self, live: Sequence[LiveOrder], knowledge: Knowledge) -> OrdersAskedHere | None:
        """Return those of the orders that are known as of the day, if any.

        FactError F101 for one in a currency without a rate.
        """
        day = knowledge.day
        known = [order for order in live if order.date < day or (knowledge.includes_day and order.date == day)]
        if not known:
            return None
        if self._are_unheard_of(known):
            return _as_asked(sorted(known, key=attrgetter("date", "order_id")))
        asked = [(self._row(order, knowledge), order) for order in known]
        asked.sort(key=_date_and_id)
        rows = _rows([row for row, _ in asked], [order.is_let_through for _, order in asked])
        naming = [(place, one) for place, (_, order) in enumerate(asked) for one in self._invoices_of(order)]
        reductions = self._reductions(rows, [order for _, order in asked], naming)
        return OrdersAskedHere(
            lowered_orders(rows, reductions, self._rates),
            np.array([order.is_invoiced for _, order in asked], dtype=bool),
            self._replaced(rows, naming),
        )

    def _are_unheard_of(self, orders: Sequence[LiveOrder]) -> bool:
        # Most were asked for lately, in the base currency: nothing of the ledger bears on them.
        base, rows, naming = ("", self._rates.base.code), self._row_places, self._naming
        invoices = () if self._has_file else self._invoices.position_of
        heard_of = [
            order
            for order in orders
            if order.invoice_ids
            or order.currency not in base
            or order.order_id in rows
            or order.order_id in naming
            or order.order_id in invoices
        ]
        return not heard_of

    def _row(self, order: LiveOrder, knowledge: Knowledge) -> Order | LiveOrder:
        place = self._row_places.get(order.order_id)
        if place is None or self.prepared.orders.numbers["known_from"][place] >= knowledge.before:
            return order
        return self._history.orders[place]

    def _reductions(self, rows: OrderRows, orders: Sequence[LiveOrder], naming: Sequence[_Naming]) -> Reductions:
        pairs = np.array(naming, dtype=np.intp).reshape(-1, 2)
        invoices = self._history.invoices
        lowered = reductions_by_invoices(pairs[:, 0], pairs[:, 1], rows, invoices, self._invoices, self._rates)
        prepaid = [place for place, order in enumerate(orders) if order.prepaid]
        if not prepaid:
            return lowered
        taken_off = [self._prepaid(orders[place], rows.currencies[place]) for place in prepaid]
        return Reductions(
            np.concatenate([lowered.order, np.array(prepaid, dtype=np.intp)]),
            np.concatenate([lowered.known_from, np.full(len(prepaid), FROM_EVER)]),
            np.concatenate([lowered.in_currency, integers([own for own, _ in taken_off])]),
            np.concatenate([lowered.in_base, integers([in_base for _, in_base in taken_off])]),
        )

    def _prepaid(self, order: LiveOrder, code: str) -> tuple[int, int]:
        if self._rates.code_of(order.currency) == self._rates.code_of(code):
            return order.prepaid, 0
        return 0, self._rates.to_base(order.currency, order.date, f"Order {order.order_id}")(order.prepaid)

    def _replaced(self, rows: OrderRows, naming: Sequence[_Naming]) -> Positions:
        if self._has_file:
            places = [self._row_places[order_id] for order_id in rows.ids if order_id in self._row_places]
        else:
            places = [self._order_places[position] for _, position in naming]
        return np.array(places, dtype=np.intp)

    def _invoices_of(self, order: LiveOrder) -> Sequence[int]:
        named = self._naming.get(order.order_id, ())
        if order.invoice_ids:
            positions = self._invoices.position_of
            named = [*named, *(positions[one] for one in order.invoice_ids if one in positions)]
        if self._has_file:
            return named
        # An invoice that names no order is itself the order of its id, unless it is older than that order.
        position = self._invoices.position_of.get(order.order_id)
        if position is None:
            return named
        invoice = self._history.invoices[position]
        is_its_own = not invoice.order_id and invoice.issue_date >= order.date and position not in named
        return [*named, position] if is_its_own else named

    @cached_property
    def _row_places(self) -> Mapping[str, int]:
        rows = self._history.orders if self._has_file else ()
        return {order.order_id: place for place, order in enumerate(rows)}

    @cached_property
    def _order_places(self) -> Sequence[int]:
        places: list[int] = np.argsort(self.prepared.orders.numbers["invoice"]).tolist()
        return places

    @cached_property
    def _naming(self) -> Mapping[str, Sequence[int]]:
        naming = defaultdict[str, list[int]](list)
        for position, invoice in enumerate(self._history.invoices):
            if invoice.order_id:
                naming[invoice.order_id].append(position)
        return dict(naming)


def _as_asked(orders: Sequence[LiveOrder]) -> OrdersAskedHere:
    left = integers([order.amount - order.prepaid for order in orders])
    dates, invoiced = day_numbers([order.date for order in orders]), [order.is_invoiced for order in orders]
    numbers = {
        "known_from": dates,
        "amount": integers([order.amount for order in orders]),
        "let_through": np.array([order.is_let_through for order in orders], dtype=np.int64),
    }
    ids = texts([order.order_id for order in orders])
    entries = Collection(ids, dates, numbers, is_in_order=True, table=Table.ORDERS)
    never = np.full(len(orders), NEVER, dtype=np.int64)
    prepared = PreparedOrders(entries, left, {}, NO_REDUCTIONS, never, never, expires=True)
    return OrdersAskedHere(prepared, np.array(invoiced, dtype=bool), _NONE)


def _date_and_id(asked: tuple[Order | LiveOrder, LiveOrder]) -> tuple[dt.date, str]:
    row = asked[0]
    return row.date, row.order_id


def _rows(orders: Sequence[Order | LiveOrder], let_through: Sequence[bool]) -> OrderRows:
    # Each is known from its own day on, or else it would not be asked about.
    dates = [order.date for order in orders]
    return OrderRows(
        [order.order_id for order in orders],
        dates,
        dates,
        [order.amount for order in orders],
        [order.currency for order in orders],
        let_through,
    )
