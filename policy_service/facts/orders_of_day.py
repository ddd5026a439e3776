"""A customer's orders as of a day: those asked for, and what of those let through is not yet invoiced."""

from collections.abc import Sequence, Set
from functools import cached_property
from typing import Final

import numpy as np

from policy_service.facts.columns import Collection, Flags, Positions, dated, join, take, with_columns
from policy_service.facts.knowledge import NEVER, Knowledge, is_known, known
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.orders_asked_here import LedgerOrders
from policy_service.facts.prepared_orders import PreparedOrders, may_be_open, open_parts

_FROM_EVER: Final = -NEVER


class OrdersOfDay:
    """The orders of the ledger, and after them those that this service was asked about (`live`), each once.

    Of the ledger's orders those are let through of which the ledger says so, if it `reads_states`, or all of them;
    those in `stopped` are not, and those in `earlier_today` are, on the day itself.
    """

    def __init__(
        self,
        ledger: LedgerOrders,
        knowledge: Knowledge,
        stopped: Set[str],
        earlier_today: Set[str],
        live: Sequence[LiveOrder],
        reads_states: bool,
    ) -> None:
        self._ledger = ledger.prepared
        self._knowledge = knowledge
        self._stopped = stopped
        self._earlier_today = earlier_today
        self._reads_states = reads_states
        self._here = ledger.asked_here(live, knowledge) if live else None

    def asked_for(self, within_days: int | None = None) -> Collection:
        """Return the orders of days before this one, or of the last days, `let_through` 1 unless they were stopped."""
        number = self._knowledge.number
        first = _FROM_EVER if within_days is None else number - within_days
        of_ledger = dated(self._known, first, number)
        let_through = with_columns(of_ledger, {"let_through": lambda: self._let_through(of_ledger).astype(np.int64)})
        if self._here is None:
            return let_through
        return join([let_through, dated(self._here.prepared.orders, first, number)])

    @cached_property
    def open_orders(self) -> Collection:
        """The orders let through and not yet invoiced, `amount` what is left of them in base currency."""
        every, earlier_today = self._ledger, self._is_earlier_today
        flags = may_be_open(every, self._knowledge)
        if earlier_today is not None or every.orders.last_known_from >= self._knowledge.before:
            counts = is_known(every.orders, self._knowledge)
            flags &= counts if earlier_today is None else counts | earlier_today
        if self._here is not None:
            flags[self._here.replaced] = False
        places = flags.nonzero()[0]
        if self._stopped or self._reads_states:
            goes_ahead = self._let_through(take(every.orders, places))
            places = places[goes_ahead if earlier_today is None else goes_ahead | earlier_today[places]]
        of_ledger = _open(every, places, self._knowledge)
        if self._here is None:
            return of_ledger
        here = self._here.prepared
        is_let_through = here.orders.numbers["let_through"].astype(bool)
        counts = may_be_open(here, self._knowledge, self._here.invoiced) & is_let_through
        return join([of_ledger, _open(here, counts.nonzero()[0], self._knowledge)])

    @cached_property
    def first_day(self) -> int | None:
        """The earliest day on which the customer is known to have asked for an order; none if it has not."""
        asked = [self._known] if self._here is None else [self._known, self._here.prepared.orders]
        return min((int(orders.dates.min()) for orders in asked if len(orders)), default=None)

    @cached_property
    def _known(self) -> Collection:
        every = self._ledger.orders
        if self._here is None or not len(self._here.replaced):
            return known(every, self._knowledge)
        flags = is_known(every, self._knowledge)
        flags[self._here.replaced] = False
        return take(every, flags)

    def _let_through(self, orders: Collection) -> Flags:
        says: Flags = np.ones(len(orders), dtype=bool)
        if self._reads_states:
            says = orders.numbers["let_through"].astype(bool)
        if self._stopped:
            says &= np.array([order not in self._stopped for order in orders.ids.tolist()], dtype=bool)
        return says

    @property
    def _is_earlier_today(self) -> Flags | None:
        if not self._earlier_today:
            return None
        every = self._ledger.orders
        today: Flags = every.dates == self._knowledge.number
        for position in today.nonzero()[0].tolist():
            today[position] = every.ids[position] in self._earlier_today
        return today


def _open(prepared: PreparedOrders, places: Positions, knowledge: Knowledge) -> Collection:
    amounts = open_parts(prepared, places, knowledge)
    is_open = amounts > 0
    places = places[is_open]
    orders = prepared.orders
    return Collection(orders.ids[places], orders.dates[places], {"amount": amounts[is_open]}, table=orders.table)
