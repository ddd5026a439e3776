"""A ledger as columns, with the hash of all that it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy_service.domain.values import Currency
from simulations.ledger_snapshot.columns import (
    Column,
    Disputes,
    Events,
    Groups,
    Invoices,
    Orders,
    Postings,
    Promises,
    Rates,
    Standings,
    Unapplied,
    Versions,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A ledger as columns.

    Customers are numbered by id. `attributes` are the customer facts of the file (and segment, industry, country,
    name, currency): for each the place in `words` of what every row of `versions` says, 0 for nothing. `words` begins
    with the empty text. `quarantined` counts the rows that were left out by the import.
    """

    currency: Currency
    hash: str
    has_orders_file: bool
    quarantined: int
    customer_ids: Sequence[str]
    invoice_ids: Sequence[str]
    order_ids: Sequence[str]
    words: Sequence[str]
    versions: Versions
    attributes: Mapping[str, Column]
    invoices: Invoices
    postings: Postings
    unapplied: Unapplied
    disputes: Disputes
    promises: Promises
    events: Events
    orders: Orders
    standings: Standings
    rates: Rates
    groups: Groups

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.customer_ids)
