"""Many customers' books as one, so that all are measured at once, each entry knowing whose it is.

Facts tell customers apart by nothing but the ids of invoices and orders. An id of an invoice is one customer's, but
two customers' orders may go by one id, or by that of another's invoice: such customers are measured by themselves.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any, Final

import numpy as np

from policy_service.domain.entries import CustomerHistory
from policy_service.facts.columns import Collection, Positions
from policy_service.facts.currency import RateTable
from policy_service.facts.customer_day import CustomerDay, OrderDecisions, PreparedCustomer
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.postings import PostingKind

#: Whose entries all are, as long as they are in one.
_ALL: Final = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """The books of several customers as those of one, as of a day, and the place of each entry's owner among them."""

    histories: Sequence[CustomerHistory]
    day: CustomerDay
    of_invoices: Positions
    of_payments: Positions
    of_adjustments: Positions
    of_orders: Mapping[str, int]

    def owners_of_invoices(self, invoices: Collection) -> Positions:
        """Return whose each invoice is."""
        place_of = self.day.books.prepared.invoices.position_of
        places = [place_of[invoice_id] for invoice_id in invoices.ids.tolist()]
        return self.of_invoices[np.array(places, dtype=np.intp)]

    def owners_of_surpluses(self, surpluses: Collection) -> Positions:
        """Return whose each payment or credit note is of which something did not apply."""
        positions, kinds = surpluses.numbers["position"], surpluses.numbers["posting_kind"]
        is_payment = kinds == PostingKind.PAYMENT
        owners = np.zeros(len(surpluses), dtype=np.intp)
        owners[is_payment] = self.of_payments[positions[is_payment]]
        owners[~is_payment] = self.of_adjustments[positions[~is_payment]]
        return owners

    def owners_of_orders(self, orders: Collection) -> Positions:
        """Return whose each order is."""
        return np.array([self.of_orders[order_id] for order_id in orders.ids.tolist()], dtype=np.intp)


def pools(
    histories: Sequence[CustomerHistory],
    live: Mapping[str, Sequence[LiveOrder]],
    rates: RateTable,
    knowledge: Knowledge,
    *,
    has_orders_file: bool,
) -> Iterator[Pool]:
    """Yield all of the customers, most of them in one; FactError F101 for a currency without a rate."""
    apart = _sharing_ids(histories, live)
    together = [history for history in histories if history.customer_id not in apart]
    alone = [[history] for history in histories if history.customer_id in apart]
    for some in (together, *alone):
        if some:
            yield _pool(some, live, rates, knowledge, has_orders_file=has_orders_file)


def _pool(
    histories: Sequence[CustomerHistory],
    live: Mapping[str, Sequence[LiveOrder]],
    rates: RateTable,
    knowledge: Knowledge,
    *,
    has_orders_file: bool,
) -> Pool:
    invoices, of_invoices = _side_by_side(histories, "invoices", attrgetter("issue_date"))
    payments, of_payments = _side_by_side(histories, "payments", attrgetter("date"))
    adjustments, of_adjustments = _side_by_side(histories, "adjustments", attrgetter("date"))
    disputes, _ = _side_by_side(histories, "disputes", attrgetter("opened"))
    orders, _ = _side_by_side(histories, "orders", attrgetter("date"))
    versions = tuple(version for history in histories for version in history.versions[-1:])
    books = CustomerHistory(_ALL, versions, invoices, payments, adjustments, disputes, orders=orders)
    asked = sorted(
        (one for history in histories for one in live.get(history.customer_id, ())), key=attrgetter("date", "order_id")
    )
    prepared = PreparedCustomer(books, rates, has_orders_file)
    return Pool(
        histories,
        prepared.on(knowledge, OrderDecisions(live={_ALL: tuple(asked)})),
        of_invoices,
        of_payments,
        of_adjustments,
        _owners_of_orders(histories, live),
    )


def _side_by_side(
    histories: Sequence[CustomerHistory], name: str, day: Callable[[Any], date]
) -> tuple[tuple[Any, ...], Positions]:
    owned = [(entry, owner) for owner, history in enumerate(histories) for entry in getattr(history, name)]
    # Of one day each customer's stay in the order of their ids, in which they apply.
    owned.sort(key=lambda pair: day(pair[0]))
    return tuple(entry for entry, _ in owned), np.array([owner for _, owner in owned], dtype=np.intp)


def _owners_of_orders(
    histories: Sequence[CustomerHistory], live: Mapping[str, Sequence[LiveOrder]]
) -> Mapping[str, int]:
    # Without an orders file an order goes by the id of its invoice.
    owners = {one.invoice_id: owner for owner, history in enumerate(histories) for one in history.invoices}
    for owner, history in enumerate(histories):
        owners.update(dict.fromkeys(_asked(history, live), owner))
    return owners


def _sharing_ids(histories: Sequence[CustomerHistory], live: Mapping[str, Sequence[LiveOrder]]) -> frozenset[str]:
    of_orders, of_invoices = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for history in histories:
        name = history.customer_id
        for order_id in (*_asked(history, live), *(one.order_id for one in history.invoices if one.order_id)):
            of_orders[order_id].add(name)
        for order in live.get(name, ()):
            of_invoices[order.order_id].add(name)
    for history in histories:
        for invoice in history.invoices:
            if invoice.invoice_id in of_invoices:
                of_invoices[invoice.invoice_id].add(history.customer_id)
    return frozenset(_of_several(chain(of_orders.values(), of_invoices.values())))


def _asked(history: CustomerHistory, live: Mapping[str, Sequence[LiveOrder]]) -> Iterator[str]:
    yield from (order.order_id for order in history.orders)
    yield from (order.order_id for order in live.get(history.customer_id, ()))


def _of_several(owners: Iterable[set[str]]) -> Iterator[str]:
    for names in owners:
        if len(names) > 1:
            yield from names
