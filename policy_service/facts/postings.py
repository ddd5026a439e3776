"""What was posted upon a customer's invoices, side by side in the order in which it applies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from policy_service.domain.entries import Adjustment, AdjustmentKind, CustomerHistory, Payment
from policy_service.facts.columns import Flags, Integers, Positions, Texts, day_numbers, integers, texts
from policy_service.facts.knowledge import NEVER, day_number


class PostingKind(IntEnum):
    """What lowers an invoice, in the order in which entries of one day apply."""

    PAYMENT = 0
    CREDIT_NOTE = 1
    WRITE_OFF = 2


_KINDS: Final = {
    AdjustmentKind.CREDIT_NOTE: PostingKind.CREDIT_NOTE,
    AdjustmentKind.WRITE_OFF: PostingKind.WRITE_OFF,
}


@dataclass(frozen=True, slots=True)
class Postings:
    """Entries on their way to their invoices: by invoice, then date, kind and id, as they apply.

    `known_from` is the later of an entry's date, its `posted_on` and the day its invoice became known: it is
    known on days after it. `invoice` is the position of its invoice, `positions` its own place among the
    payments or the adjustments; `amounts` are in the invoice's currency.
    """

    ids: Texts
    invoice: Positions
    dates: Integers
    kinds: Integers
    amounts: Integers
    known_from: Integers
    positions: Integers
    matures_on: Integers

    def __len__(self) -> int:
        return len(self.invoice)


def postings_upon(history: CustomerHistory, position_of: Mapping[str, int], known_from: Integers) -> Postings:
    """Return the entries upon these invoices; those upon any other are left out."""
    entries: list[Payment | Adjustment] = [*history.payments, *history.adjustments]
    invoice = np.array([position_of.get(one.invoice_id, -1) for one in entries], dtype=np.intp)
    dates = day_numbers([one.date for one in entries])
    own = np.maximum(dates, day_numbers([one.posted_on for one in entries]))
    payments = len(history.payments)
    of_file = Postings(
        texts([one.payment_id for one in history.payments] + [one.adjustment_id for one in history.adjustments]),
        invoice,
        dates,
        _kinds(history),
        integers([one.amount for one in entries]),
        np.maximum(own, known_from[invoice]) if len(known_from) else own,
        np.concatenate([np.arange(payments), np.arange(len(entries) - payments)]),
        _matures_on(history.payments, len(entries)),
    )
    # Both files are in order of date, then id, and the sort keeps that of equal entries.
    in_order = np.lexsort((of_file.kinds, dates, invoice))
    return chosen_postings(of_file, in_order[invoice[in_order] >= 0])


def chosen_postings(postings: Postings, choice: Flags | Positions) -> Postings:
    """Return the chosen ones, in the order of the choice."""
    return Postings(
        postings.ids[choice],
        postings.invoice[choice],
        postings.dates[choice],
        postings.kinds[choice],
        postings.amounts[choice],
        postings.known_from[choice],
        postings.positions[choice],
        postings.matures_on[choice],
    )


def _kinds(history: CustomerHistory) -> Integers:
    kinds = np.full(len(history.payments) + len(history.adjustments), int(PostingKind.PAYMENT), dtype=np.int64)
    kinds[len(history.payments) :] = [_KINDS[one.kind] for one in history.adjustments]
    return kinds


def _matures_on(payments: Sequence[Payment], length: int) -> Integers:
    matures_on = np.full(length, -NEVER, dtype=np.int64)
    bills = [(place, one.matures_on) for place, one in enumerate(payments) if one.matures_on is not None]
    for place, day in bills:
        matures_on[place] = day_number(day)
    return matures_on
