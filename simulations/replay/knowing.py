"""What happens in the morning: entries become known, disputes end, and the books say so."""

from typing import Final

from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import lean_kernel
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.application import apply_all, apply_posting
from simulations.replay.books import CUSTOMER, FIRST_INVOICE, FIRST_ORDER_ROW, Books
from simulations.replay.calendar import (
    BILL_MATURED,
    CASH_KNOWN,
    DISPUTE_CLOSED,
    DISPUTE_KNOWN,
    EVENT_KNOWN,
    INVOICE_FALLS_DUE,
    INVOICE_KNOWN,
    LEVEL_FALLS,
    ORDER_EXPIRED,
    ORDER_KNOWN,
    POSTING_KNOWN,
    PROMISE_KNOWN,
    Calendar,
    kind_of,
    last_note,
    number_of,
    put,
)
from simulations.replay.history import History
from simulations.replay.open_items import dispute as begin_dispute
from simulations.replay.open_items import fall_due, look_at, owe, settle_dispute

#: Of `avg_monthly_orders_12m`.
DAYS_OF_YEAR: Final = 365


@lean_kernel
def wake(day: int, ends: int, calendar: Calendar, books: Books, history: History) -> bool:
    """Do what was noted for a day; whether anything came of it that ladders have to look at."""
    last, happened = last_note(calendar, day), False
    # Invoices come first: what else became known upon them applies to them.
    note = last
    while note >= 0:
        if kind_of(calendar.notes[note]) == INVOICE_KNOWN:
            _know_invoice(number_of(calendar.notes[note]), day, ends, calendar, books, history)
            happened = True
        note = calendar.before[note]
    note = last
    while note >= 0:
        kind, number = kind_of(calendar.notes[note]), number_of(calendar.notes[note])
        if kind in (INVOICE_FALLS_DUE, LEVEL_FALLS):
            happened = _grow_old(kind, number, day, books) or happened
            note = calendar.before[note]
            continue
        books.counts[of_books.NOTED] += 1
        happened = True
        if kind in (POSTING_KNOWN, DISPUTE_KNOWN, DISPUTE_CLOSED, PROMISE_KNOWN):
            _happen_to_invoice(kind, number, day, ends, calendar, books, history)
        elif kind == EVENT_KNOWN:
            _append(books.journals.known_events, books, of_books.EVENTS, number)
        elif kind == CASH_KNOWN:
            books.sums[of_books.UNAPPLIED_CASH] += history.unapplied.amount[number]
        elif kind == ORDER_KNOWN:
            _know_order(number, day, books, history)
        elif kind == ORDER_EXPIRED and books.orders.invoices[number] == 0:
            settle_order(books, number)
        note = calendar.before[note]
    return happened


@lean_kernel
def _grow_old(kind: int, invoice: int, day: int, books: Books) -> bool:
    # Whether anything comes of it: most invoices are paid by then.
    if kind == INVOICE_FALLS_DUE:
        fall_due(books, invoice)
        return books.invoices.place_among_open[invoice] >= 0 or books.invoices.owed[invoice] != 0
    if books.invoices.look_on[invoice] != day:
        return False
    books.invoices.look_on[invoice] = NEVER
    # One that comes to be open and undisputed later on is looked at then.
    if books.invoices.place_among_open[invoice] < 0 or books.invoices.disputed[invoice] > 0:
        return False
    look_at(books, invoice)
    return True


@lean_kernel
def _happen_to_invoice(
    kind: int, number: int, day: int, ends: int, calendar: Calendar, books: Books, history: History
) -> None:
    if kind == POSTING_KNOWN:
        _know_posting(number, day, ends, calendar, books, history)
    elif kind == DISPUTE_KNOWN:
        _know_dispute(number, day, ends, calendar, books)
    elif kind == DISPUTE_CLOSED:
        settle_dispute(books, books.disputes.invoice[number])
    else:
        _append(books.journals.known_promises, books, of_books.PROMISES, number)


@lean_kernel
def _append(journal: Column, books: Books, count: int, number: int) -> None:
    journal[books.counts[count]] = number
    books.counts[count] += 1


@lean_kernel
def _know_invoice(invoice: int, day: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    at = books.firsts[FIRST_INVOICE] + invoice
    books.invoices.is_known[invoice] = 1
    _append(books.journals.known_invoices, books, of_books.INVOICES, invoice)
    if books.invoices.is_settled[invoice]:
        owe(books, invoice, 0, 0)
    else:
        _owe_and_fall_due(invoice, at, day, ends, calendar, books, history)
    if history.has_orders_file == 0:
        settle_order(books, invoice)
    elif history.invoices.order[at] >= 0:
        _lower_order(at, books, history)


@lean_kernel
def _owe_and_fall_due(
    invoice: int, at: int, day: int, ends: int, calendar: Calendar, books: Books, history: History
) -> None:
    if books.invoices.due[invoice] < day:
        fall_due(books, invoice)
    else:
        put(calendar, books.invoices.due[invoice] + 1, INVOICE_FALLS_DUE, invoice, ends)
    owe(books, invoice, history.invoices.written[at], history.invoices.amount[at])
    if books.invoices.prepaid[invoice] > 0:
        apply_all(books, invoice, at, history)


@lean_kernel
def _lower_order(at: int, books: Books, history: History) -> None:
    row = history.invoices.order[at]
    order = row - books.firsts[FIRST_ORDER_ROW]
    books.orders.invoices[order] += 1
    if _currency(history.invoices.rate[at], history) == _currency(history.orders.rate[row], history):
        books.orders.invoiced[order] += history.invoices.written[at]
    else:
        books.orders.invoiced_elsewhere[order] += history.invoices.amount[at]
    if history.orders.written[row] > books.orders.prepaid[order] + books.orders.invoiced[order]:
        if books.orders.let_through[order]:
            pend_order(books, order)
    else:
        settle_order(books, order)


@lean_kernel
def _currency(rate: int, history: History) -> int:
    return history.rates.currency[rate] if rate >= 0 else -1


@lean_kernel
def _know_posting(posting: int, day: int, ends: int, calendar: Calendar, books: Books, history: History) -> None:
    invoice = books.postings.invoice[posting]
    at = books.firsts[FIRST_INVOICE] + invoice
    books.postings.is_known[posting] = 1
    _append(books.journals.known_postings, books, of_books.POSTINGS, posting)
    if books.postings.matures_on[posting] >= day:
        _append(books.journals.known_bills, books, of_books.BILLS, posting)
        if books.postings.matures_on[posting] < NEVER:
            put(calendar, books.postings.matures_on[posting] + 1, BILL_MATURED, posting, ends)
    apply_posting(books, invoice, at, posting, history)


@lean_kernel
def _know_dispute(dispute: int, day: int, ends: int, calendar: Calendar, books: Books) -> None:
    _append(books.journals.known_disputes, books, of_books.DISPUTES, dispute)
    closed = books.disputes.closed[dispute]
    if closed >= day:
        begin_dispute(books, books.disputes.invoice[dispute])
        if closed < NEVER:
            put(calendar, closed + 1, DISPUTE_CLOSED, dispute, ends)


@lean_kernel
def _know_order(order: int, day: int, books: Books, history: History) -> None:
    _append(books.journals.known_orders, books, of_books.ORDERS, order)
    date = date_of_order(order, books, history)
    if date >= day - DAYS_OF_YEAR:
        books.orders.counts_in_year[order] = 1
        books.sums[of_books.ORDERED_IN_YEAR] += amount_of_order(order, books, history)
    books.counts[of_books.FIRST_ORDER] = min(books.counts[of_books.FIRST_ORDER], date)


@lean_kernel
def pend_order(books: Books, order: int) -> None:
    """Put an order that was let through among those not yet invoiced, if it is not there."""
    if books.orders.place_among_pending[order] < 0:
        place = books.counts[of_books.PENDING]
        books.journals.pending_orders[place] = order
        books.orders.place_among_pending[order] = place
        books.counts[of_books.PENDING] = place + 1


@lean_kernel
def settle_order(books: Books, order: int) -> None:
    """Take an order from those not yet invoiced, if it is there."""
    place = books.orders.place_among_pending[order]
    if place >= 0:
        last = books.counts[of_books.PENDING] - 1
        moved = books.journals.pending_orders[last]
        books.journals.pending_orders[place] = moved
        books.orders.place_among_pending[moved] = place
        books.orders.place_among_pending[order] = -1
        books.counts[of_books.PENDING] = last


@lean_kernel
def ordered_in_year(day: int, books: Books, history: History) -> int:
    """Return what was asked for in the 365 days before a day, let through or not; days go up."""
    customer = books.firsts[CUSTOMER]
    begins = history.begins.asked[customer]
    place, ends = begins + books.counts[of_books.LEFT_YEAR], history.begins.asked[customer + 1]
    while place < ends and date_of_order(history.in_order[place], books, history) < day - DAYS_OF_YEAR:
        order = history.in_order[place]
        if books.orders.counts_in_year[order]:
            books.sums[of_books.ORDERED_IN_YEAR] -= amount_of_order(order, books, history)
        place += 1
    books.counts[of_books.LEFT_YEAR] = place - begins
    return books.sums[of_books.ORDERED_IN_YEAR]


@lean_kernel
def date_of_order(order: int, books: Books, history: History) -> int:
    """Return the day of an order of the customer."""
    if history.has_orders_file:
        return history.orders.date[books.firsts[FIRST_ORDER_ROW] + order]
    return history.invoices.ordered[books.firsts[FIRST_INVOICE] + order]


@lean_kernel
def amount_of_order(order: int, books: Books, history: History) -> int:
    """Return the amount of an order of the customer, in base currency."""
    if history.has_orders_file:
        return history.orders.amount[books.firsts[FIRST_ORDER_ROW] + order]
    return history.invoices.amount[books.firsts[FIRST_INVOICE] + order]
