"""A customer's ledger as it was in a run when an order was decided: entries that the service can measure.

Everything is worked out of the snapshot and of what the run did with each invoice, by the words of the replay's
contract and without its kernel: what exists, with the dates it has there, without what prepayments displaced. Ids are
places that sort as the recorded ids do.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import (
    Adjustment,
    AdjustmentKind,
    Customer,
    CustomerHistory,
    Dispute,
    Event,
    Invoice,
    Order,
    Payment,
    Promise,
    Rate,
)
from policy_service.facts.knowledge import NEVER
from policy_service.facts.postings import PostingKind
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import NO_ORDER, Moment
from simulations.runs.rows_of_customer import rows_of

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_EXACT: Final = Context(prec=400)
#: Prepayments come before everything that was recorded upon an invoice.
_LONG_BEFORE: Final = 3_650
# The columns of `Moment.invoices`.
_EXISTS, _WAITED, _DUE, _MOVED, _PREPAID = range(5)
_OWN_COLUMNS: Final = ("name", "segment", "industry", "country", "currency")
_KINDS: Final = {PostingKind.CREDIT_NOTE: AdjustmentKind.CREDIT_NOTE, PostingKind.WRITE_OFF: AdjustmentKind.WRITE_OFF}


@dataclass(frozen=True, slots=True)
class InvoiceInRun:
    """An invoice of the run: its number, recorded issue, days, by how many later entries moved, what is prepaid."""

    number: int
    recorded_issue: int
    issued: int
    due: int
    known_from: int
    waited: int
    moved: int
    prepaid: int

    def shifted(self, day: int, entry: int) -> int:
        """Return the day in the run of what belongs to an entry dated `entry`: from the issue on never before it."""
        return day + self.waited if entry < self.recorded_issue else max(day + self.moved, self.issued)


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
        self._invoices = rows_of(snapshot.invoices, moment.customer, 1).columns
        first, invoices = self.first_invoice, len(moment.invoices)
        self._names = list(snapshot.invoice_ids[first : first + invoices])
        self._postings_upon = rows_of(snapshot.postings, first, invoices)
        self._disputes_upon = rows_of(snapshot.disputes, first, invoices)
        self._promises_upon = rows_of(snapshot.promises, first, invoices)

    def invoices(self) -> Iterator[InvoiceInRun]:
        """Yield the invoices of the run, but for those that the order under decision brought with it."""
        invoices, rows = self.snapshot.invoices, self.moment.invoices
        numbers = np.flatnonzero((rows[:, _EXISTS] != 0) & ~self._are_of_this_order())
        rows, places = rows[numbers], numbers + self.first_invoice
        recorded = invoices.issued[places]
        issued, known = recorded + rows[:, _WAITED], invoices.known_from[places] + rows[:, _WAITED]
        columns = (
            numbers,
            recorded,
            issued,
            rows[:, _DUE],
            known,
            rows[:, _WAITED],
            rows[:, _MOVED],
            rows[:, _PREPAID],
        )
        return map(InvoiceInRun, *(column.tolist() for column in columns))

    def _are_of_this_order(self) -> npt.NDArray[np.bool_]:
        invoices = len(self.moment.invoices)
        if not self.snapshot.has_orders_file:
            return np.equal(np.arange(invoices), self.moment.order)
        orders = self.snapshot.invoices.order[self.first_invoice : self.first_invoice + invoices]
        if self.moment.order == NO_ORDER:
            return np.zeros(invoices, dtype=np.bool_)
        return np.equal(orders, int(self.snapshot.orders.begins[self.moment.customer]) + self.moment.order)

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

    @property
    def rates(self) -> Mapping[tuple[int, str], Rate]:
        """By day and currency: every entry of the history finds the rate that it was recorded with."""
        return self._rates

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
        number, said = one.number, self._invoices
        order, rate = said["order"][number], said["rate"][number]
        return Invoice(
            self._names[number],
            self.customer_id,
            date_of(one.issued),
            date_of(one.due),
            amounts.get(self.first_invoice + number, said["written"][number]),
            self.code(rate, one.issued) if rate >= 0 else "",
            date_of(one.known_from),
            self.snapshot.order_ids[order] if order >= 0 else "",
            date_of(said["ordered"][number]),
        )

    def _postings(self, one: InvoiceInRun) -> list[PostingInRun]:
        upon, day = self._postings_upon.columns, self.moment.day
        found = []
        for row in self._postings_upon.of(one.number):
            recorded = upon["date"][row]
            date = one.shifted(recorded, recorded)
            known_from = date + upon["known_from"][row] - recorded
            if known_from >= day or one.known_from >= day:
                continue
            matures_on = upon["matures_on"][row]
            if matures_on != -NEVER:
                matures_on = one.shifted(matures_on, recorded)
            kind, rank, written = upon["kind"][row], upon["rank"][row], upon["written"][row]
            found.append(PostingInRun(rank, kind, date, known_from, written, matures_on))
        if len(found) > 1:
            found.sort(key=lambda posting: (posting.date, posting.kind, posting.rank))
        return self._with_prepayment(one, found)

    def _with_prepayment(self, one: InvoiceInRun, postings: Sequence[PostingInRun]) -> list[PostingInRun]:
        if not one.prepaid:
            return list(postings)
        before = one.issued - _LONG_BEFORE
        found = [PostingInRun(-1, PostingKind.PAYMENT, before, before, one.prepaid, -NEVER)]
        without = self._invoices["written"][one.number]
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
                name = self._names[one.number]
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
                name, kind = self._names[one.number], _KINDS[PostingKind(posting.kind)]
                date, posted_on = date_of(posting.date), date_of(posting.known_from)
                yield Adjustment(f"{posting.kind} {posting.rank:020}", name, date, kind, posting.amount, posted_on)

    def _disputes(self, invoices: Sequence[InvoiceInRun]) -> Iterator[Dispute]:
        upon, first = self._disputes_upon.columns, self._disputes_upon.first
        for one in invoices:
            for row in self._disputes_upon.of(one.number):
                recorded, closed = upon["opened"][row], upon["closed"][row]
                opened = one.shifted(recorded, recorded)
                posted = opened + upon["known_from"][row] - recorded
                ended = None if closed == NEVER else date_of(one.shifted(closed, closed))
                dates = (date_of(opened), date_of(posted), ended)
                yield Dispute(f"{first + row:020}", self._names[one.number], *dates)

    def _promises(self, invoices: Sequence[InvoiceInRun]) -> Iterator[Promise]:
        upon, first = self._promises_upon.columns, self._promises_upon.first
        for one in invoices:
            for row in self._promises_upon.of(one.number):
                recorded, promised, amount = (upon[name][row] for name in ("made", "promised", "written"))
                made, until = one.shifted(recorded, recorded), one.shifted(promised, promised)
                posted = made + upon["known_from"][row] - recorded
                dates = (date_of(made), date_of(until), date_of(posted))
                yield Promise(f"{first + row:020}", self._names[one.number], *dates, None if amount < 0 else amount)

    def _events(self) -> Iterator[Event]:
        events, words = self.snapshot.events, self.snapshot.words
        for place in range(*events.begins[self.moment.customer : self.moment.customer + 2].tolist()):
            kind, value = words[int(events.kind[place])], words[int(events.text[place])]
            date, posted_on = date_of(int(events.date[place])), date_of(int(events.known_from[place]))
            yield Event(f"{place:020}", self.customer_id, date, kind, posted_on, value)


@cache
def date_of(day: int) -> dt.date:
    """Return the day of that number as a date."""
    return dt.date.fromordinal(day + _EPOCH)
