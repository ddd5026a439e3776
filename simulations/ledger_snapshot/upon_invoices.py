"""What hangs on invoices as columns: payments and adjustments, disputes, promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

import numpy as np

from policy_service.domain.entries import Adjustment, AdjustmentKind, CustomerHistory, Payment
from policy_service.facts.knowledge import NEVER
from policy_service.facts.postings import PostingKind
from simulations.ledger_snapshot.columns import Disputes, Postings, Promises
from simulations.ledger_snapshot.flattened import (
    FROM_EVER,
    Flattened,
    by_customer,
    by_named,
    days_of,
    days_or,
    later,
    whole_numbers,
)

_KIND_OF: Final = {AdjustmentKind.CREDIT_NOTE: PostingKind.CREDIT_NOTE, AdjustmentKind.WRITE_OFF: PostingKind.WRITE_OFF}
#: Of a promise without an amount.
_ALL: Final = -1

Places = Sequence[Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class PostingsOfPart:
    """Postings without their ranks, and the ids that these are made of."""

    ids: Sequence[str]
    columns: Postings


def posting_columns(histories: Sequence[CustomerHistory], places: Places, invoices: int) -> PostingsOfPart:
    """Return payments and adjustments upon invoices; those upon any other are left out."""
    every: Flattened[Payment | Adjustment] = by_customer(histories, _postings)
    known = by_named(every, attrgetter("invoice_id"), places)
    dates = days_of(one.date for one in known.entries)
    kinds = np.array([_kind(one) for one in known.entries], dtype=np.int64)
    # Both files are in order of date, then id, and the sort keeps that of equal entries.
    order = np.lexsort((kinds, dates, known.of))
    entries = [known.entries[place] for place in order.tolist()]
    columns = Postings(
        Flattened(entries, known.of[order]).begins(invoices),
        dates[order],
        later(dates[order], (one.posted_on for one in entries)),
        kinds[order],
        whole_numbers([one.amount for one in entries]),
        days_or([one.matures_on if isinstance(one, Payment) else None for one in entries], FROM_EVER),
        np.empty(0, dtype=np.int64),
    )
    return PostingsOfPart([_id(one) for one in entries], columns)


def dispute_columns(histories: Sequence[CustomerHistory], places: Places, invoices: int) -> Disputes:
    """Return the disputes on invoices."""
    known = by_named(by_customer(histories, attrgetter("disputes")), attrgetter("invoice_id"), places)
    disputes = known.sorted_by(days_of(one.opened for one in known.entries))
    opened = days_of(one.opened for one in disputes.entries)
    return Disputes(
        disputes.begins(invoices),
        opened,
        later(opened, (one.posted_on for one in disputes.entries)),
        days_or([one.closed for one in disputes.entries], NEVER),
    )


def promise_columns(histories: Sequence[CustomerHistory], places: Places, invoices: int) -> Promises:
    """Return the promises on invoices."""
    known = by_named(by_customer(histories, attrgetter("promises")), attrgetter("invoice_id"), places)
    promises = known.sorted_by(days_of(one.made for one in known.entries))
    made = days_of(one.made for one in promises.entries)
    return Promises(
        promises.begins(invoices),
        made,
        later(made, (one.posted_on for one in promises.entries)),
        days_of(one.promised for one in promises.entries),
        whole_numbers([_ALL if one.amount is None else one.amount for one in promises.entries]),
    )


def _postings(history: CustomerHistory) -> Sequence[Payment | Adjustment]:
    return (*history.payments, *history.adjustments)


def _kind(entry: Payment | Adjustment) -> PostingKind:
    return PostingKind.PAYMENT if isinstance(entry, Payment) else _KIND_OF[entry.kind]


def _id(entry: Payment | Adjustment) -> str:
    return entry.payment_id if isinstance(entry, Payment) else entry.adjustment_id
