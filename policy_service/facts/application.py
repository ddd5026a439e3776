"""Payments, credit notes and write-offs applied to their invoice: by date, then kind, then id.

Each takes at most what is open. Parts are found in the invoice's own currency and then converted one by
one; the entry that clears the invoice takes the remainder, so that the parts add up to the invoice's amount
in the base currency. The postings of all invoices are applied at once, by running sums within each invoice.
"""

from dataclasses import dataclass

import numpy as np

from policy_service.facts.columns import Integers, first_of_each, running_sums
from policy_service.facts.postings import PostingKind, Postings
from policy_service.facts.prepared_invoices import InvoiceAmounts


@dataclass(frozen=True, slots=True)
class Applied:
    """What of each posting applied, and what it left open, in the invoice's currency.

    `amount` is what applied and `surplus` what did not, in the base currency; the surplus of a write-off is
    dropped, which its part says by being smaller than its amount.
    """

    part: Integers
    left: Integers
    amount: Integers
    surplus: Integers


def apply_postings(postings: Postings, invoices: InvoiceAmounts) -> Applied:
    """Return what of each posting applies; the postings of each invoice stand together and in their order."""
    of, amounts, begins = postings.invoice, postings.amounts, first_of_each(postings.invoice)
    left_before = np.maximum(invoices.written[of] - (running_sums(amounts, begins) - amounts), 0)
    part = np.minimum(amounts, left_before)
    left = left_before - part
    whole = invoices.in_base[of]
    open_after = np.where(left == 0, 0, np.maximum(whole - running_sums(invoices.to_base(part, of), begins), 0))
    open_before = np.empty_like(open_after)
    open_before[1:] = open_after[:-1]
    open_before[begins] = whole[begins]
    excess = np.where(postings.kinds == PostingKind.WRITE_OFF, 0, amounts - part)
    return Applied(part, left, open_before - open_after, invoices.to_base(excess, of))
