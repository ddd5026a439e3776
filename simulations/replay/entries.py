"""Entries of a customer's books as measures see them: their dates, their columns, the conditions that they meet."""

from typing import Final

from policy_service.domain.values import UNKNOWN
from policy_service.language.definitions.dictionary import EntrySource
from simulations.columnar.compiled_functions import lean_kernel
from simulations.ledger_snapshot.columns import Column
from simulations.replay.application import PAYMENT, WRITE_OFF, to_base
from simulations.replay.books import FIRST_EVENT, FIRST_INVOICE, FIRST_ORDER_ROW, FIRST_POSTING, FIRST_PROMISE, Books
from simulations.replay.fact_rows import (
    COLUMNS,
    CONDITION_BOUND,
    CONDITION_BOUND_DIVISOR,
    CONDITION_COLUMN,
    CONDITION_OPERATOR,
    OPERATORS,
    SOURCES,
    TEXT,
)
from simulations.replay.history import History

INVOICES: Final = SOURCES.index(EntrySource.INVOICES)
OPEN_INVOICES: Final = SOURCES.index(EntrySource.OPEN_INVOICES)
PAYMENTS: Final = SOURCES.index(EntrySource.PAYMENTS)
ADJUSTMENTS: Final = SOURCES.index(EntrySource.ADJUSTMENTS)
DISPUTES: Final = SOURCES.index(EntrySource.DISPUTES)
PROMISES: Final = SOURCES.index(EntrySource.PROMISES)
EVENTS: Final = SOURCES.index(EntrySource.EVENTS)
ORDERS: Final = SOURCES.index(EntrySource.ORDERS)

_AMOUNT: Final = COLUMNS.index("amount")
_TERM_DAYS: Final = COLUMNS.index("term_days")
_OPEN_AMOUNT: Final = COLUMNS.index("open_amount")
_DUE_DATE: Final = COLUMNS.index("due_date")
_DAYS_PAST_DUE: Final = COLUMNS.index("days_past_due")
_DISPUTED: Final = COLUMNS.index("disputed")
_DAYS_LATE: Final = COLUMNS.index("days_late")
_KIND: Final = COLUMNS.index("kind")
_OPEN: Final = COLUMNS.index("open")
_PROMISED: Final = COLUMNS.index("promised")
_BROKEN: Final = COLUMNS.index("broken")
_VALUE: Final = COLUMNS.index("value")
_LET_THROUGH: Final = COLUMNS.index("let_through")
_TEXT: Final = TEXT

_EQUAL: Final = OPERATORS.index("=")
_NOT_EQUAL: Final = OPERATORS.index("!=")
_LESS: Final = OPERATORS.index("<")
_LESS_OR_EQUAL: Final = OPERATORS.index("<=")
_GREATER: Final = OPERATORS.index(">")


@lean_kernel
def date_of(source: int, entry: int, books: Books, history: History) -> int:
    """Return the day that `within` looks at."""
    if source in (INVOICES, OPEN_INVOICES):
        return books.invoices.issued[entry]
    if source in (PAYMENTS, ADJUSTMENTS):
        return books.postings.date[entry]
    if source == DISPUTES:
        return books.disputes.opened[entry]
    if source == PROMISES:
        return books.promises.made[entry]
    if source == EVENTS:
        return history.events.date[books.firsts[FIRST_EVENT] + entry]
    if history.has_orders_file:
        return history.orders.date[books.firsts[FIRST_ORDER_ROW] + entry]
    return history.invoices.ordered[books.firsts[FIRST_INVOICE] + entry]


@lean_kernel
def is_of(source: int, entry: int, books: Books, history: History) -> bool:
    """Return whether an entry of the journal counts in a source: payments without deposits, and what applied."""
    if source == PAYMENTS:
        is_payment = history.postings.kind[books.firsts[FIRST_POSTING] + entry] == PAYMENT
        return is_payment and applied(books, entry) and not is_deposit(books, entry)
    if source == ADJUSTMENTS:
        return history.postings.kind[books.firsts[FIRST_POSTING] + entry] != PAYMENT and applied(books, entry)
    return True


@lean_kernel
def applied(books: Books, posting: int) -> bool:
    """Return whether anything of a known posting applied."""
    return books.postings.applied_written[posting] > 0


@lean_kernel
def is_deposit(books: Books, posting: int) -> bool:
    """Return whether a posting came before its invoice."""
    return books.postings.date[posting] < books.invoices.issued[books.postings.invoice[posting]]


@lean_kernel
def column_of(source: int, entry: int, column: int, day: int, books: Books, history: History) -> int:
    """Return a column of an entry: money in minor units of the base currency, values of events in millionths.

    UNKNOWN where an event's value is no number.
    """
    if source in (INVOICES, OPEN_INVOICES):
        return _of_invoice(entry, column, day, books, history)
    if source in (PAYMENTS, ADJUSTMENTS):
        return _of_posting(entry, column, books, history)
    if source == DISPUTES:
        return 1 if books.disputes.closed[entry] >= day else 0
    if source == PROMISES:
        return _of_promise(entry, column, day, books, history)
    if source == EVENTS:
        at = books.firsts[FIRST_EVENT] + entry
        if column == _KIND:
            return history.events.kind[at]
        return history.events.text[at] if column == _TEXT else history.events.value[at]
    if column == _LET_THROUGH:
        return books.orders.let_through[entry]
    if history.has_orders_file:
        return history.orders.amount[books.firsts[FIRST_ORDER_ROW] + entry]
    return history.invoices.amount[books.firsts[FIRST_INVOICE] + entry]


@lean_kernel
def _of_invoice(invoice: int, column: int, day: int, books: Books, history: History) -> int:
    if column == _AMOUNT:
        return history.invoices.amount[books.firsts[FIRST_INVOICE] + invoice]
    if column == _TERM_DAYS:
        return books.invoices.due[invoice] - books.invoices.issued[invoice]
    if column == _OPEN_AMOUNT:
        return books.invoices.owed[invoice]
    if column == _DUE_DATE:
        return books.invoices.due[invoice]
    if column == _DAYS_PAST_DUE:
        return max(day - books.invoices.due[invoice], 0)
    return 1 if books.invoices.disputed[invoice] > 0 else 0


@lean_kernel
def _of_posting(entry: int, column: int, books: Books, history: History) -> int:
    if column == _AMOUNT:
        return books.postings.part[entry]
    if column == _DAYS_LATE:
        return books.postings.date[entry] - books.invoices.due[books.postings.invoice[entry]]
    return history.postings.kind[books.firsts[FIRST_POSTING] + entry]


@lean_kernel
def _of_promise(promise: int, column: int, day: int, books: Books, history: History) -> int:
    if column == _PROMISED:
        return books.promises.promised[promise]
    at = books.firsts[FIRST_INVOICE] + books.promises.invoice[promise]
    promised = history.promises.written[books.firsts[FIRST_PROMISE] + promise]
    whole = history.invoices.written[at]
    asked = whole if promised < 0 else promised
    if column == _AMOUNT:
        return to_base(asked, history.invoices.rate[at], history.rates)
    return 1 if _is_broken(promise, asked, whole, day, books, history) else 0


@lean_kernel
def _is_broken(promise: int, asked: int, whole: int, day: int, books: Books, history: History) -> bool:
    made, promised = books.promises.made[promise], books.promises.promised[promise]
    if promised >= day:
        return False
    invoice = books.promises.invoice[promise]
    at, first = books.firsts[FIRST_INVOICE] + invoice, books.firsts[FIRST_POSTING]
    # A prepayment comes before everything that is promised.
    came_before, received = books.invoices.prepaid[invoice], 0
    for place in range(history.upon.postings[at], history.upon.postings[at + 1]):
        posting = place - first
        if not books.postings.is_known[posting]:
            continue
        if books.postings.date[posting] < made:
            came_before += books.postings.exists_written[posting]
        elif books.postings.date[posting] <= promised and history.postings.kind[place] != WRITE_OFF:
            received += books.postings.exists_written[posting]
    return received < asked and received < whole - came_before


@lean_kernel
def meets(
    conditions: Column, begins: int, ends: int, source: int, entry: int, day: int, books: Books, history: History
) -> bool:
    """Return whether an entry meets every condition from `begins` up to `ends`."""
    for number in range(begins, ends):
        column = conditions[number, CONDITION_COLUMN]
        value = column_of(source, entry, column, day, books, history)
        if source == EVENTS and column == _VALUE and value == UNKNOWN:
            return False
        value *= conditions[number, CONDITION_BOUND_DIVISOR]
        if not _compares(value, conditions[number, CONDITION_OPERATOR], conditions[number, CONDITION_BOUND]):
            return False
    return True


@lean_kernel
def _compares(value: int, operator: int, bound: int) -> bool:
    if operator == _EQUAL:
        return value == bound
    if operator == _NOT_EQUAL:
        return value != bound
    if operator == _LESS:
        return value < bound
    if operator == _LESS_OR_EQUAL:
        return value <= bound
    if operator == _GREATER:
        return value > bound
    return value >= bound
