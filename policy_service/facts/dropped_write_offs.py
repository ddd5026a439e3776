"""Write-offs of more than was open: their surplus is dropped, which deserves a warning."""

from collections.abc import Iterator

import numpy as np

from policy_service.domain.entries import Ledger
from policy_service.facts.application import apply_postings
from policy_service.facts.currency import RateTable
from policy_service.facts.postings import PostingKind, postings_upon
from policy_service.facts.prepared_invoices import prepare_invoices


def dropped_write_offs(ledger: Ledger) -> Iterator[tuple[str, int]]:
    """Yield the id of every write-off that exceeds what was open, and by how much, in its invoice's currency.

    All entries of the ledger are applied, whenever they became known.
    """
    rates = RateTable(ledger)
    for history in ledger.histories.values():
        if not history.adjustments:
            continue
        invoices = prepare_invoices(history.invoices, rates)
        postings = postings_upon(history, invoices.position_of, invoices.entries.numbers["known_from"])
        dropped = postings.amounts - apply_postings(postings, invoices.amounts).part
        exceeds = (postings.kinds == PostingKind.WRITE_OFF) & (dropped > 0)
        yield from zip(postings.ids[exceeds].tolist(), map(int, dropped[np.flatnonzero(exceeds)]), strict=True)
