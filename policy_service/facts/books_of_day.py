"""One customer's books as of a day: every source of entries but orders, with the columns that depend on the day.

A collection is worked out when it is first asked for and then kept, so that many facts share one application.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from policy_service.domain.entries import Customer
from policy_service.facts.applied_entries import AppliedEntries, in_order_of_kind, together
from policy_service.facts.columns import Collection, Flags, Integers, Positions, join, sums_by, take, with_columns
from policy_service.facts.knowledge import Knowledge, is_known, known
from policy_service.facts.orders_of_day import OrdersOfDay
from policy_service.facts.prepared_history import PreparedHistory, version_in_force
from policy_service.facts.prepared_promises import broken_promises
from policy_service.facts.reading import Reading
from policy_service.facts.settlement import AppliedAnew, applied_anew


class BooksOfDay:
    """What the ledger says of one customer as of a day, whatever became of orders."""

    def __init__(self, prepared: PreparedHistory, knowledge: Knowledge) -> None:
        self.prepared = prepared
        self.knowledge = knowledge
        #: Built-in facts that were read off these books, by name.
        self.readings: dict[str, Reading] = {}

    @cached_property
    def customer(self) -> Customer:
        """The version of the customer file in force."""
        return version_in_force(self.prepared.history, self.knowledge.day)

    @cached_property
    def invoices(self) -> Collection:
        """The known invoices, gross of everything that lowered them."""
        return self._known(self.prepared.invoices.entries)

    @cached_property
    def open_invoices(self) -> Collection:
        """The known invoices of which something is open."""
        invoices, settlement, anew = self.prepared.invoices.entries, self.prepared.settlement, self._anew
        is_open = settlement.cleared_from >= self.knowledge.before
        if invoices.last_known_from >= self.knowledge.before:
            is_open &= is_known(invoices, self.knowledge)
        partial = [self._known(settlement.entries.partial)]
        if anew:
            is_open[anew.cleared] = False
            partial.append(anew.entries.partial)
        places = is_open.nonzero()[0]
        columns = {
            "open_amount": lambda: self._open_amounts(places, is_open, join(partial)),
            "days_past_due": lambda: np.maximum(self.knowledge.number - invoices.numbers["due_date"][places], 0),
            "disputed": lambda: self._disputed(places),
        }
        return take(invoices, places, columns)

    @cached_property
    def payments(self) -> Collection:
        """The applied parts of payments, without deposits."""
        return self._applied(lambda entries: entries.payments)

    @cached_property
    def adjustments(self) -> Collection:
        """The applied parts of credit notes and write-offs."""
        return self._applied(lambda entries: entries.adjustments)

    @cached_property
    def surpluses(self) -> Collection:
        """Payments and credit notes of which something did not apply, `amount` the surplus in base currency."""
        surpluses = in_order_of_kind(self._applied(lambda entries: entries.surpluses))
        unapplied = self._known(self.prepared.unapplied)
        return join([surpluses, unapplied])

    @cached_property
    def unmatured_bills(self) -> Collection:
        """Payments by bill that have not matured: the part that cleared an invoice, deposits included."""
        bills = self._applied(lambda entries: entries.bills)
        return take(bills, bills.numbers["matures_on"] >= self.knowledge.number)

    @cached_property
    def disputes(self) -> Collection:
        """The known disputes, `open` 1 while not closed."""
        known = self._known(self.prepared.disputes)
        before = self.knowledge.before
        return with_columns(known, {"open": lambda: (known.numbers["closed"] >= before).astype(np.int64)})

    @cached_property
    def promises(self) -> Collection:
        """The known promises, `broken` 1 where they were not kept."""
        prepared = self.prepared.promises
        every = with_columns(
            prepared.promises, {"broken": lambda: broken_promises(prepared, self.knowledge).astype(np.int64)}
        )
        return self._known(every)

    @cached_property
    def events(self) -> Collection:
        """The known events."""
        return self._known(self.prepared.events)

    @cached_property
    def orders(self) -> OrdersOfDay:
        """The orders of the ledger as it tells them, nothing decided upon them."""
        return OrdersOfDay(self.prepared.orders, self.knowledge)

    @cached_property
    def _anew(self) -> AppliedAnew | None:
        return applied_anew(self.prepared.settlement, self.prepared.invoices, self.knowledge)

    def _applied(self, part: Callable[[AppliedEntries], Collection]) -> Collection:
        settled = self._known(part(self.prepared.settlement.entries))
        return together([settled, part(self._anew.entries)]) if self._anew else settled

    def _open_amounts(self, places: Positions, is_open: Flags, partial: Collection) -> Integers:
        amounts = self.prepared.invoices.entries.numbers["amount"]
        if not len(partial):
            return amounts[places]
        of = partial.numbers["invoice"]
        bears = is_open[of]
        return amounts[places] - sums_by(of[bears], partial.numbers["amount"][bears], len(is_open))[places]

    def _disputed(self, places: Positions) -> Integers:
        disputes = self.disputes
        if not len(disputes):
            return np.zeros(len(places), dtype=np.int64)
        disputed = np.zeros(len(self.prepared.invoices.entries), dtype=np.int64)
        disputed[disputes.numbers["invoice"][disputes.numbers["open"] == 1]] = 1
        return disputed[places]

    def _known(self, collection: Collection) -> Collection:
        return known(collection, self.knowledge)
