"""The orders of a run that the live engines decide once more, found chunk by chunk: those with the smallest hashes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.trace import DecidedOrders, Trace
from simulations.runs.sample_hashes import SAMPLE, Hashes, hashes_of

_SAID: Final = ("outcome", "reason", "hit")
_LARGEST: Final = np.uint64(2**64 - 1)


@dataclass(frozen=True, slots=True)
class SampledOrders:
    """Orders with their customer, both by number in the ledger, and their hash; the smallest hashes first.

    `said` is what baseline and candidate say of each: outcome, reason and hit as `DecidedOrders` has them.
    """

    hashes: Hashes
    entries: Column
    customers: Column
    said: Column

    def numbered(self, first_customer: int, first_order: int) -> "SampledOrders":
        """Return them as they are numbered in the ledger that they are a part of."""
        return replace(self, entries=self.entries + first_order, customers=self.customers + first_customer)


def sampled_orders(key: str, snapshot: Snapshot, traces: tuple[Trace, Trace]) -> SampledOrders:
    """Return those of that part of a ledger which are among the sample if no other part has smaller hashes."""
    ids = snapshot.order_ids if snapshot.has_orders_file else snapshot.invoice_ids
    decided = traces[0].orders
    hashes = hashes_of(key, ids, decided.entry)
    chosen = _small(hashes)
    entries = decided.entry[chosen]
    said = np.stack([_said(trace.orders, entries) for trace in traces], axis=1)
    return _smallest(SampledOrders(hashes[chosen], entries, decided.customer[chosen], said))


def merge_samples(parts: Sequence[SampledOrders]) -> SampledOrders:
    """Return the sample of all parts."""
    columns = [[getattr(part, name) for part in parts] for name in ("hashes", "entries", "customers", "said")]
    return _smallest(SampledOrders(*(np.concatenate(column) for column in columns)))


def _small(hashes: Hashes) -> Column:
    # Most are far too large to be put in order: of hashes that are as good as random so many are below that share.
    below = np.flatnonzero(hashes < _LARGEST // max(len(hashes) // (2 * SAMPLE), 1))
    return below if len(below) >= SAMPLE else np.arange(len(hashes))


def _said(decided: DecidedOrders, entries: Column) -> Column:
    found = np.flatnonzero(np.isin(decided.entry, entries))
    places = found[np.argsort(decided.entry[found])]
    # As they stand in `entries`, which name each order once.
    places = places[np.searchsorted(decided.entry[places], entries)]
    return np.stack([getattr(decided, name)[places] for name in _SAID], axis=1)


def _smallest(orders: SampledOrders) -> SampledOrders:
    chosen = np.lexsort((orders.entries, orders.hashes))[:SAMPLE]
    return SampledOrders(orders.hashes[chosen], orders.entries[chosen], orders.customers[chosen], orders.said[chosen])
