"""How invoices were settled, found once for all days.

Most invoices take their postings in the order in which they became known: what applied is the same on every
day. The few others (an earlier-dated entry was posted later) are so from the day on which all of their postings
are known; for a day before that they are applied anew.
"""

from dataclasses import dataclass

import numpy as np

from policy_service.facts.application import apply_postings
from policy_service.facts.applied_entries import AppliedEntries, applied_entries
from policy_service.facts.columns import Integers, Positions, first_of_each
from policy_service.facts.knowledge import NEVER, Knowledge
from policy_service.facts.postings import Postings, chosen_postings
from policy_service.facts.prepared_invoices import PreparedInvoices


@dataclass(frozen=True, slots=True)
class Settlement:
    """What applied to invoices, and the day after which each is cleared (`cleared_from`).

    `unsettled` are the postings of invoices on which they do not apply as they become known, `settled_from` the
    day after which all of an invoice's are known, `last` the latest of these.
    """

    entries: AppliedEntries
    cleared_from: Integers
    unsettled: Postings
    settled_from: Integers
    last: int


@dataclass(frozen=True, slots=True)
class AppliedAnew:
    """What applied of the known postings of unsettled invoices, and the positions of those that are cleared."""

    entries: AppliedEntries
    cleared: Positions


def settle(invoices: PreparedInvoices, postings: Postings) -> Settlement:
    """Return how the postings settled the invoices."""
    begins = first_of_each(postings.invoice)
    is_out_of_order = ~begins[1:] & (postings.known_from[1:] < postings.known_from[:-1])
    is_unsettled = np.zeros(len(invoices.entries), dtype=bool)
    is_unsettled[postings.invoice[1:][is_out_of_order]] = True
    upon_unsettled = is_unsettled[postings.invoice]
    unsettled = chosen_postings(postings, upon_unsettled.nonzero()[0])
    settled_from = _last_known_from(unsettled)
    known_from = postings.known_from.copy()
    known_from[upon_unsettled] = settled_from
    applied = apply_postings(postings, invoices.amounts)
    cleared_from = np.full(len(invoices.entries), NEVER, dtype=np.int64)
    clearing = (applied.left == 0).nonzero()[0][::-1]
    # Of several the first counts: it is the last to be written.
    cleared_from[postings.invoice[clearing]] = known_from[clearing]
    return Settlement(
        applied_entries(postings, applied, known_from, invoices),
        cleared_from,
        unsettled,
        settled_from,
        int(settled_from.max()) if len(settled_from) else -NEVER,
    )


def applied_anew(settlement: Settlement, invoices: PreparedInvoices, knowledge: Knowledge) -> AppliedAnew | None:
    """Return what applied to invoices that are not settled as of the day; none on most days."""
    if settlement.last < knowledge.before:
        return None
    is_pending = settlement.settled_from >= knowledge.before
    is_known = settlement.unsettled.known_from < knowledge.before
    known = chosen_postings(settlement.unsettled, (is_pending & is_known).nonzero()[0])
    applied = apply_postings(known, invoices.amounts)
    entries = applied_entries(known, applied, known.known_from, invoices)
    return AppliedAnew(entries, known.invoice[applied.left == 0])


def _last_known_from(postings: Postings) -> Integers:
    if not len(postings):
        return postings.known_from
    begins = first_of_each(postings.invoice)
    last = np.maximum.reduceat(postings.known_from, begins.nonzero()[0])
    of_each: Integers = last[np.cumsum(begins) - 1]
    return of_each
