"""Today's practice as a trace: every order approved on recorded terms, no ladder, grades as recorded."""

import numpy as np

from policy_service.domain.outcomes import Outcome
from policy_service.facts.knowledge import NEVER
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.fact_rows import read_only
from simulations.replay.options import Options
from simulations.replay.order_turns import orders_begin, orders_in_turn
from simulations.replay.trace import OUTCOMES, DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace

_NONE = -1


def recorded_practice(snapshot: Snapshot, options: Options) -> Trace:
    """Return what was done as far as the ledger says: nothing is refused, moved, prepaid or chased.

    A customer's grade is that of the standing in force at its last order of the window, as it was known then.
    """
    orders = _orders(snapshot, options)
    nothing = read_only(np.zeros(0, dtype=np.int64))
    grades, grade = _grades(snapshot, orders)
    return Trace(
        orders,
        _invoices(snapshot, options.ends),
        Firings(nothing, nothing, nothing, nothing, nothing),
        Reviewed(read_only(np.zeros(snapshot.customers, dtype=np.int64)), read_only(grade)),
        reasons=(),
        rows=(),
        levels=(),
        owners=(),
        grades=grades,
    )


def _orders(snapshot: Snapshot, options: Options) -> DecidedOrders:
    dates = snapshot.orders.date if snapshot.has_orders_file else snapshot.invoices.ordered
    # In turn, too, the orders of a customer stand together.
    customer = np.repeat(np.arange(snapshot.customers), np.diff(orders_begin(snapshot)))
    entry = orders_in_turn(snapshot, customer)
    days = dates[entry]
    in_window = (options.begins <= days) & (days < options.ends)
    entry, customer, day = (read_only(column[in_window]) for column in (entry, customer, days))
    none = read_only(np.full(len(entry), _NONE, dtype=np.int64))
    approved = read_only(np.full(len(entry), OUTCOMES.index(Outcome.APPROVE), dtype=np.int64))
    return DecidedOrders(entry, customer, day, approved, none, none, went_ahead=day)


def _invoices(snapshot: Snapshot, ends: int) -> ReplayedInvoices:
    invoices = snapshot.invoices
    ordered = invoices.ordered
    if snapshot.has_orders_file:
        # An invoice that names no row of the orders file hangs on no order.
        dates = np.append(snapshot.orders.date, -NEVER)
        ordered = dates[invoices.order]
    exists = ordered < ends
    nothing = read_only(np.zeros(len(exists), dtype=np.int64))
    return ReplayedInvoices(
        exists=read_only(exists.astype(np.int64)),
        waited=nothing,
        due=read_only(np.where(exists, invoices.due, -NEVER)),
        moved=nothing,
        prepaid=nothing,
        prepaid_on=read_only(np.full(len(exists), -NEVER, dtype=np.int64)),
    )


def _grades(snapshot: Snapshot, orders: DecidedOrders) -> tuple[tuple[str, ...], Column]:
    words = np.full(snapshot.customers, _NONE, dtype=np.int64)
    of_order = np.searchsorted(orders.customer, np.arange(snapshot.customers), side="right") - 1
    begins = snapshot.standings.begins
    for customer in np.flatnonzero(np.diff(begins) > 0).tolist():
        last = of_order[customer]
        if last >= 0 and orders.customer[last] == customer:
            rows = range(int(begins[customer]), int(begins[customer + 1]))
            words[customer] = _word_in_force(snapshot, rows, int(orders.day[last]))
    texts = [snapshot.words[word] for word in np.unique(words[words >= 0]).tolist()]
    grades = tuple(sorted(text for text in texts if text))
    place_of = {text: place for place, text in enumerate(grades)}
    said = [place_of.get(snapshot.words[word], _NONE) if word >= 0 else _NONE for word in words.tolist()]
    return grades, np.array(said, dtype=np.int64)


def _word_in_force(snapshot: Snapshot, rows: range, day: int) -> int:
    standings, word = snapshot.standings, _NONE
    for row in rows:
        since, known_from = int(standings.since[row]), int(standings.known_from[row])
        # What was entered after it came into force was not known before the day after.
        if since <= day and (known_from <= since or known_from < day):
            word = int(standings.grade[row])
    return word
