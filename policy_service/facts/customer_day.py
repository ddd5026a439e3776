"""One customer as of a day: every source of entries with the columns that depend on the day.

A collection is worked out when it is first asked for and then kept, so that many facts share one application.
"""

import datetime as dt
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

import numpy as np

from policy_service.domain.entries import Customer
from policy_service.facts.application import AppliedPart, PostingKind, apply_postings
from policy_service.facts.applied_parts import part_columns
from policy_service.facts.columns import Collection, Flags, Integers, integers, join, sums_by, take, texts
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.posted_invoices import PostedInvoice
from policy_service.facts.prepared_history import PreparedHistory, version_in_force
from policy_service.facts.prepared_orders import open_order_amounts
from policy_service.facts.prepared_promises import broken_promises
from policy_service.language.definitions.dictionary import EntrySource


@dataclass(frozen=True, slots=True)
class OrderDecisions:
    """What decisions made of orders, by id: `stopped` were not let through, `earlier_today` were, on the day itself.

    Without an orders file an order has the id of its invoice. An order in neither counts as let through.
    """

    stopped: Set[str] = frozenset()
    earlier_today: Set[str] = frozenset()


class CustomerDay:
    """What is known of one customer as of a day."""

    def __init__(self, prepared: PreparedHistory, knowledge: Knowledge, decisions: OrderDecisions) -> None:
        self._prepared = prepared
        self._knowledge = knowledge
        self._decisions = decisions

    @property
    def customer_id(self) -> str:
        """Whose day it is."""
        return self._prepared.history.customer_id

    @cached_property
    def customer(self) -> Customer:
        """The version of the customer file in force."""
        return version_in_force(self._prepared.history, self._knowledge.day)

    def entries(self, source: EntrySource) -> Collection:
        """Return the known entries of a source with its columns, in order of date, then id."""
        match source:
            case EntrySource.INVOICES:
                return self.invoices
            case EntrySource.OPEN_INVOICES:
                return self.open_invoices
            case EntrySource.PAYMENTS:
                return self.payments
            case EntrySource.ADJUSTMENTS:
                return self.adjustments
            case EntrySource.DISPUTES:
                return self.disputes
            case EntrySource.PROMISES:
                return self.promises
            case EntrySource.EVENTS:
                return self._known(self._prepared.events)
            case EntrySource.ORDERS:
                return self.orders
            case _:
                assert_never(source)

    @cached_property
    def invoices(self) -> Collection:
        """The known invoices, gross of everything that lowered them."""
        return self._known(self._prepared.invoices)

    @cached_property
    def open_invoices(self) -> Collection:
        """The known invoices of which something is open."""
        invoices, parts, length = self._prepared.invoices, self._parts, len(self._prepared.invoices)
        applied = sums_by(parts.numbers["invoice"].astype(np.intp), parts.numbers["amount"], length)
        is_open = self._is_known(invoices)
        is_open[parts.numbers["invoice"][parts.numbers["closes"] == 1].astype(np.intp)] = False
        disputed = integers([0] * length)
        disputed[self._in_dispute.astype(np.intp)] = 1
        past_due = np.maximum(self._knowledge.number - invoices.numbers["due_date"], 0)
        columns = {
            "amount": invoices.numbers["amount"],
            "open_amount": invoices.numbers["amount"] - applied,
            "due_date": invoices.numbers["due_date"],
            "days_past_due": past_due,
            "disputed": disputed,
        }
        return take(Collection(invoices.ids, invoices.dates, columns), is_open)

    @cached_property
    def payments(self) -> Collection:
        """The applied parts of payments, without deposits."""
        numbers = self._parts.numbers
        return self._of_kind((numbers["kind"] == PostingKind.PAYMENT) & (numbers["is_deposit"] == 0))

    @cached_property
    def adjustments(self) -> Collection:
        """The applied parts of credit notes and write-offs."""
        chosen = self._of_kind(self._parts.numbers["kind"] != PostingKind.PAYMENT)
        kinds = [PostingKind(kind).name.lower() for kind in chosen.numbers["kind"].tolist()]
        return Collection(chosen.ids, chosen.dates, chosen.numbers, {"kind": texts(kinds)})

    @cached_property
    def surpluses(self) -> Collection:
        """Payments and credit notes of which something did not apply, `amount` the surplus in base currency."""
        parts = take(self._parts, self._parts.numbers["surplus"] > 0)
        parts = take(parts, np.lexsort((parts.numbers["position"], parts.numbers["kind"], parts.dates)))
        unapplied = self._known(self._prepared.unapplied)
        return join(
            [
                Collection(parts.ids, parts.dates, {"amount": parts.numbers["surplus"]}),
                Collection(unapplied.ids, unapplied.dates, {"amount": unapplied.numbers["amount"]}),
            ]
        )

    @cached_property
    def unmatured_bills(self) -> Collection:
        """Payments by bill that have not matured: the part that cleared an invoice, deposits included."""
        numbers = self._parts.numbers
        return self._of_kind(numbers["matures_on"] >= self._knowledge.number)

    @cached_property
    def disputes(self) -> Collection:
        """The known disputes, `open` 1 while not closed."""
        known = self._known(self._prepared.disputes)
        is_open = (known.numbers["closed"] >= self._knowledge.before).astype(np.int64)
        return Collection(known.ids, known.dates, {**known.numbers, "open": is_open})

    @cached_property
    def promises(self) -> Collection:
        """The known promises, `broken` 1 where they were not kept."""
        prepared = self._prepared.promises
        broken = broken_promises(prepared, self._knowledge).astype(np.int64)
        every = prepared.promises
        return self._known(Collection(every.ids, every.dates, {**every.numbers, "broken": broken}))

    @cached_property
    def orders(self) -> Collection:
        """The orders asked for on days before this one, `let_through` 1 unless they were stopped."""
        every = self._prepared.orders.orders
        columns = {**every.numbers, "let_through": self._let_through.astype(np.int64)}
        chosen = self._is_known(every) & (every.dates < self._knowledge.number)
        return take(Collection(every.ids, every.dates, columns), chosen)

    @cached_property
    def open_orders(self) -> Collection:
        """The orders let through and not yet invoiced, `amount` what is left of them in base currency."""
        every = self._prepared.orders.orders
        counted = (self._is_known(every) & self._let_through) | self._is_earlier_today
        left = open_order_amounts(self._prepared.orders, self._knowledge, counted)
        return take(Collection(every.ids, every.dates, {"amount": left}), left > 0)

    @cached_property
    def first_order_date(self) -> dt.date | None:
        """The earliest day on which the customer is known to have asked for an order; none if it has not."""
        every = self._prepared.orders.orders
        dates = every.dates[self._is_known(every)]
        return dt.date(1970, 1, 1) + dt.timedelta(days=int(dates.min())) if len(dates) else None

    @cached_property
    def _parts(self) -> Collection:
        settled = self._known(self._prepared.parts)
        unsettled = part_columns(
            ((one, self._applied(one)) for one in self._prepared.unsettled), self._prepared.invoices
        )
        return join([settled, unsettled]) if len(unsettled) else settled

    def _applied(self, posted: PostedInvoice) -> list[AppliedPart]:
        known = [posting for posting in posted.postings if posting.known_from < self._knowledge.before]
        return apply_postings(posted.invoice.amount, known, posted.to_base)

    def _of_kind(self, chosen: Flags) -> Collection:
        parts = take(self._parts, chosen & (self._parts.numbers["is_applied"] == 1))
        return take(parts, np.argsort(parts.numbers["position"], kind="stable"))

    @property
    def _in_dispute(self) -> Integers:
        disputed: Integers = self.disputes.numbers["invoice"][self.disputes.numbers["open"] == 1]
        return disputed

    @property
    def _let_through(self) -> Flags:
        every = self._prepared.orders.orders
        if not self._decisions.stopped:
            return np.ones(len(every), dtype=bool)
        return np.array([order not in self._decisions.stopped for order in every.ids.tolist()], dtype=bool)

    @property
    def _is_earlier_today(self) -> Flags:
        every = self._prepared.orders.orders
        today: Flags = every.dates == self._knowledge.number
        for position in today.nonzero()[0].tolist():
            today[position] = every.ids[position] in self._decisions.earlier_today
        return today

    def _is_known(self, collection: Collection) -> Flags:
        known: Flags = collection.numbers["known_from"] < self._knowledge.before
        return known

    def _known(self, collection: Collection) -> Collection:
        known = self._is_known(collection)
        return collection if known.all() else take(collection, known)
