"""Write-offs of more than was open: their surplus is dropped, which deserves a warning."""

from collections.abc import Iterator

from policy_service.domain.entries import Ledger
from policy_service.facts.application import PostingKind
from policy_service.facts.currency import RateTable
from policy_service.facts.posted_invoices import posted_invoices


def dropped_write_offs(ledger: Ledger) -> Iterator[tuple[str, int]]:
    """Yield the id of every write-off that exceeds what was open, and by how much, in its invoice's currency.

    All entries of the ledger are applied, whenever they became known.
    """
    rates = RateTable(ledger)
    for history in ledger.histories.values():
        for posted in posted_invoices(history, rates):
            left = posted.invoice.amount
            for posting in posted.postings:
                if posting.kind is PostingKind.WRITE_OFF and posting.amount > left:
                    yield posting.entry_id, posting.amount - left
                left -= min(left, posting.amount)
