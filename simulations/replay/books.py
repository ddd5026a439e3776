"""One customer's books while history is replayed: what exists in the run, what of it is known, what is open.

Invoices, postings, disputes, promises, events and orders are counted from 0 for the customer. Journals list what is
known in the order in which it became known: whatever is dated within a window of days became known within it, too, so
that a window is read off the end of a journal.
"""

from typing import Final, NamedTuple

import numpy as np

from simulations.ledger_snapshot.columns import (
    Column,
    Disputes,
    Events,
    Invoices,
    Orders,
    Postings,
    Promises,
    Rates,
    Standings,
    Unapplied,
    Versions,
)

# What `Books.counts` holds.
OPEN: Final = 0
INVOICES: Final = 1
POSTINGS: Final = 2
DISPUTES: Final = 3
PROMISES: Final = 4
EVENTS: Final = 5
ORDERS: Final = 6
BILLS: Final = 7
PENDING: Final = 8
#: The earliest day of a known order asked for; NEVER before the first.
FIRST_ORDER: Final = 9
_COUNTS: Final = 10

# What `Books.sums` holds, in base currency.
OPEN_BALANCE: Final = 0
UNAPPLIED_CASH: Final = 1
_SUMS: Final = 2


# What `Books.firsts` holds: the place in the snapshot of the customer's first entry of each kind.
FIRST_INVOICE: Final = 0
FIRST_POSTING: Final = 1
FIRST_DISPUTE: Final = 2
FIRST_PROMISE: Final = 3
FIRST_EVENT: Final = 4
FIRST_ORDER_ROW: Final = 5
CUSTOMER: Final = 6
_FIRSTS: Final = 7


class Naming(NamedTuple):
    """Which invoices name each row of the orders file, and which name none, by customer: places in the snapshot."""

    begins: Column
    invoice: Column
    free_begins: Column
    free: Column


class History(NamedTuple):
    """The columns of a snapshot that a replay reads; `has_orders_file` is 1 or 0."""

    has_orders_file: int
    versions: Versions
    invoices: Invoices
    postings: Postings
    unapplied: Unapplied
    disputes: Disputes
    promises: Promises
    events: Events
    orders: Orders
    standings: Standings
    rates: Rates
    naming: Naming


class Books(NamedTuple):
    """The books of the customer under way, in arrays that are used for one customer after the other.

    By invoice: whether it is in the run (`exists`), its days there, by how many days it waited and its entries moved,
    what was prepaid of it and when, whether it is known, what of it is open in its own currency (`left`) and in base
    currency (`owed`), how many open disputes it has, the place in `order_of_application` of its last posting that
    applied (-1), its place in `open_invoices` (-1).

    By posting: its invoice, its days in the run, whether it is known, what of it applied and what exists there
    (without what a prepayment displaces), both in its own currency, what of it applied in base currency (`part`), and
    what did not (`surplus`, in base currency). `order_of_application` lists the postings of each invoice as they apply.

    By order: whether it was let through and when, what of it was prepaid (in its own currency), how many known
    invoices name it and what they take off it (in its own currency, or else in base currency), its place in
    `pending_orders`.

    Journals: `open_invoices` (in no order), `known_invoices`, `known_postings`, `known_disputes`, `known_promises`,
    `known_events`, `known_orders`, `known_bills` (bills that have not matured), `pending_orders` (let through, of which
    something may not be invoiced yet; in no order).
    """

    counts: Column
    sums: Column
    firsts: Column
    exists: Column
    issued: Column
    due: Column
    known_from: Column
    waited: Column
    moved: Column
    prepaid: Column
    prepaid_on: Column
    is_known: Column
    left: Column
    owed: Column
    disputed: Column
    last_applied: Column
    place_among_open: Column
    posting_invoice: Column
    posting_date: Column
    posting_known_from: Column
    posting_matures_on: Column
    posting_is_known: Column
    applied_written: Column
    exists_written: Column
    part: Column
    surplus: Column
    order_of_application: Column
    dispute_invoice: Column
    dispute_opened: Column
    dispute_closed: Column
    dispute_known_from: Column
    promise_invoice: Column
    promise_made: Column
    promise_promised: Column
    promise_known_from: Column
    let_through: Column
    order_went_ahead: Column
    order_prepaid: Column
    order_invoices: Column
    order_invoiced: Column
    order_invoiced_elsewhere: Column
    place_among_pending: Column
    open_invoices: Column
    known_invoices: Column
    known_postings: Column
    known_disputes: Column
    known_promises: Column
    known_events: Column
    known_orders: Column
    known_bills: Column
    pending_orders: Column


class Room(NamedTuple):
    """The most entries of each kind that any one customer has."""

    invoices: int
    postings: int
    disputes: int
    promises: int
    events: int
    orders: int


def books_for(room: Room) -> Books:
    """Return books with room for any customer."""

    def column(length: int) -> Column:
        return np.zeros(length, dtype=np.int64)

    by_invoice = [column(room.invoices) for _ in range(14)]
    by_posting = [column(room.postings) for _ in range(10)]
    journals = [
        room.invoices,
        room.invoices,
        room.postings,
        room.disputes,
        room.promises,
        room.events,
        room.orders,
        room.postings,
        room.orders,
    ]
    return Books(
        column(_COUNTS),
        column(_SUMS),
        column(_FIRSTS),
        *by_invoice,
        *by_posting,
        *(column(room.disputes) for _ in range(4)),
        *(column(room.promises) for _ in range(4)),
        *(column(room.orders) for _ in range(7)),
        *map(column, journals),
    )
