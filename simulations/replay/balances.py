"""What a customer owes and has asked for as of a day, added up for one customer or for all of a group."""

from typing import Final

import numpy as np

from policy_service.domain.values import MILLION, UNKNOWN, UNLIMITED
from policy_service.facts.knowledge import NEVER
from policy_service.facts.payment_index import INDEX_POINTS, PARTS_OF_A_POINT, index_in_parts
from policy_service.facts.prepared_orders import DAYS_WITHOUT_INVOICE
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.filling import fill
from simulations.columnar.wide import product, rounded_quotient, widened
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.application import to_base
from simulations.replay.books import FIRST_INVOICE, FIRST_ORDER_ROW, Books
from simulations.replay.entries import INVOICES, PAYMENTS, column_of, date_of, is_of
from simulations.replay.fact_rows import COLUMNS
from simulations.replay.history import History
from simulations.replay.knowing import ordered_in_year
from simulations.replay.measuring import journal_entry, journal_length, known_from
from simulations.replay.open_items import oldest_invoice
from simulations.replay.tally import add_wide

# What `Balances` holds, by place.
OPEN_BALANCE: Final = 0
OVERDUE: Final = 1
PAST_DUE: Final = 2
DISPUTED: Final = 3
CASH: Final = 4
OLDEST: Final = 5
OPEN_ORDERS: Final = 6
BILLS: Final = 7
EXPOSURE: Final = 8
LIMIT: Final = 9
SINCE: Final = 10
SALES_YEAR: Final = 11
ORDERS_YEAR: Final = 12
SALES_QUARTER: Final = 13
INDEX_WEIGHT: Final = 14
INDEX: Final = 15
#: The first later day on which one of them may change although nothing happens.
CHANGES: Final = 17
#: The day as of which they are added up.
DAY: Final = 18
LENGTH: Final = 19

# Which of them are asked for, as bits.
ASKS_OPEN_ITEMS: Final = 1
ASKS_OPEN_ORDERS: Final = 2
ASKS_BILLS: Final = 4
ASKS_SALES_YEAR: Final = 8
ASKS_ORDERS_YEAR: Final = 16
ASKS_SALES_QUARTER: Final = 32
ASKS_INDEX: Final = 64
ASKS_OVERDUE: Final = 128

# Components of the exposure, as bits.
COUNTS_OPEN_BALANCE: Final = 1
COUNTS_OPEN_ORDERS: Final = 2
COUNTS_BILLS: Final = 4
COUNTS_CASH: Final = 8
COUNTS_COVER: Final = 16

_AMOUNT: Final = COLUMNS.index("amount")
_DAYS_LATE: Final = COLUMNS.index("days_late")
_YEAR: Final = 365
_QUARTER: Final = 90
_EARLIEST: Final = INDEX_POINTS[0][0]
_LATEST: Final = INDEX_POINTS[-1][0]
_INDEX: Final = np.array([index_in_parts(days) for days in range(_EARLIEST, _LATEST + 1)], dtype=np.int64)
PARTS: Final = PARTS_OF_A_POINT


@lean_kernel
def clear_balances(balances: Column) -> None:
    """Begin anew."""
    fill(balances, 0, len(balances))
    balances[SINCE] = NEVER
    balances[CHANGES] = NEVER


@lean_kernel
def add_balances(
    balances: Numbers,
    asks: int,
    components: int,
    limit: int,
    grace: int,
    since: int,
    cover_limit: int,
    cover_share: int,
    day: int,
    books: Books,
    history: History,
) -> None:
    """Add one customer's balances as of the start of a day, with what was let through earlier that day.

    `limit` and `grace` are those of its standing, `since` what the customer file says (-NEVER: nothing).
    """
    balances[OPEN_BALANCE] += books.sums[of_books.OPEN_BALANCE]
    balances[CASH] += books.sums[of_books.UNAPPLIED_CASH]
    if asks & ASKS_OPEN_ITEMS:
        _add_open_items(balances, day, books)
    if asks & ASKS_OVERDUE:
        _add_overdue(balances, grace, day, books)
    orders = _open_orders(day, books, history) if (asks & ASKS_OPEN_ORDERS) else 0
    bills = _bills(day, books) if (asks & ASKS_BILLS) else 0
    balances[OPEN_ORDERS] += orders
    balances[BILLS] += bills
    balances[EXPOSURE] += _exposure(components, orders, bills, cover_limit, cover_share, books)
    _add_limit(balances, limit)
    began = since if since != -NEVER else books.counts[of_books.FIRST_ORDER]
    balances[SINCE] = min(balances[SINCE], began)
    if asks & ASKS_SALES_YEAR:
        balances[SALES_YEAR] += _dated_within(INVOICES, _YEAR, day, books, history)
    if asks & ASKS_ORDERS_YEAR:
        balances[ORDERS_YEAR] += ordered_in_year(day, books, history)
    if asks & ASKS_SALES_QUARTER:
        balances[SALES_QUARTER] += _dated_within(INVOICES, _QUARTER, day, books, history)
    if asks & ASKS_INDEX:
        _add_index(balances, day, books, history)


@lean_kernel
def _add_open_items(balances: Numbers, day: int, books: Books) -> None:
    balances[DISPUTED] += books.sums[of_books.DISPUTED]
    balances[PAST_DUE] += books.sums[of_books.PAST_DUE]
    oldest = oldest_invoice(books)
    if oldest != of_books.NO_INVOICE:
        balances[OLDEST] = max(balances[OLDEST], day - books.invoices.due[oldest])


@lean_kernel
def _add_overdue(balances: Numbers, grace: int, day: int, books: Books) -> None:
    # With days of grace it is no sum that is kept: every open invoice is looked at.
    if grace in (0, UNKNOWN):
        balances[OVERDUE] += books.sums[of_books.OVERDUE]
        return
    for place in range(books.counts[of_books.OPEN]):
        invoice = books.journals.open_invoices[place]
        if books.invoices.disputed[invoice] > 0:
            continue
        last = books.invoices.due[invoice] + grace
        if last < day:
            balances[OVERDUE] += books.invoices.owed[invoice]
        else:
            balances[CHANGES] = min(balances[CHANGES], last + 1)


@lean_kernel
def _open_orders(day: int, books: Books, history: History) -> int:
    total = 0
    for place in range(books.counts[of_books.PENDING]):
        total += open_part(books.journals.pending_orders[place], day, books, history)
    return total


@lean_kernel
def open_part(order: int, day: int, books: Books, history: History) -> int:
    """Return what of an order that was let through is not invoiced yet, in base currency."""
    if history.has_orders_file == 0:
        at = books.firsts[FIRST_INVOICE] + order
        invoices = history.invoices
        if books.invoices.is_known[order]:
            return 0
        return to_base(max(invoices.written[at] - books.orders.prepaid[order], 0), invoices.rate[at], history.rates)
    at = books.firsts[FIRST_ORDER_ROW] + order
    orders = history.orders
    if books.orders.went_ahead[order] != day and orders.known_from[at] >= day:
        return 0
    if books.orders.invoices[order] == 0 and orders.date[at] < day - DAYS_WITHOUT_INVOICE:
        return 0
    left = orders.written[at] - books.orders.prepaid[order] - books.orders.invoiced[order]
    in_base = to_base(max(left, 0), orders.rate[at], history.rates)
    return max(in_base - books.orders.invoiced_elsewhere[order], 0)


@lean_kernel
def _bills(day: int, books: Books) -> int:
    total, place = 0, 0
    while place < books.counts[of_books.BILLS]:
        posting = books.journals.known_bills[place]
        if books.postings.matures_on[posting] < day:
            # It has matured for good: it leaves the list.
            last = books.counts[of_books.BILLS] - 1
            books.journals.known_bills[place] = books.journals.known_bills[last]
            books.counts[of_books.BILLS] = last
            continue
        total += books.postings.part[posting]
        place += 1
    return total


@lean_kernel
def _exposure(components: int, orders: int, bills: int, cover_limit: int, cover_share: int, books: Books) -> int:
    rest = books.sums[of_books.OPEN_BALANCE] if components & COUNTS_OPEN_BALANCE else 0
    if components & COUNTS_OPEN_ORDERS:
        rest += orders
    if components & COUNTS_BILLS:
        rest += bills
    if components & COUNTS_CASH:
        rest -= min(rest, books.sums[of_books.UNAPPLIED_CASH])
    if components & COUNTS_COVER and UNKNOWN not in (cover_limit, cover_share):
        high, low = product(cover_share, max(0, min(rest, cover_limit)))
        by_high, by_low = widened(MILLION)
        covered = rounded_quotient(high, low, by_high, by_low)[0]
        rest -= max(0, min(rest, covered))
    return rest


@lean_kernel
def _add_limit(balances: Numbers, limit: int) -> None:
    if balances[LIMIT] == UNKNOWN or limit == UNKNOWN:
        balances[LIMIT] = UNKNOWN
    elif balances[LIMIT] == UNLIMITED or limit == UNLIMITED:
        balances[LIMIT] = UNLIMITED
    else:
        balances[LIMIT] += limit


@lean_kernel
def _dated_within(source: int, days: int, day: int, books: Books, history: History) -> int:
    total = 0
    for place in range(journal_length(source, books) - 1, -1, -1):
        entry = journal_entry(source, place, books)
        if known_from(source, entry, books, history) < day - days:
            break
        if day - days <= date_of(source, entry, books, history) < day:
            total += column_of(source, entry, _AMOUNT, day, books, history)
    return total


@lean_kernel
def _add_index(balances: Numbers, day: int, books: Books, history: History) -> None:
    for place in range(journal_length(PAYMENTS, books) - 1, -1, -1):
        entry = journal_entry(PAYMENTS, place, books)
        if known_from(PAYMENTS, entry, books, history) < day - _YEAR:
            break
        date = date_of(PAYMENTS, entry, books, history)
        if date < day - _YEAR or not is_of(PAYMENTS, entry, books, history):
            continue
        amount = column_of(PAYMENTS, entry, _AMOUNT, day, books, history)
        late = column_of(PAYMENTS, entry, _DAYS_LATE, day, books, history)
        balances[INDEX_WEIGHT] += amount
        add_wide(balances, INDEX, amount, _INDEX[min(max(late, _EARLIEST), _LATEST) - _EARLIEST])
