"""Entries put into a customer's calendar: as recorded, or as far later as their invoice waited and its term changed."""

from policy_service.facts.knowledge import NEVER
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
    History,
)
from simulations.replay.calendar import (
    CASH_KNOWN,
    DISPUTE_KNOWN,
    EVENT_KNOWN,
    INVOICE_KNOWN,
    ORDER_EXPIRED,
    ORDER_KNOWN,
    POSTING_KNOWN,
    PROMISE_KNOWN,
    Calendar,
    put,
)
from simulations.replay.knowing import pend_order

_DAYS_WITHOUT_INVOICE = 180


@lean_kernel
def open_books(customer: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    """Begin a customer's books: nothing is known, and what no decision changes is noted for its day."""
    first, last = history.invoices.begins[customer], history.invoices.begins[customer + 1]
    firsts = books.firsts
    firsts[CUSTOMER] = customer
    firsts[FIRST_INVOICE] = first
    firsts[FIRST_POSTING] = history.postings.begins[first]
    firsts[FIRST_DISPUTE] = history.disputes.begins[first]
    firsts[FIRST_PROMISE] = history.promises.begins[first]
    firsts[FIRST_EVENT] = history.events.begins[customer]
    firsts[FIRST_ORDER_ROW] = history.orders.begins[customer]
    fill(books.counts, 0, len(books.counts))
    books.counts[of_books.FIRST_ORDER] = NEVER
    fill(books.sums, 0, len(books.sums))
    invoices = last - first
    fill(books.exists, 0, invoices)
    fill(books.is_known, 0, invoices)
    fill(books.prepaid, 0, invoices)
    fill(books.disputed, 0, invoices)
    fill(books.owed, 0, invoices)
    fill(books.place_among_open, -1, invoices)
    postings = history.postings.begins[last] - firsts[FIRST_POSTING]
    fill(books.posting_is_known, 0, postings)
    fill(books.applied_written, 0, postings)
    fill(books.part, 0, postings)
    fill(books.surplus, 0, postings)
    _open_orders(customer, invoices, ends, calendar, books, history)
    for place in range(history.unapplied.begins[customer], history.unapplied.begins[customer + 1]):
        put(calendar, history.unapplied.known_from[place] + 1, CASH_KNOWN, place, ends)
    for place in range(history.events.begins[customer], history.events.begins[customer + 1]):
        put(calendar, history.events.known_from[place] + 1, EVENT_KNOWN, place - firsts[FIRST_EVENT], ends)


@lean_kernel
def _open_orders(customer: int, invoices: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    has_file = history.has_orders_file > 0
    begins = history.orders.begins[customer]
    orders = history.orders.begins[customer + 1] - begins if has_file else invoices
    fill(books.let_through, 0, orders)
    fill(books.order_prepaid, 0, orders)
    fill(books.order_invoices, 0, orders)
    fill(books.order_invoiced, 0, orders)
    fill(books.order_invoiced_elsewhere, 0, orders)
    fill(books.place_among_pending, -1, orders)
    for order in range(orders):
        if has_file:
            known_from = history.orders.known_from[begins + order]
        else:
            known_from = history.invoices.ordered[books.firsts[FIRST_INVOICE] + order]
        put(calendar, known_from + 1, ORDER_KNOWN, order, ends)


@lean_kernel
def let_through(order: int, day: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    """Let an order go ahead: from now on it is open until it is invoiced."""
    books.let_through[order] = 1
    books.order_went_ahead[order] = day
    if history.has_orders_file:
        date = history.orders.date[books.firsts[FIRST_ORDER_ROW] + order]
        put(calendar, date + _DAYS_WITHOUT_INVOICE + 1, ORDER_EXPIRED, order, ends)
    pend_order(books, order)


@lean_kernel
def bring_in(
    invoice: int, waited: int, moved: int, due: int, ends: int, calendar: Calendar, books: Books, history: History
) -> None:
    """Let an invoice exist in the run, and note when it and all that hangs on it become known.

    All its dates are `waited` days later than recorded; what came upon it from its issue on is `moved` days later.
    """
    at = books.firsts[FIRST_INVOICE] + invoice
    books.exists[invoice] = 1
    books.waited[invoice] = waited
    books.moved[invoice] = moved
    books.issued[invoice] = history.invoices.issued[at] + waited
    books.known_from[invoice] = history.invoices.known_from[at] + waited
    books.due[invoice] = due
    put(calendar, books.known_from[invoice] + 1, INVOICE_KNOWN, invoice, ends)
    _bring_postings(invoice, at, ends, calendar, books, history)
    _bring_disputes(invoice, at, ends, calendar, books, history)
    _bring_promises(invoice, at, ends, calendar, books, history)


@lean_kernel
def moved_day(day: int, at: int, invoice: int, books: Books, history: History) -> int:
    """Return the day in the run of what is dated `day` in the record: never before the issue from the issue on."""
    if day < history.invoices.issued[at]:
        return day + books.waited[invoice]
    return max(day + books.moved[invoice], books.issued[invoice])


@lean_kernel
def _bring_postings(invoice: int, at: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    postings, first = history.postings, books.firsts[FIRST_POSTING]
    for place in range(postings.begins[at], postings.begins[at + 1]):
        posting = place - first
        date = moved_day(postings.date[place], at, invoice, books, history)
        own = date + postings.known_from[place] - postings.date[place]
        books.posting_invoice[posting] = invoice
        books.posting_date[posting] = date
        books.posting_known_from[posting] = max(own, books.known_from[invoice])
        matures_on = postings.matures_on[place]
        if matures_on != -NEVER:
            # It moves as its bill does.
            if postings.date[place] < history.invoices.issued[at]:
                matures_on += books.waited[invoice]
            else:
                matures_on = max(matures_on + books.moved[invoice], books.issued[invoice])
        books.posting_matures_on[posting] = matures_on
        put(calendar, books.posting_known_from[posting] + 1, POSTING_KNOWN, posting, ends)
    begins, last = postings.begins[at] - first, postings.begins[at + 1] - first
    put_in_order(books, invoice, begins, last, postings.kind, postings.rank, first)


@lean_kernel
def _bring_disputes(invoice: int, at: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    disputes, first = history.disputes, books.firsts[FIRST_DISPUTE]
    for place in range(disputes.begins[at], disputes.begins[at + 1]):
        dispute = place - first
        opened = moved_day(disputes.opened[place], at, invoice, books, history)
        own = opened + disputes.known_from[place] - disputes.opened[place]
        closed = disputes.closed[place]
        books.dispute_invoice[dispute] = invoice
        books.dispute_opened[dispute] = opened
        books.dispute_closed[dispute] = closed if closed == NEVER else moved_day(closed, at, invoice, books, history)
        books.dispute_known_from[dispute] = max(own, books.known_from[invoice])
        put(calendar, books.dispute_known_from[dispute] + 1, DISPUTE_KNOWN, dispute, ends)


@lean_kernel
def _bring_promises(invoice: int, at: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    promises, first = history.promises, books.firsts[FIRST_PROMISE]
    for place in range(promises.begins[at], promises.begins[at + 1]):
        promise = place - first
        made = moved_day(promises.made[place], at, invoice, books, history)
        own = made + promises.known_from[place] - promises.made[place]
        books.promise_invoice[promise] = invoice
        books.promise_made[promise] = made
        books.promise_promised[promise] = moved_day(promises.promised[place], at, invoice, books, history)
        books.promise_known_from[promise] = max(own, books.known_from[invoice])
        put(calendar, books.promise_known_from[promise] + 1, PROMISE_KNOWN, promise, ends)
