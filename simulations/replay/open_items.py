"""A customer's open invoices in the kernel: which they are, what of them is owed, past due and in dispute.

Everything is kept along what happens, so that nobody adds up what is open to know how much it is.
"""

from simulations.columnar.compiled_functions import lean_kernel
from simulations.replay.books import (
    CLOSED,
    DISPUTED,
    NO_INVOICE,
    NOT_FOUND,
    OLDEST,
    OPEN,
    OPEN_BALANCE,
    OVERDUE,
    PAST_DUE,
    TO_LOOK_AT,
    Books,
)


@lean_kernel
def owe(books: Books, invoice: int, left: int, owed: int) -> None:
    """Let so much of an invoice be open, in its own currency and in base currency."""
    change = owed - books.invoices.owed[invoice]
    books.sums[OPEN_BALANCE] += change
    if books.invoices.is_past_due[invoice]:
        books.sums[PAST_DUE] += change
    if books.invoices.disputed[invoice] > 0:
        books.sums[DISPUTED] += change
    elif books.invoices.is_past_due[invoice]:
        books.sums[OVERDUE] += change
    books.invoices.left[invoice] = left
    books.invoices.owed[invoice] = owed
    if left > 0:
        _open(books, invoice)
    else:
        _close(books, invoice)


@lean_kernel
def fall_due(books: Books, invoice: int) -> None:
    """Let the due date of an invoice have passed."""
    books.invoices.is_past_due[invoice] = 1
    books.sums[PAST_DUE] += books.invoices.owed[invoice]
    if books.invoices.disputed[invoice] == 0:
        books.sums[OVERDUE] += books.invoices.owed[invoice]


@lean_kernel
def dispute(books: Books, invoice: int) -> None:
    """Let one more dispute upon an invoice be open."""
    books.invoices.disputed[invoice] += 1
    if books.invoices.disputed[invoice] == 1:
        books.sums[DISPUTED] += books.invoices.owed[invoice]
        if books.invoices.is_past_due[invoice]:
            books.sums[OVERDUE] -= books.invoices.owed[invoice]
        if books.counts[OLDEST] == invoice:
            books.counts[OLDEST] = NOT_FOUND


@lean_kernel
def settle_dispute(books: Books, invoice: int) -> None:
    """Let one dispute upon an invoice be over."""
    books.invoices.disputed[invoice] -= 1
    if books.invoices.disputed[invoice] == 0:
        books.sums[DISPUTED] -= books.invoices.owed[invoice]
        if books.invoices.is_past_due[invoice]:
            books.sums[OVERDUE] += books.invoices.owed[invoice]
        if books.invoices.place_among_open[invoice] >= 0:
            _count_in(books, invoice)


@lean_kernel
def oldest_invoice(books: Books) -> int:
    """Return the open invoice in no dispute that was due first, NO_INVOICE without one."""
    if books.counts[OLDEST] == NOT_FOUND:
        books.counts[OLDEST] = _look_for_oldest(books)
    return books.counts[OLDEST]


@lean_kernel
def _look_for_oldest(books: Books) -> int:
    oldest = NO_INVOICE
    for place in range(books.counts[OPEN]):
        invoice = books.journals.open_invoices[place]
        is_older = oldest == NO_INVOICE or books.invoices.due[invoice] < books.invoices.due[oldest]
        if books.invoices.disputed[invoice] == 0 and is_older:
            oldest = invoice
    return oldest


@lean_kernel
def look_at(books: Books, invoice: int) -> None:
    """Have the ladders look at an invoice in the morning, or on the next one on which they look at any."""
    if not books.invoices.is_to_look_at[invoice]:
        books.invoices.is_to_look_at[invoice] = 1
        books.journals.to_look_at[books.counts[TO_LOOK_AT]] = invoice
        books.counts[TO_LOOK_AT] += 1


@lean_kernel
def _open(books: Books, invoice: int) -> None:
    if books.invoices.place_among_open[invoice] < 0:
        place = books.counts[OPEN]
        books.journals.open_invoices[place] = invoice
        books.invoices.place_among_open[invoice] = place
        books.counts[OPEN] = place + 1
        if books.invoices.disputed[invoice] == 0:
            _count_in(books, invoice)


@lean_kernel
def _close(books: Books, invoice: int) -> None:
    place = books.invoices.place_among_open[invoice]
    if place >= 0:
        last = books.counts[OPEN] - 1
        moved = books.journals.open_invoices[last]
        books.journals.open_invoices[place] = moved
        books.invoices.place_among_open[moved] = place
        books.invoices.place_among_open[invoice] = -1
        books.counts[OPEN] = last
        books.counts[CLOSED] += 1
        if books.counts[OLDEST] == invoice:
            books.counts[OLDEST] = NOT_FOUND


@lean_kernel
def _count_in(books: Books, invoice: int) -> None:
    look_at(books, invoice)
    oldest = books.counts[OLDEST]
    if oldest == NO_INVOICE or (oldest != NOT_FOUND and books.invoices.due[invoice] < books.invoices.due[oldest]):
        books.counts[OLDEST] = invoice
