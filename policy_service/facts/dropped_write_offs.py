"""Write-offs of more than was open: their surplus is dropped, which deserves a warning."""

from collections.abc import Iterator

import numpy as np

from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import CustomerHistory, Ledger
from policy_service.domain.values import Currency
from policy_service.facts.application import apply_postings
from policy_service.facts.currency import RateTable
from policy_service.facts.postings import PostingKind, postings_upon
from policy_service.facts.prepared_invoices import prepare_invoices


def dropped_write_offs(ledger: Ledger) -> Iterator[tuple[str, int, Currency]]:
    """Yield the id of every write-off that exceeds what was open, by how many minor units, and of which currency.

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
        currencies = _currencies(history, ledger.base_currency)
        for name, surplus in zip(postings.ids[exceeds].tolist(), dropped[np.flatnonzero(exceeds)], strict=True):
            yield name, int(surplus), currencies[name]


def _currencies(history: CustomerHistory, base: Currency) -> dict[str, Currency]:
    of_invoice = {invoice.invoice_id: invoice.currency for invoice in history.invoices}
    codes = {one.adjustment_id: of_invoice[one.invoice_id] for one in history.adjustments}
    return {name: currency_of(code) if code else base for name, code in codes.items()}
