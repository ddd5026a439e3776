"""An invoice booked as it is in a run: how its dates, and those of all that hangs on it, depart from the record."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from policy_service.domain.days import day_number
from policy_service.domain.entries import CustomerHistory, Invoice, Ledger
from tests.simulations.plain.books import (
    KINDS,
    PAYMENT,
    BookedInvoice,
    DisputeInRun,
    Posting,
    PromiseInRun,
    conversion,
    share_of,
)


@dataclass(frozen=True, slots=True)
class Departure:
    """In what an invoice of the run departs from the record.

    It waited so many days, is due after another term (none: the recorded one), was prepaid by a share (millionths of
    a per cent) on a day; `keeps_dates` says that a changed term moves no payment.
    """

    waited: int = 0
    term: int | None = None
    percent: int = 0
    on: int | None = None
    keeps_dates: bool = False


AS_RECORDED = Departure()


def book(
    ledger: Ledger, history: CustomerHistory, invoice: Invoice, departure: Departure = AS_RECORDED
) -> BookedInvoice:
    """Return the invoice with all that hangs on it, as it is in a run that departs so from the record."""
    dates = Dates(invoice, departure)
    convert = conversion(ledger, invoice.currency, invoice.issue_date)
    prepaid = share_of(invoice.amount, departure.percent)
    return BookedInvoice(
        invoice.invoice_id,
        invoice,
        dates.issued,
        dates.issued + dates.term,
        day_number(invoice.posted_on) + departure.waited,
        invoice.amount,
        convert(invoice.amount),
        convert,
        departure.waited,
        dates.moved,
        prepaid,
        departure.on if prepaid else None,
        tuple(sorted(dates.postings(history), key=lambda one: (one.date, one.kind, one.id))),
        tuple(dates.disputes(history)),
        tuple(dates.promises(history)),
    )


class Dates:
    """The dates of one invoice's entries in the run.

    From the issue date on each moves by the waiting and by what the term changed, and is held at the issue date by
    itself. Deposits, and adjustments before the issue date, move with the invoice alone.
    """

    def __init__(self, invoice: Invoice, departure: Departure) -> None:
        self.invoice, self.waited = invoice, departure.waited
        self.recorded_issue = day_number(invoice.issue_date)
        recorded_term = day_number(invoice.due_date) - self.recorded_issue
        self.term = recorded_term if departure.term is None else max(0, departure.term)
        self.issued = self.recorded_issue + self.waited
        self.moved = self.waited + (0 if departure.keeps_dates else self.term - recorded_term)

    def shifted(self, date: dt.date, entry: dt.date | None = None) -> int:
        """Return the date in the run of what belongs to an entry of that date (none: its own)."""
        day = day_number(date)
        if day_number(entry or date) < self.recorded_issue:
            return day + self.waited
        return max(day + self.moved, self.issued)

    def posted(self, posted_on: dt.date, date: dt.date) -> int:
        """Return when it is known in the run: so long after its date as it was."""
        return self.shifted(date) + (posted_on - date).days

    def postings(self, history: CustomerHistory) -> Iterator[Posting]:
        for one in history.payments:
            if one.invoice_id == self.invoice.invoice_id:
                matures = self.shifted(one.matures_on, one.date) if one.matures_on else None
                posted = self.posted(one.posted_on, one.date)
                yield Posting(one.payment_id, PAYMENT, self.shifted(one.date), posted, one.amount, matures)
        for one in history.adjustments:
            if one.invoice_id == self.invoice.invoice_id:
                posted = self.posted(one.posted_on, one.date)
                yield Posting(one.adjustment_id, KINDS[one.kind], self.shifted(one.date), posted, one.amount)

    def disputes(self, history: CustomerHistory) -> Iterator[DisputeInRun]:
        for one in history.disputes:
            if one.invoice_id == self.invoice.invoice_id:
                closed = self.shifted(one.closed) if one.closed else None
                posted = self.posted(one.posted_on, one.opened)
                yield DisputeInRun(one.dispute_id, self.shifted(one.opened), posted, closed)

    def promises(self, history: CustomerHistory) -> Iterator[PromiseInRun]:
        for one in history.promises:
            if one.invoice_id == self.invoice.invoice_id:
                amount = self.invoice.amount if one.amount is None else one.amount
                posted = self.posted(one.posted_on, one.made)
                yield PromiseInRun(one.promise_id, self.shifted(one.made), posted, self.shifted(one.promised), amount)
