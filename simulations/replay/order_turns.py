"""The order in which orders are decided: by customer, order date, issue date, id."""

from collections.abc import Sequence

import numpy as np

from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot


def orders_begin(snapshot: Snapshot) -> Column:
    """Return by customer, and one more, where its orders begin: of the file, or the invoices where there is none."""
    return snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins


def orders_in_turn(snapshot: Snapshot, of: Column) -> Column:
    """Return the places of all orders in the order in which they are decided; `of` are their customers."""
    if snapshot.has_orders_file:
        dates, beside = snapshot.orders.date, [snapshot.orders.rank]
    else:
        dates, beside = snapshot.invoices.ordered, [snapshot.invoices.rank, snapshot.invoices.issued]
    if _are_sorted((*beside, dates, of)):
        places = np.arange(len(of))
    elif _are_sorted((*beside, of)):
        # As invoices stand, by issue date and id, only their order dates are to be sorted: with the customer they make
        # one number, of which most stand in order already.
        days = int(dates.max()) - int(dates.min()) + 1
        places = np.argsort(of * days + dates, kind="stable")
    else:
        places = np.lexsort((*beside, dates, of))
    return places.astype(np.int64, copy=False)


def _are_sorted(keys: Sequence[Column]) -> bool:
    # As np.lexsort has it: the last key counts first. Of most ledgers orders stand in order as they are.
    are_below = np.zeros(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in keys:
        before, after = key[:-1], key[1:]
        are_below = (before < after) | ((before == after) & are_below)
    return bool(are_below.all())
