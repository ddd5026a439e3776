"""How much room the books and the calendar need for any customer of a snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.facts.knowledge import NEVER
from simulations.columnar.records import records
from simulations.ledger_snapshot.columns import Column, Invoices, Postings
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.books import Books, Room, books_for
from simulations.replay.calendar import Calendar, calendar_for
from simulations.replay.fact_rows import read_only
from simulations.replay.history import Begins, History, Upon
from simulations.replay.order_turns import orders_begin, orders_in_turn

#: Notes that entries may need: an invoice its day and its due date, an order its day and its expiry, a posting its day
#: and that of its bill, a dispute its opening and its end, a promise its day and that on which it falls due.
_NOTES: Final = 2
#: Kinds of entries that are counted by customer.
_TABLES: Final = 8


def history_of(snapshot: Snapshot) -> History:
    """Return what a replay reads of a snapshot."""
    orders, invoices = len(snapshot.orders.date), snapshot.invoices
    named = (invoices.order >= 0).nonzero()[0]
    naming = named[np.argsort(invoices.order[named], kind="stable")]
    free = (invoices.order < 0).nonzero()[0] if snapshot.has_orders_file else np.zeros(0, dtype=np.int64)
    asked = orders_begin(snapshot)
    begins = Begins(
        snapshot.versions.begins,
        invoices.begins,
        snapshot.unapplied.begins,
        snapshot.events.begins,
        snapshot.orders.begins,
        np.searchsorted(free, invoices.begins).astype(np.int64),
        asked,
    )
    upon = Upon(snapshot.postings.begins, snapshot.disputes.begins, snapshot.promises.begins)
    # The largest tables are read as they stand in the snapshot, the others as records.
    return History(
        int(snapshot.has_orders_file),
        records(begins),
        records(upon),
        records(snapshot.versions),
        Invoices(*map(_read_only, invoices)),
        Postings(*map(_read_only, snapshot.postings)),
        records(snapshot.unapplied),
        records(snapshot.disputes),
        records(snapshot.promises),
        records(snapshot.events),
        records(snapshot.orders),
        records(snapshot.rates),
        read_only(np.searchsorted(invoices.order[naming], np.arange(orders + 1)).astype(np.int64)),
        read_only(naming.astype(np.int64)),
        read_only(free.astype(np.int64)),
        read_only(_in_order(snapshot, asked)),
    )


def _read_only(column: Column) -> Column:
    own: Column = np.ascontiguousarray(column, dtype=np.int64).view()
    own.flags.writeable = False
    return own


def _in_order(snapshot: Snapshot, begins: Column) -> Column:
    of = np.repeat(np.arange(snapshot.customers), np.diff(begins))
    return orders_in_turn(snapshot, of) - begins[of]


def first_days(snapshot: Snapshot) -> Column:
    """Return by customer the first day of anything that happened, NEVER without any."""
    first = np.full(snapshot.customers, NEVER, dtype=np.int64)
    for begins, dates in (
        (snapshot.invoices.begins, np.minimum(snapshot.invoices.ordered, snapshot.invoices.issued)),
        (snapshot.unapplied.begins, snapshot.unapplied.date),
        (snapshot.events.begins, snapshot.events.date),
        (snapshot.orders.begins, snapshot.orders.date),
    ):
        has_any = begins[:-1] < begins[1:]
        if has_any.any():
            first[has_any] = np.minimum(first[has_any], np.minimum.reduceat(dates, begins[:-1][has_any]))
    return read_only(first)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a desk must have room for: entries of any one customer, days from `begins` on, notes in the calendar."""

    room: Room
    days: int
    notes: int


def needs_of(snapshot: Snapshot, begins: int, ends: int, steps: int) -> Needs:
    """Return what a replay from `begins` or earlier up to the day `ends` needs; `steps` are those of all ladders."""
    return _needs(rows_by_customer(snapshot).max(axis=1, initial=0), days_of(snapshot, begins, ends), steps)


def needs_of_places(snapshot: Snapshot, places: Column, begins: int, ends: int, steps: int) -> Sequence[Needs]:
    """Return the same of as many desks as there are places, where a customer is given the desk of its place."""
    most = np.zeros((int(places.max(initial=0)) + 1, _TABLES), dtype=np.int64)
    np.maximum.at(most, places, rows_by_customer(snapshot).T)
    days = days_of(snapshot, begins, ends)
    return [_needs(rows, days, steps) for rows in most]


def days_of(snapshot: Snapshot, begins: int, ends: int) -> int:
    """Return how many days there are from the first of anything that happened, or `begins`, up to the day `ends`."""
    begins = int(first_days(snapshot).min(initial=begins))
    return max(ends - begins + 1, 1)


def _needs(rows: Column, days: int, steps: int) -> Needs:
    room, (unapplied, versions) = Room(*rows[:-2].tolist()), rows[-2:].tolist()
    # A ladder may look at an invoice once for every step and once more whenever it comes to be open and undisputed.
    looks = room.invoices * (steps + 1) + room.postings + room.disputes
    return Needs(room, days, max(_NOTES * sum(room) + looks + unapplied + versions, 1))


def desk_for(needs: Needs) -> tuple[Books, Calendar]:
    """Return books and a calendar for one customer after the other."""
    return books_for(needs.room), calendar_for(needs.days, needs.notes)


def rows_by_customer(snapshot: Snapshot) -> Column:
    """Return by kind and customer how many entries there are: the kinds of `Room`, then unapplied cash and versions."""
    of_invoices = snapshot.invoices.begins
    begins = (
        of_invoices,
        snapshot.postings.begins[of_invoices],
        snapshot.disputes.begins[of_invoices],
        snapshot.promises.begins[of_invoices],
        snapshot.events.begins,
        snapshot.orders.begins if snapshot.has_orders_file else of_invoices,
        snapshot.unapplied.begins,
        snapshot.versions.begins,
    )
    counted: Column = np.diff(np.stack(begins), axis=1).astype(np.int64)
    return counted
