"""A customer's invoices, each with what was posted to it and its conversion to the base currency."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.entries import AdjustmentKind, CustomerHistory, Invoice
from policy_service.facts.application import Posting, PostingKind
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
    known_from = {one.invoice_id: last_unknown_day(one.issue_date, one.posted_on) for one in history.invoices}
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
        for position, invoice in enumerate(history.invoices)
    ]


def _in_order(postings: Sequence[Posting]) -> Sequence[Posting]:
    return sorted(postings) if len(postings) > 1 else postings


def last_unknown_day(date: dt.date, posted_on: dt.date) -> int:
    """Return the last day at whose start an entry is not known yet: the later of its date and its posting."""
    return day_number(date if date >= posted_on else posted_on)


def _postings(history: CustomerHistory, known_from: Mapping[str, int]) -> Iterator[tuple[str, Posting]]:
    for position, payment in enumerate(history.payments):
        if payment.invoice_id in known_from:
            known = max(last_unknown_day(payment.date, payment.posted_on), known_from[payment.invoice_id])
            matures_on = day_number(payment.matures_on) if payment.matures_on else -NEVER
            date = day_number(payment.date)
            yield (
                payment.invoice_id,
                Posting(date, PostingKind.PAYMENT, payment.payment_id, payment.amount, known, position, matures_on),
            )
    for position, adjustment in enumerate(history.adjustments):
        if adjustment.invoice_id in known_from:
            known = max(last_unknown_day(adjustment.date, adjustment.posted_on), known_from[adjustment.invoice_id])
            date, kind = day_number(adjustment.date), _KINDS[adjustment.kind]
            yield (
                adjustment.invoice_id,
                Posting(date, kind, adjustment.adjustment_id, adjustment.amount, known, position, -NEVER),
            )
