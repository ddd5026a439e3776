"""Postings applied to their invoice as they become known: by date, then kind, then id, each at most what is open.

What policy_service.facts.application says of all postings at once, said of one after the other. A prepayment applies
before everything that was recorded. Nearly every posting becomes known in the order in which it applies; where one
does not, all known ones of its invoice are applied anew.
"""

from typing import Final

from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.wide import product, rounded_quotient, widened
from simulations.ledger_snapshot.columns import Rates
from simulations.replay.books import FIRST_POSTING, UNAPPLIED_CASH, Books
from simulations.replay.history import History
from simulations.replay.open_items import owe

PAYMENT: Final = 0
CREDIT_NOTE: Final = 1
WRITE_OFF: Final = 2


@lean_kernel
def to_base(amount: int, rate: int, rates: Rates) -> int:
    """Return an amount in base currency, rounded half away from zero; rate -1 is the base currency's own."""
    if rate < 0:
        return amount
    high, low = product(amount, rates.numerator[rate])
    by_high, by_low = widened(rates.denominator[rate])
    return rounded_quotient(high, low, by_high, by_low)[0]


@lean_kernel
def put_in_order(books: Books, invoice: int, begins: int, ends: int, history: History) -> None:
    """List an invoice's postings, from `begins` up to `ends`, as they apply: by date in the run, kind, rank.

    As recorded they stand so already: only dates that were held at the issue date change places.
    """
    dates, order = books.postings.date, books.postings.order_of_application
    kinds, ranks, first = history.postings.kind, history.postings.rank, books.firsts[FIRST_POSTING]
    for place in range(begins, ends):
        posting = place
        slot = place
        while slot > begins:
            other = order[slot - 1]
            if dates[other] < dates[posting]:
                break
            if dates[other] == dates[posting]:
                of_other, of_this = kinds[first + other], kinds[first + posting]
                if of_other < of_this or (of_other == of_this and ranks[first + other] <= ranks[first + posting]):
                    break
            order[slot] = other
            slot -= 1
        order[slot] = posting
    books.invoices.last_applied[invoice] = -1


@lean_kernel
def apply_all(books: Books, invoice: int, at: int, history: History) -> None:
    """Apply the prepayment and every known posting of an invoice, which stands in the snapshot `at` that place."""
    postings, first, rates = history.postings, books.firsts[FIRST_POSTING], history.rates
    rate, owed = history.invoices.rate[at], history.invoices.amount[at]
    without, left = history.invoices.written[at], history.invoices.written[at]
    if books.invoices.prepaid[invoice] > 0:
        left -= books.invoices.prepaid[invoice]
        owed -= owed if left == 0 else min(to_base(books.invoices.prepaid[invoice], rate, rates), owed)
    books.invoices.last_applied[invoice] = -1
    for place in range(history.upon.postings[at] - first, history.upon.postings[at + 1] - first):
        posting = books.postings.order_of_application[place]
        if not books.postings.is_known[posting]:
            continue
        books.invoices.last_applied[invoice] = place
        written = postings.written[first + posting]
        fitting, part = min(written, without), min(written, left)
        without -= fitting
        left -= part
        in_base = owed if left == 0 else min(to_base(part, rate, rates), owed)
        owed -= in_base
        surplus = 0
        if postings.kind[first + posting] != WRITE_OFF and written > fitting:
            surplus = to_base(written - fitting, rate, rates)
        books.sums[UNAPPLIED_CASH] += surplus - books.postings.surplus[posting]
        books.postings.applied_written[posting] = part
        books.postings.exists_written[posting] = written - fitting + part
        books.postings.part[posting] = in_base
        books.postings.surplus[posting] = surplus
    owe(books, invoice, left, owed)


@lean_kernel
def apply_posting(books: Books, invoice: int, at: int, posting: int, history: History) -> None:
    """Apply a posting that has just become known to its known invoice."""
    postings, first = history.postings, books.firsts[FIRST_POSTING]
    last = history.upon.postings[at + 1] - first
    place = max(books.invoices.last_applied[invoice] + 1, history.upon.postings[at] - first)
    while place < last and books.postings.order_of_application[place] != posting:
        place += 1
    if place == last or history.invoices.rate[at] >= 0 or books.invoices.prepaid[invoice] > 0:
        apply_all(books, invoice, at, history)
        return
    books.invoices.last_applied[invoice] = place
    written, left = postings.written[first + posting], books.invoices.left[invoice]
    part = min(written, left)
    books.postings.exists_written[posting] = written
    books.postings.applied_written[posting] = part
    books.postings.part[posting] = part
    if postings.kind[first + posting] != WRITE_OFF:
        books.postings.surplus[posting] = written - part
        books.sums[UNAPPLIED_CASH] += written - part
    owe(books, invoice, left - part, left - part)
