"""A customer's orders as of a day: those asked for, and what of those let through is not yet invoiced."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np

from policy_service.facts.columns import Collection, Flags, Positions, dated, join, take, with_columns
from policy_service.facts.knowledge import NEVER, Knowledge, is_known, known
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.orders_asked_here import LedgerOrders, OrdersAskedHere
from policy_service.facts.prepared_orders import PreparedOrders, may_be_open, open_parts

_FROM_EVER: Final = -NEVER


@dataclass(frozen=True, slots=True)
class DecidedOrders:
    """What decisions made of the ledger's orders, by id.

    Of the ledger's orders those are let through of which the ledger says so, if it `reads_states`, or all of them;
    those in `stopped` are not, and those in `earlier_today` are, on the day itself.
    """

    stopped: Set[str] = frozenset()
    earlier_today: Set[str] = frozenset()
    reads_states: bool = True


_AS_TOLD: Final = DecidedOrders()


class OrdersOfDay:
    """The orders of the ledger, but for those that this service was asked about and that are counted as such."""

    def __init__(
        self,
        ledger: LedgerOrders,
        knowledge: Knowledge,
        decided: DecidedOrders = _AS_TOLD,
        replaced: Positions | None = None,
    ) -> None:
        self._ledger = ledger
        self._prepared = ledger.prepared
        self._knowledge = knowledge
        self._decided = decided
        self._replaced = replaced
        #: By how many days they go back: as many as there are in policies.
        self._windows: dict[int | None, Collection] = {}

    def with_live(self, live: Sequence[LiveOrder]) -> "OrdersOfDay | OrdersWithLive":
        """Return these, and after them the orders that this service was asked about, each once."""
        here = self._ledger.asked_here(live, self._knowledge) if live else None
        if here is None:
            return self
        others = self
        if len(here.replaced):
            others = OrdersOfDay(self._ledger, self._knowledge, self._decided, here.replaced)
        return OrdersWithLive(others, here, self._knowledge)

    def asked_for(self, within_days: int | None = None) -> Collection:
        """Return the orders of days before this one, or of the last days, `let_through` 1 unless they were stopped."""
        window = self._windows.get(within_days)
        if window is None:
            first, before = _days_of(within_days, self._knowledge)
            orders = dated(self._known, first, before)
            columns = {"let_through": lambda: self._let_through(orders).astype(np.int64)}
            window = self._windows[within_days] = with_columns(orders, columns)
        return window

    @cached_property
    def open_orders(self) -> Collection:
        """The orders let through and not yet invoiced, `amount` what is left of them in base currency."""
        every, earlier_today = self._prepared, self._is_earlier_today
        flags = may_be_open(every, self._knowledge)
        if earlier_today is not None or every.orders.last_known_from >= self._knowledge.before:
            counts = is_known(every.orders, self._knowledge)
            flags &= counts if earlier_today is None else counts | earlier_today
        if self._replaced is not None:
            flags[self._replaced] = False
        places = flags.nonzero()[0]
        if self._decided.stopped or self._decided.reads_states:
            goes_ahead = self._let_through(take(every.orders, places))
            places = places[goes_ahead if earlier_today is None else goes_ahead | earlier_today[places]]
        return _open(every, places, self._knowledge)

    @cached_property
    def first_day(self) -> int | None:
        """The earliest day on which the customer is known to have asked for an order; none if it has not."""
        return int(self._known.dates.min()) if len(self._known) else None

    @cached_property
    def _known(self) -> Collection:
        every = self._prepared.orders
        if self._replaced is None:
            return known(every, self._knowledge)
        flags = is_known(every, self._knowledge)
        flags[self._replaced] = False
        return take(every, flags)

    def _let_through(self, orders: Collection) -> Flags:
        stopped = self._decided.stopped
        says: Flags = np.ones(len(orders), dtype=bool)
        if self._decided.reads_states:
            says = orders.numbers["let_through"].astype(bool)
        if stopped:
            says &= np.array([order not in stopped for order in orders.ids.tolist()], dtype=bool)
        return says

    @property
    def _is_earlier_today(self) -> Flags | None:
        if not self._decided.earlier_today:
            return None
        every = self._prepared.orders
        today: Flags = every.dates == self._knowledge.number
        for position in today.nonzero()[0].tolist():
            today[position] = every.ids[position] in self._decided.earlier_today
        return today


class OrdersWithLive:
    """The orders of the ledger, and after them those that this service was asked about."""

    def __init__(self, of_ledger: OrdersOfDay, here: OrdersAskedHere, knowledge: Knowledge) -> None:
        self._of_ledger = of_ledger
        self._here = here
        self._knowledge = knowledge

    def asked_for(self, within_days: int | None = None) -> Collection:
        """Return the orders of days before this one, or of the last days, `let_through` 1 unless they were stopped."""
        first, before = _days_of(within_days, self._knowledge)
        here = dated(self._here.prepared.orders, first, before)
        of_ledger = self._of_ledger.asked_for(within_days)
        # Most were asked for today, and today is in no window.
        return join([of_ledger, here]) if len(here) else of_ledger

    @cached_property
    def open_orders(self) -> Collection:
        """The orders let through and not yet invoiced, `amount` what is left of them in base currency."""
        here = self._here.prepared
        is_let_through = here.orders.numbers["let_through"].astype(bool)
        counts = may_be_open(here, self._knowledge, self._here.invoiced) & is_let_through
        of_ledger, asked_here = self._of_ledger.open_orders, _open(here, counts.nonzero()[0], self._knowledge)
        return join([of_ledger, asked_here]) if len(of_ledger) else asked_here

    @cached_property
    def first_day(self) -> int | None:
        """The earliest day on which the customer is known to have asked for an order."""
        first, here = self._of_ledger.first_day, int(self._here.prepared.orders.dates.min())
        return here if first is None else min(first, here)


#: The orders of one customer as of a day.
AnyOrders: TypeAlias = OrdersOfDay | OrdersWithLive


def _days_of(within_days: int | None, knowledge: Knowledge) -> tuple[int, int]:
    return _FROM_EVER if within_days is None else knowledge.number - within_days, knowledge.number


def _open(prepared: PreparedOrders, places: Positions, knowledge: Knowledge) -> Collection:
    amounts = open_parts(prepared, places, knowledge)
    is_open = amounts > 0
    places = places[is_open]
    orders = prepared.orders
    return Collection(orders.ids[places], orders.dates[places], {"amount": amounts[is_open]}, table=orders.table)
