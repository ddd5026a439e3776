"""A customer's invoices as columns in the base currency, each with its conversion and the day it was settled on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from policy_service.domain.entries import Invoice
from policy_service.facts.columns import Collection, Integers, Positions, day_numbers, in_order_of_date, integers, texts
from policy_service.facts.currency import RateTable, ToBase, converted
from policy_service.ledger.columns import Table


@dataclass(frozen=True, slots=True)
class InvoiceAmounts:
    """What invoices are over, in their own currencies (`written`) and in the base currency.

    `conversions` are those of the invoices in another currency than the base currency, by position.
    """

    written: Integers
    in_base: Integers
    conversions: Mapping[int, ToBase]

    def to_base(self, amounts: Integers, of: Positions) -> Integers:
        """Return amounts in the currencies of the invoices at these positions in the base currency."""
        return converted(amounts, of, self.conversions)


@dataclass(frozen=True, slots=True)
class PreparedInvoices:
    """Invoices in order of issue, with their amounts and the position of each by its id."""

    entries: Collection
    amounts: InvoiceAmounts
    position_of: Mapping[str, int]


def prepare_invoices(invoices: Sequence[Invoice], rates: RateTable) -> PreparedInvoices:
    """Return the invoices as columns; FactError F101 for one in a currency without a rate at its issue date."""
    ids = [one.invoice_id for one in invoices]
    issued = day_numbers([one.issue_date for one in invoices])
    due = day_numbers([one.due_date for one in invoices])
    written = integers([one.amount for one in invoices])
    is_foreign = not all(map(rates.is_base, {one.currency for one in invoices}))
    conversions = {
        position: rates.to_base(one.currency, one.issue_date, f"Invoice {one.invoice_id}")
        for position, one in enumerate(invoices if is_foreign else ())
        if not rates.is_base(one.currency)
    }
    amounts = InvoiceAmounts(written, converted(written, np.arange(len(ids)), conversions), conversions)
    numbers = {
        "known_from": np.maximum(issued, day_numbers([one.posted_on for one in invoices])),
        "amount": amounts.in_base,
        "due_date": due,
        "term_days": due - issued,
    }
    position_of = {name: position for position, name in enumerate(ids)}
    return PreparedInvoices(in_order_of_date(Table.INVOICES, texts(ids), issued, numbers), amounts, position_of)
