"""A customer's ledger as it was in a run when an order was decided: entries that the service can measure.

Everything is worked out of the snapshot and of what the run did with each invoice, by the words of the replay's
contract and without its kernel: what exists, with the dates it has there, without what prepayments displaced. Ids are
places that sort as the recorded ids do.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import (
    Adjustment,
    AdjustmentKind,
    Customer,
    CustomerHistory,
    Dispute,
    Event,
    Invoice,
    Ledger,
    Order,
    Payment,
    Promise,
    Rate,
)
from policy_service.facts.knowledge import NEVER
from policy_service.facts.postings import PostingKind
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import Moment

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_EXACT: Final = Context(prec=400)
#: Prepayments come before everything that was recorded upon an invoice.
_LONG_BEFORE: Final = 3_650
_OWN_COLUMNS: Final = ("name", "segment", "industry", "country", "currency")
_KINDS: Final = {PostingKind.CREDIT_NOTE: AdjustmentKind.CREDIT_NOTE, PostingKind.WRITE_OFF: AdjustmentKind.WRITE_OFF}


@dataclass(frozen=True, slots=True)
class InvoiceInRun:
    """An invoice of the run: its place in the snapshot, its days, by how many later entries moved, what is prepaid."""

    place: int
    issued: int
    due: int
    known_from: int
    waited: int
    moved: int
    prepaid: int

    def shifted(self, day: int, entry: int, recorded_issue: int) -> int:
        """Return the day in the run of what belongs to an entry dated `entry`: from the issue on never before it."""
        return day + self.waited if entry < recorded_issue else max(day + self.moved, self.issued)


@dataclass(frozen=True, slots=True)
class PostingInRun:
    """A payment, credit note or write-off upon an invoice, on its days in the run."""

    rank: int
    kind: int
    date: int
    known_from: int
    amount: int
    matures_on: int


class HistoryInRun:
    """One customer's entries of a run, as known at the start of the moment's day."""

    def __init__(self, snapshot: Snapshot, moment: Moment) -> None:
        self.snapshot, self.moment = snapshot, moment
        self.customer_id = snapshot.customer_ids[moment.customer]
        self.first_invoice = int(snapshot.invoices.begins[moment.customer])
        self._rates: dict[tuple[int, str], Rate] = {}

    def invoices(self) -> Iterator[InvoiceInRun]:
        """Yield the invoices of the run, but for those that the order under decision brought with it."""
        invoices = self.snapshot.invoices
        for number, row in enumerate(self.moment.invoices.tolist()):
            exists, waited, due, moved, prepaid, _ = row
            place = self.first_invoice + number
            if exists and not self._is_of_this_order(place, number):
                issued, known = int(invoices.issued[place]) + waited, int(invoices.known_from[place]) + waited
                yield InvoiceInRun(place, issued, due, known, waited, moved, prepaid)

    def _is_of_this_order(self, place: int, number: int) -> bool:
        if not self.snapshot.has_orders_file:
            return number == self.moment.order
        order = int(self.snapshot.invoices.order[place])
        return order >= 0 and order == int(self.snapshot.orders.begins[self.moment.customer]) + self.moment.order

    def code(self, rate: int, day: int) -> str:
        """Return the currency that a rate is of, empty for the base currency; the rate counts on that day."""
        if rate < 0:
            return ""
        rates, base = self.snapshot.rates, self.snapshot.currency
        code = self.snapshot.words[int(rates.currency[rate])]
        scale = Decimal(10) ** (currency_of(code).decimals - base.decimals)
        ratio = _EXACT.divide(Decimal(int(rates.numerator[rate])), Decimal(int(rates.denominator[rate])))
        self._rates[day, code] = Rate(date_of(day), code, _EXACT.multiply(ratio, scale))
        return code

    def history(self, orders: Sequence[Order], amounts: Mapping[int, int]) -> CustomerHistory:
        """Return all entries with these rows of the orders file; `amounts` stand for those of invoices at a place."""
        invoices = list(self.invoices())
        postings = [(one, posting) for one in invoices for posting in self._postings(one)]
        return CustomerHistory(
            self.customer_id,
            self._versions(),
            tuple(
                sorted(
                    (self._invoice(one, amounts) for one in invoices), key=lambda one: (one.issue_date, one.invoice_id)
                )
            ),
            tuple(sorted([*self._payments(postings), *self._cash()], key=lambda one: (one.date, one.payment_id))),
            tuple(sorted(self._adjustments(postings), key=lambda one: (one.date, one.adjustment_id))),
            tuple(sorted(self._disputes(invoices), key=lambda one: (one.opened, one.dispute_id))),
            tuple(sorted(self._promises(invoices), key=lambda one: (one.made, one.promise_id))),
            tuple(self._events()),
            tuple(sorted(orders, key=lambda one: (one.date, one.order_id))),
        )

    def ledger(self, history: CustomerHistory) -> Ledger:
        """Return the ledger of this one customer; every entry finds the rate that it was recorded with."""
        rates = tuple(self._rates[key] for key in sorted(self._rates))
        has_file = self.snapshot.has_orders_file
        return Ledger(
            self.snapshot.currency, {self.customer_id: history}, rates, has_file, {self.customer_id: self.customer_id}
        )

    def _versions(self) -> tuple[Customer, ...]:
        versions, words = self.snapshot.versions, self.snapshot.words
        first, last = versions.begins[self.moment.customer : self.moment.customer + 2].tolist()
        found = []
        for row in range(first, last):
            said = {name: words[int(column[row])] for name, column in self.snapshot.attributes.items()}
            since = int(versions.since[row])
            found.append(
                Customer(
                    self.customer_id,
                    name=said.get("name", ""),
                    segment=said.get("segment", ""),
                    industry=said.get("industry", ""),
                    country=said.get("country", ""),
                    currency=said.get("currency", ""),
                    since=None if since == -NEVER else date_of(since),
                    # What a row says counts from the day after.
                    valid_from=None if row == first else date_of(int(versions.counts_from[row]) - 1),
                    attributes={name: text for name, text in said.items() if name not in _OWN_COLUMNS and text},
                )
            )
        return tuple(found)

    def _invoice(self, one: InvoiceInRun, amounts: Mapping[int, int]) -> Invoice:
        invoices = self.snapshot.invoices
        order = int(invoices.order[one.place])
        return Invoice(
            self.snapshot.invoice_ids[one.place],
            self.customer_id,
            date_of(one.issued),
            date_of(one.due),
            amounts.get(one.place, int(invoices.written[one.place])),
            self.code(int(invoices.rate[one.place]), one.issued),
            date_of(one.known_from),
            self.snapshot.order_ids[order] if order >= 0 else "",
            date_of(int(invoices.ordered[one.place])),
        )

    def _postings(self, one: InvoiceInRun) -> list[PostingInRun]:
        postings, day = self.snapshot.postings, self.moment.day
        recorded_issue = int(self.snapshot.invoices.issued[one.place])
        found = []
        for place in range(*postings.begins[one.place : one.place + 2].tolist()):
            recorded = int(postings.date[place])
            date = one.shifted(recorded, recorded, recorded_issue)
            known_from = date + int(postings.known_from[place]) - recorded
            matures_on = int(postings.matures_on[place])
            if matures_on != -NEVER:
                matures_on = one.shifted(matures_on, recorded, recorded_issue)
            if max(known_from, one.known_from) < day:
                kind, rank = int(postings.kind[place]), int(postings.rank[place])
                found.append(PostingInRun(rank, kind, date, known_from, int(postings.written[place]), matures_on))
        found.sort(key=lambda posting: (posting.date, posting.kind, posting.rank))
        return self._with_prepayment(one, found)

    def _with_prepayment(self, one: InvoiceInRun, postings: Sequence[PostingInRun]) -> list[PostingInRun]:
        if not one.prepaid:
            return list(postings)
        before = one.issued - _LONG_BEFORE
        found = [PostingInRun(-1, PostingKind.PAYMENT, before, before, one.prepaid, -NEVER)]
        without = int(self.snapshot.invoices.written[one.place])
        left = without - one.prepaid
        for posting in postings:
            # What would have applied without the prepayment, and does not with it, does not exist.
            fitting, own = min(posting.amount, without), min(posting.amount, left)
            without, left = without - fitting, left - own
            exists = posting.amount - fitting + own
            if exists:
                found.append(
                    PostingInRun(
                        posting.rank, posting.kind, posting.date, posting.known_from, exists, posting.matures_on
                    )
                )
        return found

    def _payments(self, postings: Sequence[tuple[InvoiceInRun, PostingInRun]]) -> Iterator[Payment]:
        for one, posting in postings:
            if posting.kind == PostingKind.PAYMENT:
                name = self.snapshot.invoice_ids[one.place]
                payment_id = f"{posting.rank:020}" if posting.rank >= 0 else f"- prepaid {name}"
                matures_on = None if posting.matures_on == -NEVER else date_of(posting.matures_on)
                date, posted_on = date_of(posting.date), date_of(posting.known_from)
                yield Payment(payment_id, date, posting.amount, posted_on, name, self.customer_id, "", matures_on)

    def _cash(self) -> Iterator[Payment]:
        cash = self.snapshot.unapplied
        for place in range(*cash.begins[self.moment.customer : self.moment.customer + 2].tolist()):
            date, posted_on = date_of(int(cash.date[place])), date_of(int(cash.known_from[place]))
            yield Payment(f"cash {place:020}", date, int(cash.amount[place]), posted_on, "", self.customer_id)

    def _adjustments(self, postings: Sequence[tuple[InvoiceInRun, PostingInRun]]) -> Iterator[Adjustment]:
        for one, posting in postings:
            if posting.kind != PostingKind.PAYMENT:
                name, kind = self.snapshot.invoice_ids[one.place], _KINDS[PostingKind(posting.kind)]
                date, posted_on = date_of(posting.date), date_of(posting.known_from)
                yield Adjustment(f"{posting.kind} {posting.rank:020}", name, date, kind, posting.amount, posted_on)

    def _disputes(self, invoices: Sequence[InvoiceInRun]) -> Iterator[Dispute]:
        disputes = self.snapshot.disputes
        for one in invoices:
            recorded_issue = int(self.snapshot.invoices.issued[one.place])
            for place in range(*disputes.begins[one.place : one.place + 2].tolist()):
                recorded, closed = int(disputes.opened[place]), int(disputes.closed[place])
                opened = one.shifted(recorded, recorded, recorded_issue)
                posted = opened + int(disputes.known_from[place]) - recorded
                ended = None if closed == NEVER else date_of(one.shifted(closed, closed, recorded_issue))
                name = self.snapshot.invoice_ids[one.place]
                yield Dispute(f"{place:020}", name, date_of(opened), date_of(posted), ended)

    def _promises(self, invoices: Sequence[InvoiceInRun]) -> Iterator[Promise]:
        promises = self.snapshot.promises
        for one in invoices:
            recorded_issue = int(self.snapshot.invoices.issued[one.place])
            for place in range(*promises.begins[one.place : one.place + 2].tolist()):
                recorded, promised = int(promises.made[place]), int(promises.promised[place])
                made = one.shifted(recorded, recorded, recorded_issue)
                until = one.shifted(promised, promised, recorded_issue)
                posted, amount = made + int(promises.known_from[place]) - recorded, int(promises.written[place])
                name = self.snapshot.invoice_ids[one.place]
                dates = (date_of(made), date_of(until), date_of(posted))
                yield Promise(f"{place:020}", name, *dates, None if amount < 0 else amount)

    def _events(self) -> Iterator[Event]:
        events, words = self.snapshot.events, self.snapshot.words
        for place in range(*events.begins[self.moment.customer : self.moment.customer + 2].tolist()):
            kind, value = words[int(events.kind[place])], words[int(events.text[place])]
            date, posted_on = date_of(int(events.date[place])), date_of(int(events.known_from[place]))
            yield Event(f"{place:020}", self.customer_id, date, kind, posted_on, value)


def date_of(day: int) -> dt.date:
    """Return the day of that number as a date."""
    return dt.date.fromordinal(day + _EPOCH)
