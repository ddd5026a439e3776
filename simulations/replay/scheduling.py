"""Entries put into a customer's calendar: as recorded, or as far later as their invoice waited and its term changed."""

from policy_service.facts.knowledge import NEVER
from policy_service.facts.prepared_orders import DAYS_WITHOUT_INVOICE
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.filling import fill
from simulations.replay import books as of_books
from simulations.replay.application import put_in_order
from simulations.replay.books import (
    CUSTOMER,
    FIRST_DISPUTE,
    FIRST_EVENT,
    FIRST_INVOICE,
    FIRST_ORDER_ROW,
    FIRST_POSTING,
    FIRST_PROMISE,
    Books,
)
from simulations.replay.calendar import (
    CASH_KNOWN,
    DISPUTE_KNOWN,
    EVENT_KNOWN,
    INVOICE_KNOWN,
    ORDER_EXPIRED,
    ORDER_KNOWN,
    POSTING_KNOWN,
    PROMISE_FALLS_DUE,
    PROMISE_KNOWN,
    VERSION_COUNTS,
    Calendar,
    put,
)
from simulations.replay.history import History
from simulations.replay.knowing import pend_order


@lean_kernel
def open_books(customer: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    """Begin a customer's books: nothing is known, and what no decision changes is noted for its day, but for orders."""
    first, last = history.begins.invoices[customer], history.begins.invoices[customer + 1]
    firsts = books.firsts
    firsts[CUSTOMER] = customer
    firsts[FIRST_INVOICE] = first
    firsts[FIRST_POSTING] = history.upon.postings[first]
    firsts[FIRST_DISPUTE] = history.upon.disputes[first]
    firsts[FIRST_PROMISE] = history.upon.promises[first]
    firsts[FIRST_EVENT] = history.begins.events[customer]
    firsts[FIRST_ORDER_ROW] = history.begins.orders[customer]
    fill(books.counts, 0, len(books.counts))
    books.counts[of_books.FIRST_ORDER] = NEVER
    books.counts[of_books.OLDEST] = of_books.NO_INVOICE
    fill(books.sums, 0, len(books.sums))
    _open_invoices(last - first, history.upon.postings[last] - firsts[FIRST_POSTING], books)
    _open_orders(customer, last - first, books, history)
    for place in range(history.begins.unapplied[customer], history.begins.unapplied[customer + 1]):
        put(calendar, history.unapplied.known_from[place] + 1, CASH_KNOWN, place, ends)
    for place in range(history.begins.versions[customer] + 1, history.begins.versions[customer + 1]):
        put(calendar, history.versions.counts_from[place], VERSION_COUNTS, place, ends)
    for place in range(history.begins.events[customer], history.begins.events[customer + 1]):
        put(calendar, history.events.known_from[place] + 1, EVENT_KNOWN, place - firsts[FIRST_EVENT], ends)


@lean_kernel
def _open_invoices(invoices: int, postings: int, books: Books) -> None:
    # One record after the other, as they stand in memory.
    for invoice in range(invoices):
        books.invoices.exists[invoice] = 0
        books.invoices.is_known[invoice] = 0
        books.invoices.prepaid[invoice] = 0
        books.invoices.disputed[invoice] = 0
        books.invoices.owed[invoice] = 0
        books.invoices.place_among_open[invoice] = -1
        books.invoices.is_past_due[invoice] = 0
        books.invoices.is_to_look_at[invoice] = 0
        books.invoices.look_on[invoice] = NEVER
    for posting in range(postings):
        books.postings.is_known[posting] = 0
        books.postings.applied_written[posting] = 0
        books.postings.part[posting] = 0
        books.postings.surplus[posting] = 0


@lean_kernel
def _open_orders(customer: int, invoices: int, books: Books, history: History) -> None:
    begins = history.begins.orders[customer]
    for order in range(history.begins.orders[customer + 1] - begins if history.has_orders_file else invoices):
        books.orders.let_through[order] = 0
        books.orders.prepaid[order] = 0
        books.orders.invoices[order] = 0
        books.orders.invoiced[order] = 0
        books.orders.invoiced_elsewhere[order] = 0
        books.orders.place_among_pending[order] = -1
        books.orders.counts_in_year[order] = 0


@lean_kernel
def note_orders(customer: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    """Note when a customer's orders become known, which nobody has to know who reads nothing of it."""
    # Not those that are asked for: whoever looks at one order has the run end with it, and others may stand behind it
    # that were known before.
    begins = history.begins.orders if history.has_orders_file else history.begins.invoices
    for order in range(begins[customer + 1] - begins[customer]):
        if history.has_orders_file:
            known_from = history.orders.known_from[books.firsts[FIRST_ORDER_ROW] + order]
        else:
            known_from = history.invoices.ordered[books.firsts[FIRST_INVOICE] + order]
        put(calendar, known_from + 1, ORDER_KNOWN, order, ends)


@lean_kernel
def let_through(order: int, day: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    """Let an order go ahead: from now on it is open until it is invoiced."""
    books.orders.let_through[order] = 1
    books.orders.went_ahead[order] = day
    if history.has_orders_file:
        date = history.orders.date[books.firsts[FIRST_ORDER_ROW] + order]
        put(calendar, date + DAYS_WITHOUT_INVOICE + 1, ORDER_EXPIRED, order, ends)
    if history.has_orders_file or not books.invoices.is_settled[order]:
        pend_order(books, order)


@lean_kernel
def bring_in(
    invoice: int, waited: int, moved: int, due: int, ends: int, calendar: Calendar, books: Books, history: History
) -> None:
    """Let an invoice exist in the run, and note when it and all that hangs on it become known.

    All its dates are `waited` days later than recorded; what came upon it from its issue on is `moved` days later.
    Of an invoice that was prepaid in full nothing is ever open, and of what came upon it nothing exists.
    """
    at = books.firsts[FIRST_INVOICE] + invoice
    books.invoices.exists[invoice] = 1
    books.invoices.waited[invoice] = waited
    books.invoices.moved[invoice] = moved
    books.invoices.issued[invoice] = history.invoices.issued[at] + waited
    books.invoices.known_from[invoice] = history.invoices.known_from[at] + waited
    books.invoices.due[invoice] = due
    is_settled = _is_settled(invoice, at, books, history)
    books.invoices.is_settled[invoice] = 1 if is_settled else 0
    if not is_settled:
        _bring_postings(invoice, at, ends, calendar, books, history)
    if not is_settled or not books.counts[of_books.SETTLED_ARE_UNREAD]:
        put(calendar, books.invoices.known_from[invoice] + 1, INVOICE_KNOWN, invoice, ends)
    _bring_disputes(invoice, at, ends, calendar, books, history)
    _bring_promises(invoice, at, ends, calendar, books, history)


@lean_kernel
def _is_settled(invoice: int, at: int, books: Books, history: History) -> bool:
    # Prepaid in full, and nothing of what was recorded upon it is more than its amount.
    left = history.invoices.written[at]
    if books.invoices.prepaid[invoice] < left or left <= 0:
        return False
    for place in range(history.upon.postings[at], history.upon.postings[at + 1]):
        left -= history.postings.written[place]
    return left >= 0


@lean_kernel
def moved_day(day: int, at: int, invoice: int, books: Books, history: History) -> int:
    """Return the day in the run of what is dated `day` in the record: never before the issue from the issue on."""
    if day < history.invoices.issued[at]:
        return day + books.invoices.waited[invoice]
    return max(day + books.invoices.moved[invoice], books.invoices.issued[invoice])


@lean_kernel
def _bring_postings(invoice: int, at: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    postings, first = history.postings, books.firsts[FIRST_POSTING]
    for place in range(history.upon.postings[at], history.upon.postings[at + 1]):
        posting = place - first
        date = moved_day(postings.date[place], at, invoice, books, history)
        own = date + postings.known_from[place] - postings.date[place]
        books.postings.invoice[posting] = invoice
        books.postings.date[posting] = date
        books.postings.known_from[posting] = max(own, books.invoices.known_from[invoice])
        matures_on = postings.matures_on[place]
        if matures_on != -NEVER:
            # It moves as its bill does.
            if postings.date[place] < history.invoices.issued[at]:
                matures_on += books.invoices.waited[invoice]
            else:
                matures_on = max(matures_on + books.invoices.moved[invoice], books.invoices.issued[invoice])
        books.postings.matures_on[posting] = matures_on
        put(calendar, books.postings.known_from[posting] + 1, POSTING_KNOWN, posting, ends)
    begins, last = history.upon.postings[at] - first, history.upon.postings[at + 1] - first
    put_in_order(books, invoice, begins, last, history)


@lean_kernel
def _bring_disputes(invoice: int, at: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    disputes, first = history.disputes, books.firsts[FIRST_DISPUTE]
    for place in range(history.upon.disputes[at], history.upon.disputes[at + 1]):
        dispute = place - first
        opened = moved_day(disputes.opened[place], at, invoice, books, history)
        own = opened + disputes.known_from[place] - disputes.opened[place]
        closed = disputes.closed[place]
        books.disputes.invoice[dispute] = invoice
        books.disputes.opened[dispute] = opened
        books.disputes.closed[dispute] = closed if closed == NEVER else moved_day(closed, at, invoice, books, history)
        books.disputes.known_from[dispute] = max(own, books.invoices.known_from[invoice])
        put(calendar, books.disputes.known_from[dispute] + 1, DISPUTE_KNOWN, dispute, ends)


@lean_kernel
def _bring_promises(invoice: int, at: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    promises, first = history.promises, books.firsts[FIRST_PROMISE]
    for place in range(history.upon.promises[at], history.upon.promises[at + 1]):
        promise = place - first
        made = moved_day(promises.made[place], at, invoice, books, history)
        own = made + promises.known_from[place] - promises.made[place]
        books.promises.invoice[promise] = invoice
        books.promises.made[promise] = made
        books.promises.promised[promise] = moved_day(promises.promised[place], at, invoice, books, history)
        books.promises.known_from[promise] = max(own, books.invoices.known_from[invoice])
        put(calendar, books.promises.known_from[promise] + 1, PROMISE_KNOWN, promise, ends)
        put(calendar, books.promises.promised[promise] + 1, PROMISE_FALLS_DUE, promise, ends)
