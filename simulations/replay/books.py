"""One customer's books while history is replayed: what exists in the run, what of it is known, what is open.

Invoices, postings, disputes, promises, events and orders are counted from 0 for the customer. Journals list what is
known in the order in which it became known: whatever is dated within a window of days became known within it, too, so
that a window is read off the end of a journal.
"""

from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np

from simulations.columnar.records import records
from simulations.ledger_snapshot.columns import Column

_Table = TypeVar("_Table", bound=tuple[object, ...])

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
#: Invoices that a ladder may have a level for today.
TO_LOOK_AT: Final = 10
#: The open invoice in no dispute that was due first; NO_INVOICE without one, NOT_FOUND until it is looked for.
OLDEST: Final = 11
#: The orders that have left the last 365 days: so many of the first.
LEFT_YEAR: Final = 12
#: How often an open invoice ceased to be open.
CLOSED: Final = 13
#: How many notes of the calendar have come true that change an entry.
NOTED: Final = 14
#: 1 if nobody reads of invoices that nothing of them is ever open.
SETTLED_ARE_UNREAD: Final = 15
_COUNTS: Final = 16

NO_INVOICE: Final = -1
NOT_FOUND: Final = -2

# What `Books.sums` holds, in base currency.
OPEN_BALANCE: Final = 0
UNAPPLIED_CASH: Final = 1
PAST_DUE: Final = 2
DISPUTED: Final = 3
#: What is past due and in no dispute.
OVERDUE: Final = 4
#: What was asked for in the last 365 days, let through or not.
ORDERED_IN_YEAR: Final = 5
_SUMS: Final = 6


# What `Books.firsts` holds: the place in the snapshot of the customer's first entry of each kind.
FIRST_INVOICE: Final = 0
FIRST_POSTING: Final = 1
FIRST_DISPUTE: Final = 2
FIRST_PROMISE: Final = 3
FIRST_EVENT: Final = 4
FIRST_ORDER_ROW: Final = 5
CUSTOMER: Final = 6
_FIRSTS: Final = 7


class InvoiceInRun(NamedTuple):
    """By invoice of the customer.

    Whether it is in the run, its days there, by how many days it waited and its entries moved, what was prepaid of it
    and when, whether it is known, what of it is open in its own currency (`left`) and in base currency (`owed`), how
    many open disputes it has, the place in `order_of_application` of its last posting that applied (-1), its place in
    `open_invoices` (-1), whether its due date has passed, whether it is in `to_look_at`, the day on which it will be
    put there (NEVER), and whether it was prepaid in full, so that nothing of it is ever open and no posting applies.
    """

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
    is_past_due: Column
    is_to_look_at: Column
    look_on: Column
    is_settled: Column


class PostingInRun(NamedTuple):
    """By posting of the customer.

    Its invoice, its days in the run, whether it is known, what of it applied and what exists there (without what a
    prepayment displaces), both in its own currency, what of it applied in base currency (`part`), and what did not
    (`surplus`, in base currency). `order_of_application` lists the postings of each invoice as they apply.
    """

    invoice: Column
    date: Column
    known_from: Column
    matures_on: Column
    is_known: Column
    applied_written: Column
    exists_written: Column
    part: Column
    surplus: Column
    order_of_application: Column


class DisputeInRun(NamedTuple):
    """By dispute of the customer: its invoice, and its days in the run."""

    invoice: Column
    opened: Column
    closed: Column
    known_from: Column


class PromiseInRun(NamedTuple):
    """By promise of the customer: its invoice, and its days in the run."""

    invoice: Column
    made: Column
    promised: Column
    known_from: Column


class OrderInRun(NamedTuple):
    """By order of the customer.

    Whether it was let through and when, what of it was prepaid (in its own currency), how many known invoices name it
    and what they take off it (in its own currency, or else in base currency), its place in `pending_orders`, whether it
    counts in ORDERED_IN_YEAR.
    """

    let_through: Column
    went_ahead: Column
    prepaid: Column
    invoices: Column
    invoiced: Column
    invoiced_elsewhere: Column
    place_among_pending: Column
    counts_in_year: Column


class Journals(NamedTuple):
    """Lists of the customer's entries; `Books.counts` says how long each is.

    `open_invoices` stand in no order, `known_...` in that in which they became known. `known_bills` have not matured;
    of `pending_orders`, which were let through and stand in no order, something may not be invoiced yet. `to_look_at`
    are invoices that a ladder may have a level for, in no order.
    """

    open_invoices: Column
    known_invoices: Column
    known_postings: Column
    known_disputes: Column
    known_promises: Column
    known_events: Column
    known_orders: Column
    known_bills: Column
    pending_orders: Column
    to_look_at: Column


class Books(NamedTuple):
    """The books of the customer under way, in arrays that are used for one customer after the other."""

    counts: Column
    sums: Column
    firsts: Column
    invoices: InvoiceInRun
    postings: PostingInRun
    disputes: DisputeInRun
    promises: PromiseInRun
    orders: OrderInRun
    journals: Journals


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

    def columns(kind: type[_Table], length: int) -> _Table:
        return records(kind(*(np.zeros(length, dtype=np.int64) for _ in cast("Any", kind)._fields)))

    return Books(
        np.zeros(_COUNTS, dtype=np.int64),
        np.zeros(_SUMS, dtype=np.int64),
        np.zeros(_FIRSTS, dtype=np.int64),
        columns(InvoiceInRun, room.invoices),
        columns(PostingInRun, room.postings),
        columns(DisputeInRun, room.disputes),
        columns(PromiseInRun, room.promises),
        columns(OrderInRun, room.orders),
        columns(Journals, max(room)),
    )
