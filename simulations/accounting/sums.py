"""A run, or a part of its customers, added up: exact integers that merge to the same bytes for any split."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from policy_service.domain.errors import PolicyServiceError
from simulations.accounting.adding_up import add_up_customers
from simulations.accounting.cohorts import Cohorts
from simulations.accounting.kernel_input import Added, Recorded, own_sums, recorded_of, run_of
from simulations.accounting.places import Layout, words_of
from simulations.accounting.weights import Weights, draw_weights, weights_of
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Mode
from simulations.replay.trace import Trace

#: All of a ledger's money together must stay below, so that no sum over it leaves 64 bits.
_LARGEST_LEDGER = 2**62 - 2**40
#: And below that, so that no weighted sum of a bootstrap draw does: no customer is drawn 64 times.
LARGEST_DRAWN = 2**57


@dataclass(frozen=True, slots=True)
class Draws:
    """Which bootstrap draws to add up too: how many of `customers`, by which seed; none: no draws.

    `before` is how many customers stand before those of the snapshot, where it is a part of a ledger. `drawn` is how
    often each customer of the ledger is drawn, by draw and customer; none: it is worked out anew.
    """

    number: int = 0
    seed: int = 0
    customers: int = 0
    before: int = 0
    drawn: Weights | None = None


NO_DRAWS = Draws()


@dataclass(frozen=True, slots=True)
class RunSums:
    """What customers next to each other come to in a run.

    `totals` has a row per cohort, over the places of `layout`; `drawn` has a row per place, over the bootstrap draws.
    `timeline` has a row per month of the window: sales, held amount, change of the past due balance, notices.
    `customers` has a row per customer: orders, approved amount, sales, open and past due balance. `money` is about what
    all amounts add up to.
    """

    layout: Layout
    cohorts: tuple[tuple[str, str], ...]
    totals: Column
    drawn: Column
    timeline: Column
    customers: Column
    money: int


def add_up(
    snapshot: Snapshot,
    trace: Trace,
    mode: Mode,
    layout: Layout,
    cohorts: Cohorts,
    *,
    draws: Draws = NO_DRAWS,
    customers: range | None = None,
) -> RunSums:
    """Return what the customers of that range come to (none: all of the snapshot); `cohorts` are theirs.

    A PolicyServiceError E030 says that the ledger's amounts are too large to be summed in 64 bits.
    """
    chosen = customers if customers is not None else range(snapshot.customers)
    recorded = recorded_of(snapshot)
    added = Added(
        groups=cohorts.groups,
        weights=_weights(draws, chosen),
        totals=_zeros(len(cohorts.names), layout.places.length),
        drawn=_zeros(layout.places.length, draws.number),
        timeline=_zeros(layout.calendar.months - layout.calendar.window_month, 4),
        customers=_zeros(len(chosen), 5),
    )
    run, own = run_of(trace, snapshot.customers, mode, layout), own_sums(layout)
    add_up_customers(chosen.start, chosen.stop, recorded, run, layout.calendar, layout.places, own, added)
    money = _money(recorded, chosen)
    return _checked(RunSums(layout, cohorts.names, added.totals, added.drawn, added.timeline, added.customers, money))


def merge(parts: Sequence[RunSums]) -> RunSums:
    """Return what the customers of all parts come to, which are parts of one run in order of its customers.

    ValueError if two of them are laid out differently.
    """
    first = parts[0]
    for part in parts:
        if words_of(part.layout) != words_of(first.layout):
            raise ValueError("Parts of different runs do not add up.")
    names = sorted({name for part in parts for name in part.cohorts})
    merged = replace(
        first,
        cohorts=tuple(names),
        totals=_totals_of(names, parts),
        drawn=sum_of([part.drawn for part in parts]),
        timeline=sum_of([part.timeline for part in parts]),
        customers=np.concatenate([part.customers for part in parts]),
        money=sum(part.money for part in parts),
    )
    return _checked(merged)


def _totals_of(names: Sequence[tuple[str, str]], parts: Sequence[RunSums]) -> Column:
    # A part of the customers may lack a cohort.
    totals = _zeros(len(names), parts[0].layout.places.length)
    for part in parts:
        totals[[names.index(name) for name in part.cohorts]] += part.totals
    return totals


def sum_of(arrays: Sequence[Column]) -> Column:
    """Return the sum of arrays of one shape, element by element."""
    return reduce(np.add, arrays)


def _zeros(rows: int, columns: int) -> Column:
    return np.zeros((rows, columns), dtype=np.int64)


def _weights(draws: Draws, customers: range) -> Weights:
    first, last = customers.start + draws.before, customers.stop + draws.before
    if draws.drawn is not None:
        return weights_of(draws.drawn[:, first:last])
    return draw_weights(draws.seed, draws.customers if draws.number else 0, first, last, draws.number)


def _money(recorded: Recorded, customers: range) -> int:
    """Return about how much all amounts of these customers add up to, in base currency."""
    of_invoices = slice(recorded.begins[customers.start], recorded.begins[customers.stop])
    of_orders = slice(recorded.order_begins[customers.start], recorded.order_begins[customers.stop])
    begins = recorded.posting_begins[of_invoices.start : of_invoices.stop + 1]
    posted, rates = recorded.posting_written[begins[0] : begins[-1]], recorded.rate[of_invoices]
    if (rates >= 0).any():
        rate = np.repeat(rates, np.diff(begins))
        ratios = recorded.numerator / recorded.denominator.astype(np.float64)
        posted = np.where(rate >= 0, posted * ratios[rate] + 1, posted)
    columns = (posted, recorded.amount[of_invoices], recorded.order_amount[of_orders])
    return int(sum(float(column.sum(dtype=np.float64)) for column in columns))


def _checked(sums: RunSums) -> RunSums:
    if sums.money > _LARGEST_LEDGER:
        raise PolicyServiceError(
            "E030",
            f"The amounts of the ledger add up to about {sums.money:.1e} minor units, more than can be summed exactly.",
            remedy="Look for amounts with many digits too many, or report in a currency of larger units.",
        )
    return sums
