"""Promises as columns, with every entry that decides whether they were kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policy_service.domain.entries import Promise
from policy_service.facts.columns import (
    Collection,
    Flags,
    Integers,
    Positions,
    day_numbers,
    in_order_of_date,
    integers,
    sums_by,
    texts,
)
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.postings import PostingKind, Postings
from policy_service.facts.prepared_invoices import PreparedInvoices
from policy_service.ledger.columns import Table


@dataclass(frozen=True, slots=True)
class PreparedPromises:
    """Promises, and the receipts that bear on them: what was paid or credited in time, what came before.

    `promised_amount` and the receipts are in minor units of the invoice's currency.
    """

    promises: Collection
    receipt_promise: Positions
    receipt_known_from: Integers
    received: Integers
    came_before: Integers


def prepare_promises(promises: Sequence[Promise], invoices: PreparedInvoices, postings: Postings) -> PreparedPromises:
    """Return the promises on known invoices; one without an amount promises all of its invoice."""
    known = [promise for promise in promises if promise.invoice_id in invoices.position_of]
    of = np.array([invoices.position_of[promise.invoice_id] for promise in known], dtype=np.intp)
    columns = _promise_columns(known, of, invoices)
    receipt_promise, receipts = _postings_upon(of, postings)
    dates, amounts = postings.dates[receipts], postings.amounts[receipts]
    is_before = dates < columns.dates[receipt_promise]
    is_in_time = ~is_before & (dates <= columns.numbers["promised"][receipt_promise])
    counts = is_in_time & (postings.kinds[receipts] != PostingKind.WRITE_OFF)
    return PreparedPromises(
        columns,
        receipt_promise,
        postings.known_from[receipts],
        np.where(counts, amounts, 0),
        np.where(is_before, amounts, 0),
    )


def broken_promises(prepared: PreparedPromises, knowledge: Knowledge) -> Flags:
    """Return for each promise whether it is broken as of the day.

    It is if `promised` is before the day and payments plus credit notes that are known and dated `made` to
    `promised` come to less than the smaller of the promised amount and the invoice less what came before
    `made`. Entries count as recorded, so that a write-off in between does not break a promise that was kept.
    """
    promises = prepared.promises.numbers
    known = prepared.receipt_known_from < knowledge.before
    positions, length = prepared.receipt_promise[known], len(prepared.promises)
    received = sums_by(positions, prepared.received[known], length)
    left = promises["invoice_amount"] - sums_by(positions, prepared.came_before[known], length)
    is_short = (received < promises["promised_amount"]) & (received < left)
    is_over: Flags = promises["promised"] < knowledge.number
    return is_over & is_short


def _postings_upon(invoices: Positions, postings: Postings) -> tuple[Positions, Positions]:
    begins = postings.invoice.searchsorted(invoices, side="left").tolist()
    ends = postings.invoice.searchsorted(invoices, side="right").tolist()
    ranges = list(zip(begins, ends, strict=True))
    promises = [promise for promise, (begin, end) in enumerate(ranges) for _ in range(begin, end)]
    receipts = [place for begin, end in ranges for place in range(begin, end)]
    return np.array(promises, dtype=np.intp), np.array(receipts, dtype=np.intp)


def _promise_columns(known: Sequence[Promise], of: Positions, invoices: PreparedInvoices) -> Collection:
    whole = invoices.amounts.written[of]
    asked = integers(
        [invoiced if one.amount is None else one.amount for one, invoiced in zip(known, whole.tolist(), strict=True)]
    )
    made = day_numbers([one.made for one in known])
    known_from = np.maximum(made, day_numbers([one.posted_on for one in known]))
    return in_order_of_date(
        Table.PROMISES,
        texts([one.promise_id for one in known]),
        made,
        {
            "known_from": np.maximum(known_from, invoices.entries.numbers["known_from"][of]),
            "promised": day_numbers([one.promised for one in known]),
            "amount": invoices.amounts.to_base(asked, of),
            "promised_amount": asked,
            "invoice_amount": whole,
        },
    )
