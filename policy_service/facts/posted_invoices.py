"""A customer's invoices, each with what was posted to it and its conversion to the base currency."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.domain.entries import Adjustment, AdjustmentKind, CustomerHistory, Invoice, Payment
from policy_service.facts.application import Posting, PostingKind
from policy_service.facts.columns import day_numbers
from policy_service.facts.currency import RateTable, ToBase
from policy_service.facts.knowledge import NEVER, day_number

_KINDS: Final = {
    AdjustmentKind.CREDIT_NOTE: PostingKind.CREDIT_NOTE,
    AdjustmentKind.WRITE_OFF: PostingKind.WRITE_OFF,
}


@dataclass(frozen=True, slots=True)
class PostedInvoice:
    """An invoice at its place among the customer's, with its postings in the order in which they apply."""

    position: int
    invoice: Invoice
    known_from: int
    postings: Sequence[Posting]
    to_base: ToBase


def posted_invoices(history: CustomerHistory, rates: RateTable) -> list[PostedInvoice]:
    """Return every invoice with its postings; entries of an invoice that is not the customer's are left out.

    FactError F101 for an invoice in a currency without a rate at its issue date.
    """
    invoices = history.invoices
    known = _known_from([one.issue_date for one in invoices], [one.posted_on for one in invoices])
    known_from = dict(zip([one.invoice_id for one in invoices], known, strict=True))
    postings: dict[str, list[Posting]] = defaultdict(list)
    for invoice_id, posting in _postings(history, known_from):
        postings[invoice_id].append(posting)
    return [
        PostedInvoice(
            position,
            invoice,
            known_from[invoice.invoice_id],
            _in_order(postings.get(invoice.invoice_id, ())),
            rates.to_base(invoice.currency, invoice.issue_date, f"Invoice {invoice.invoice_id}"),
        )
        for position, invoice in enumerate(invoices)
    ]


def _in_order(postings: Sequence[Posting]) -> Sequence[Posting]:
    return sorted(postings) if len(postings) > 1 else postings


def last_unknown_day(date: dt.date, posted_on: dt.date) -> int:
    """Return the last day at whose start an entry is not known yet: the later of its date and its posting."""
    return day_number(date if date >= posted_on else posted_on)


def _known_from(dates: Sequence[dt.date], posted_on: Sequence[dt.date]) -> list[int]:
    known: list[int] = np.maximum(day_numbers(dates), day_numbers(posted_on)).tolist()
    return known


def _postings(history: CustomerHistory, known_from: Mapping[str, int]) -> Iterator[tuple[str, Posting]]:
    collections: tuple[Sequence[Payment | Adjustment], ...] = (history.payments, history.adjustments)
    for entries in collections:
        dates = [one.date for one in entries]
        known = _known_from(dates, [one.posted_on for one in entries])
        for position, (entry, day, own) in enumerate(zip(entries, day_numbers(dates).tolist(), known, strict=True)):
            if entry.invoice_id in known_from:
                yield entry.invoice_id, _posting(entry, day, max(own, known_from[entry.invoice_id]), position)


def _posting(entry: Payment | Adjustment, day: int, known: int, position: int) -> Posting:
    if isinstance(entry, Adjustment):
        return Posting(day, _KINDS[entry.kind], entry.adjustment_id, entry.amount, known, position, -NEVER)
    matures_on = day_number(entry.matures_on) if entry.matures_on else -NEVER
    return Posting(day, PostingKind.PAYMENT, entry.payment_id, entry.amount, known, position, matures_on)
