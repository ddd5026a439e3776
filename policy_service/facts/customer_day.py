"""One customer as of a day: every source of entries, with what became of the orders."""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import Final, assert_never

import msgspec

from policy_service.domain.entries import Customer, CustomerHistory
from policy_service.facts.books_of_day import BooksOfDay
from policy_service.facts.columns import Collection, dated
from policy_service.facts.currency import RateTable
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.orders_of_day import AnyOrders, DecidedOrders, OrdersOfDay
from policy_service.facts.prepared_history import PreparedHistory, prepare_history
from policy_service.language.definitions.dictionary import EntrySource

_EPOCH: Final = dt.date(1970, 1, 1)


class OrderDecisions(msgspec.Struct, frozen=True):
    """What decisions made of orders, by id: `stopped` were not let through, `earlier_today` were, on the day itself.

    Without an orders file an order has the id of its invoice. An order in neither counts as let through, unless
    `reads_states` and the state of its row says that it came to nothing; a replay does not read states. `live` are
    the orders that this service was asked about, by customer: they count like rows of an orders file.
    """

    stopped: Set[str] = frozenset()
    earlier_today: Set[str] = frozenset()
    live: Mapping[str, Sequence[LiveOrder]] = msgspec.field(default_factory=dict)
    reads_states: bool = True


class CustomerDay:
    """What is known of one customer as of a day."""

    def __init__(self, books: BooksOfDay, decisions: OrderDecisions) -> None:
        self.books = books
        self.decisions = decisions
        self._windows: dict[tuple[EntrySource, int], Collection] = {}

    @property
    def customer_id(self) -> str:
        """Whose day it is."""
        return self.books.prepared.history.customer_id

    @property
    def customer(self) -> Customer:
        """The version of the customer file in force."""
        return self.books.customer

    def entries(self, source: EntrySource, within_days: int | None = None) -> Collection:
        """Return the known entries of a source with its columns, in order of date, then id.

        Orders that this service was asked about come after those of the ledger. With `within_days` N they are those
        dated `day - N <= date < day`.
        """
        if within_days is None:
            return self._entries(source)
        key = (source, within_days)
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = self._within(source, within_days)
        return window

    @property
    def invoices(self) -> Collection:
        """The known invoices, gross of everything that lowered them."""
        return self.books.invoices

    @property
    def orders(self) -> Collection:
        """The orders asked for on days before this one, `let_through` 1 unless they were stopped."""
        return self.placed_orders.asked_for()

    @cached_property
    def placed_orders(self) -> AnyOrders:
        """The orders of the ledger with those that this service was asked about."""
        told, books = self.decisions, self.books
        live = told.live.get(self.customer_id, ())
        if told.reads_states and not told.stopped and not told.earlier_today:
            return books.orders.with_live(live)
        decided = DecidedOrders(told.stopped, told.earlier_today, told.reads_states)
        return OrdersOfDay(books.prepared.orders, books.knowledge, decided).with_live(live)

    @property
    def first_order_date(self) -> dt.date | None:
        """The earliest day on which the customer is known to have asked for an order; none if it has not."""
        first = self.placed_orders.first_day
        return None if first is None else _EPOCH + dt.timedelta(days=first)

    def _entries(self, source: EntrySource) -> Collection:
        match source:
            case EntrySource.INVOICES:
                return self.books.invoices
            case EntrySource.OPEN_INVOICES:
                return self.books.open_invoices
            case EntrySource.PAYMENTS:
                return self.books.payments
            case EntrySource.ADJUSTMENTS:
                return self.books.adjustments
            case EntrySource.DISPUTES:
                return self.books.disputes
            case EntrySource.PROMISES:
                return self.books.promises
            case EntrySource.EVENTS:
                return self.books.events
            case EntrySource.ORDERS:
                return self.orders
            case _:
                assert_never(source)

    def _within(self, source: EntrySource, days: int) -> Collection:
        # Orders asked about here are put among those of the window alone.
        if source is EntrySource.ORDERS:
            return self.placed_orders.asked_for(days)
        day = self.books.knowledge.number
        return dated(self._entries(source), day - days, day)


class PreparedCustomer:
    """A customer's history, prepared when it is first measured, with the latest day that was asked about.

    As long as nothing is posted, decisions of one day share everything but what became of orders, and those
    taken with the same `OrderDecisions` (one object for one sitting) share that too.
    """

    __slots__ = ("_has_orders_file", "_latest", "_prepared", "_rates", "history")

    def __init__(self, history: CustomerHistory, rates: RateTable, has_orders_file: bool) -> None:
        self.history = history
        self._rates = rates
        self._has_orders_file = has_orders_file
        self._prepared: PreparedHistory | None = None
        self._latest: CustomerDay | None = None

    @property
    def prepared(self) -> PreparedHistory:
        """The history as columns; FactError F101 for a currency without a rate."""
        prepared = self._prepared
        if prepared is None:
            prepared = self._prepared = prepare_history(self.history, self._rates, self._has_orders_file)
        return prepared

    def on(self, knowledge: Knowledge, decisions: OrderDecisions) -> CustomerDay:
        """Return the customer as of the day; FactError F101 for a currency without a rate."""
        latest = self._latest
        if latest is None or latest.decisions is not decisions or latest.books.knowledge != knowledge:
            latest = self._latest = CustomerDay(self.books_on(knowledge), decisions)
        return latest

    def books_on(self, knowledge: Knowledge) -> BooksOfDay:
        """Return the customer's books as of the day; FactError F101 for a currency without a rate."""
        latest = self._latest
        if latest is None or latest.books.knowledge != knowledge:
            return BooksOfDay(self.prepared, knowledge)
        return latest.books
