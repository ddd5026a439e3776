"""Which orders change their first outcome between two runs, and how much money moves with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from simulations.accounting.kernel_input import Recorded, as_column, recorded_of
from simulations.accounting.sums import sum_of
from simulations.columnar.compiled_functions import kernel
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.trace import OUTCOMES, DecidedOrders, Trace

#: The cells of a swap set, in order.
SWAPS: Final = ("approved_both", "approved_only_baseline", "approved_only_candidate", "neither")
_LAST_APPROVED: Final = 1


@dataclass(frozen=True, slots=True)
class Moves:
    """What two runs decide differently for customers next to each other.

    `outcomes` has orders and amount by first outcome in the baseline, then in the candidate; `moved` the amount by
    customer of orders whose first outcome differs. `first` says of each customer's first such order: its day, its
    place among the ledger's orders, and the first hit rows of candidate and baseline; -1 if none moved. `other_terms`
    counts the invoices that are not on recorded terms in one of the runs.
    """

    outcomes: Column
    moved: Column
    first: Column
    other_terms: int

    @property
    def swaps(self) -> Column:
        """A row of orders and amount per cell of `SWAPS`."""
        approved, other = slice(0, _LAST_APPROVED + 1), slice(_LAST_APPROVED + 1, None)
        cells = ((approved, approved), (approved, other), (other, approved), (other, other))
        return np.stack([self.outcomes[cell].sum(axis=(0, 1)) for cell in cells])


class _Decided(NamedTuple):
    customer: Column
    day: Column
    entry: Column
    baseline: Column
    candidate: Column
    hit: Column
    hit_before: Column
    amount: Column


def moves_between(snapshot: Snapshot, baseline: Trace, candidate: Trace, customers: range | None = None) -> Moves:
    """Return the differences for the customers of that range (none: all); both traces are of that snapshot."""
    chosen = customers if customers is not None else range(snapshot.customers)
    recorded = recorded_of(snapshot)
    old, new = _of(baseline.orders, chosen), _of(candidate.orders, chosen)
    if not np.array_equal(old.entry, new.entry):
        # A released order stands where it was first decided in both, yet nothing else here needs them in one order.
        old, new = _by_entry(old), _by_entry(new)
    moves = Moves(
        np.zeros((len(OUTCOMES), len(OUTCOMES), 2), dtype=np.int64),
        np.zeros(len(chosen), dtype=np.int64),
        np.full((len(chosen), 4), -1, dtype=np.int64),
        _other_terms(snapshot, recorded, (baseline, candidate), chosen),
    )
    outcomes_and_rows = (old.outcome, new.outcome, new.hit, old.hit)
    columns = (new.customer, new.day, new.entry, *outcomes_and_rows, recorded.order_amount)
    decided = _Decided(*(as_column(column) for column in columns))
    count_moves(chosen.start, decided, moves.outcomes, moves.moved, moves.first)
    return moves


def merge_moves(parts: Sequence[Moves]) -> Moves:
    """Return the differences for the customers of all parts, in order."""
    return replace(
        parts[0],
        outcomes=sum_of([part.outcomes for part in parts]),
        moved=np.concatenate([part.moved for part in parts]),
        first=np.concatenate([part.first for part in parts]),
        other_terms=sum(part.other_terms for part in parts),
    )


def outcomes_of(moves: Moves) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Return orders and amount by first outcome in the baseline, then in the candidate; every pair is there."""
    return {
        str(old): {
            str(new): {"orders": orders, "amount": amount} for new, (orders, amount) in zip(OUTCOMES, row, strict=True)
        }
        for old, row in zip(OUTCOMES, moves.outcomes.tolist(), strict=True)
    }


@kernel
def count_moves(first_customer: int, decided: _Decided, outcomes: Column, moved: Column, first: Column) -> None:
    """Count each order by what both runs decide, and what its customer moves with it."""
    entries, amounts, days = decided.entry, decided.amount, decided.day
    hits, hits_before = decided.hit, decided.hit_before
    customers, baseline, candidate = decided.customer, decided.baseline, decided.candidate
    for place in range(len(entries)):
        amount = amounts[entries[place]]
        outcomes[baseline[place], candidate[place], 0] += 1
        outcomes[baseline[place], candidate[place], 1] += amount
        if baseline[place] != candidate[place]:
            row = customers[place] - first_customer
            moved[row] += amount
            if first[row, 1] < 0:
                first[row, 0], first[row, 1], first[row, 2] = days[place], entries[place], hits[place]
                first[row, 3] = hits_before[place]


def _of(orders: DecidedOrders, customers: range) -> DecidedOrders:
    begins, ends = np.searchsorted(orders.customer, [customers.start, customers.stop])
    return DecidedOrders(*(column[begins:ends] for column in orders))


def _by_entry(orders: DecidedOrders) -> DecidedOrders:
    # Entries are numbered by customer, then day.
    in_order = np.argsort(orders.entry, kind="stable")
    return DecidedOrders(*(column[in_order] for column in orders))


def _other_terms(snapshot: Snapshot, recorded: Recorded, traces: Sequence[Trace], customers: range) -> int:
    chosen = slice(recorded.begins[customers.start], recorded.begins[customers.stop])
    due = snapshot.invoices.due[chosen]
    found = 0
    for trace in traces:
        run = trace.invoices
        is_other = (run.due[chosen] != due) | (run.prepaid[chosen] != 0)
        found += int(np.count_nonzero(is_other & (run.exists[chosen] != 0)))
    return found
