"""The columns of a few customers, who stand next to each other: what a whole snapshot is put together from.

Customers, invoices and orders are numbered from 0 within a part, words as their list numbers them. The ranks of ids
are not known yet: the ids stand beside the columns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

import pyarrow as pa

from policy_service.domain.entries import CustomerHistory, Invoice
from simulations.ledger_snapshot.columns import (
    Column,
    Disputes,
    Events,
    Invoices,
    Orders,
    Postings,
    Promises,
    Standings,
    Unapplied,
    Versions,
)
from simulations.ledger_snapshot.conversions import Conversions
from simulations.ledger_snapshot.flattened import Flattened, by_customer
from simulations.ledger_snapshot.of_customers import (
    event_columns,
    invoice_columns,
    order_columns,
    orders_of,
    standing_columns,
    unapplied_columns,
)
from simulations.ledger_snapshot.texts import text_column
from simulations.ledger_snapshot.upon_invoices import dispute_columns, posting_columns, promise_columns
from simulations.ledger_snapshot.version_rows import attribute_columns, version_rows
from simulations.ledger_snapshot.words import WordList

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Part:
    """The columns of a few customers, and the ids that ranks will be made of."""

    customer_ids: pa.LargeStringArray
    invoice_ids: pa.LargeStringArray
    order_ids: pa.LargeStringArray
    posting_ids: pa.LargeStringArray
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


def part_of(
    histories: Sequence[CustomerHistory], conversions: Conversions, words: WordList, *, has_orders_file: bool
) -> Part:
    """Return the columns of these histories, in the order in which they are handed over.

    FactError F101 for an entry in a currency without a rate, SnapshotError S301 for a number beyond 64 bits.
    """
    customers = len(histories)
    versions = version_rows(histories)
    orders = orders_of(histories, has_orders_file=has_orders_file)
    invoices: Flattened[Invoice] = by_customer(histories, attrgetter("invoices"))
    order_places = _places(orders, customers, attrgetter("order_id"))
    places = _places(invoices, customers, attrgetter("invoice_id"))
    postings = posting_columns(histories, places, len(invoices.entries))
    return Part(
        text_column([history.customer_id for history in histories]),
        text_column([one.invoice_id for one in invoices.entries]),
        text_column([one.order_id for one in orders.entries]),
        text_column(postings.ids),
        versions.columns,
        attribute_columns(versions.rows, words),
        invoice_columns(invoices, customers, order_places, conversions),
        postings.columns,
        unapplied_columns(histories),
        dispute_columns(histories, places, len(invoices.entries)),
        promise_columns(histories, places, len(invoices.entries)),
        event_columns(histories, words),
        order_columns(orders, customers, conversions),
        standing_columns(histories, words),
    )


def _places(entries: Flattened[Entry], customers: int, id_of: Callable[[Entry], str]) -> Sequence[dict[str, int]]:
    places: list[dict[str, int]] = [{} for _ in range(customers)]
    for place, (customer, entry) in enumerate(zip(entries.of.tolist(), entries.entries, strict=True)):
        places[customer][id_of(entry)] = place
    return places
