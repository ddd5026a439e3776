"""Facts measured in the kernel: what policy_service.facts.measure says, over the journals of a customer or a group.

A journal is read from its end: what became known on days before the window began is dated before it, too.
"""

from typing import Final

import numpy as np

from policy_service.domain.values import UNKNOWN
from policy_service.language.definitions.dictionary import MeasureKind
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.wide import minus, product, rounded_quotient, times, widened
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.books import FIRST_EVENT, FIRST_INVOICE, FIRST_ORDER_ROW, Books
from simulations.replay.entries import (
    DISPUTES,
    EVENTS,
    INVOICES,
    OPEN_INVOICES,
    ORDERS,
    PROMISES,
    column_of,
    date_of,
    is_of,
    meets,
)
from simulations.replay.fact_rows import (
    CODE,
    COLUMN,
    DIVISOR,
    FACTOR,
    MEASURE,
    MEASURES,
    SHARE_ENDS,
    WEIGHT,
    WHERE,
    WHERE_ENDS,
    WITHIN,
)
from simulations.replay.history import History
from simulations.replay.tally import (
    BY_DAY,
    CHANGES,
    COUNT,
    DAYS,
    DAYS_SQUARED,
    FIRST,
    LARGEST,
    LAST,
    MONTHS,
    PART,
    SMALLEST,
    SUM,
    WEIGHED,
    add_wide,
    note_month,
)
from simulations.replay.tally import WEIGHT as WEIGHT_SUM

_COUNT: Final = MEASURES.index(MeasureKind.COUNT)
_COUNT_MONTHS: Final = MEASURES.index(MeasureKind.COUNT_DISTINCT_MONTH)
_SUM: Final = MEASURES.index(MeasureKind.SUM)
_MEAN: Final = MEASURES.index(MeasureKind.MEAN)
_MIN: Final = MEASURES.index(MeasureKind.MIN)
_MAX: Final = MEASURES.index(MeasureKind.MAX)
_SHARE: Final = MEASURES.index(MeasureKind.SHARE)
_SINCE_LAST: Final = MEASURES.index(MeasureKind.DAYS_SINCE_LAST)
_SINCE_FIRST: Final = MEASURES.index(MeasureKind.DAYS_SINCE_FIRST)
_SLOPE: Final = MEASURES.index(MeasureKind.SLOPE)
_SLOPE_DAYS: Final = 30
_ALWAYS: Final = -(2**62)


@lean_kernel
def journal_length(source: int, books: Books) -> int:
    """Return how many entries the journal of a source has."""
    if source == INVOICES:
        return books.counts[of_books.INVOICES]
    if source == OPEN_INVOICES:
        return books.counts[of_books.OPEN]
    if source == DISPUTES:
        return books.counts[of_books.DISPUTES]
    if source == PROMISES:
        return books.counts[of_books.PROMISES]
    if source == EVENTS:
        return books.counts[of_books.EVENTS]
    if source == ORDERS:
        return books.counts[of_books.ORDERS]
    return books.counts[of_books.POSTINGS]


@lean_kernel
def journal_entry(source: int, place: int, books: Books) -> int:
    """Return the entry at a place of the journal of a source."""
    if source == INVOICES:
        return books.journals.known_invoices[place]
    if source == OPEN_INVOICES:
        return books.journals.open_invoices[place]
    if source == DISPUTES:
        return books.journals.known_disputes[place]
    if source == PROMISES:
        return books.journals.known_promises[place]
    if source == EVENTS:
        return books.journals.known_events[place]
    if source == ORDERS:
        return books.journals.known_orders[place]
    return books.journals.known_postings[place]


@lean_kernel
def add_up(
    tally: Numbers, months: Numbers, row: Numbers, conditions: Column, day: int, books: Books, history: History
) -> None:
    """Add what a declared fact looks at in one customer's books to the tally, as of the start of a day."""
    source, within = row[CODE], row[WITHIN]
    begins = day - within if within >= 0 else _ALWAYS
    for place in range(journal_length(source, books) - 1, -1, -1):
        entry = journal_entry(source, place, books)
        if source != OPEN_INVOICES:
            known = known_from(source, entry, books, history)
            # Nothing is dated later than it is known: no earlier one of the journal can be the last.
            if known < begins or (row[MEASURE] == _SINCE_LAST and known <= tally[LAST]):
                break
        date = date_of(source, entry, books, history)
        if within >= 0 and date >= begins:
            tally[CHANGES] = min(tally[CHANGES], date + within + 1 if date < day else date + 1)
        if date < begins or (within >= 0 and date >= day) or not is_of(source, entry, books, history):
            continue
        if meets(conditions, row[WHERE], row[WHERE_ENDS], source, entry, day, books, history):
            _add(tally, months, row, conditions, source, entry, date, day, books, history)


@lean_kernel
def known_from(source: int, entry: int, books: Books, history: History) -> int:
    """Return the day after which an entry of a journal is known; the journal is in that order."""
    if source == INVOICES:
        return books.invoices.known_from[entry]
    if source == DISPUTES:
        return books.disputes.known_from[entry]
    if source == PROMISES:
        return books.promises.known_from[entry]
    if source == EVENTS:
        return history.events.known_from[books.firsts[FIRST_EVENT] + entry]
    if source == ORDERS:
        if history.has_orders_file:
            return history.orders.known_from[books.firsts[FIRST_ORDER_ROW] + entry]
        return history.invoices.ordered[books.firsts[FIRST_INVOICE] + entry]
    return books.postings.known_from[entry]


@lean_kernel
def _add(
    tally: Numbers,
    months: Numbers,
    row: Numbers,
    conditions: Column,
    source: int,
    entry: int,
    date: int,
    day: int,
    books: Books,
    history: History,
) -> None:
    kind = row[MEASURE]
    value, weight = 0, 1
    if row[COLUMN] >= 0:
        value = column_of(source, entry, row[COLUMN], day, books, history)
        if source == EVENTS and value == UNKNOWN:
            return
    if row[WEIGHT] >= 0:
        weight = column_of(source, entry, row[WEIGHT], day, books, history)
        if source == EVENTS and weight == UNKNOWN:
            return
    tally[COUNT] += 1
    tally[SUM] += value
    if kind == _COUNT_MONTHS:
        note_month(tally, months, date)
    elif kind == _MEAN:
        tally[WEIGHT_SUM] += weight
        add_wide(tally, WEIGHED, value, weight)
    elif kind == _SHARE:
        if meets(conditions, row[WHERE_ENDS], row[SHARE_ENDS], source, entry, day, books, history):
            tally[PART] += value
    elif kind == _SLOPE:
        tally[DAYS] += date - day
        add_wide(tally, DAYS_SQUARED, date - day, date - day)
        add_wide(tally, BY_DAY, date - day, value)
    tally[SMALLEST] = min(tally[SMALLEST], value)
    tally[LARGEST] = max(tally[LARGEST], value)
    tally[FIRST] = min(tally[FIRST], date)
    tally[LAST] = max(tally[LAST], date)


@lean_kernel
def measured(tally: Numbers, row: Numbers, day: int) -> tuple[int, bool]:
    """Return what a declared fact comes to, and whether it fits: exact, rounded once; UNKNOWN where it says nothing."""
    kind = row[MEASURE]
    if kind == _COUNT:
        return rounded(tally[COUNT], 1, row)
    if kind == _COUNT_MONTHS:
        return rounded(tally[MONTHS], 1, row)
    if kind == _SUM:
        return rounded(tally[SUM], 1, row)
    if kind == _SHARE:
        return rounded(tally[PART], tally[SUM], row)
    if tally[COUNT] == 0:
        return UNKNOWN, True
    if kind == _MIN:
        return rounded(tally[SMALLEST], 1, row)
    if kind == _MAX:
        return rounded(tally[LARGEST], 1, row)
    if kind == _SINCE_LAST:
        return rounded(day - tally[LAST], 1, row)
    if kind == _SINCE_FIRST:
        return rounded(day - tally[FIRST], 1, row)
    if kind == _MEAN:
        high, low = tally[WEIGHED], np.uint64(tally[WEIGHED + 1])
        by_high, by_low = widened(tally[WEIGHT_SUM])
        return _rounded_wide(high, low, by_high, by_low, row)
    return _slope(tally, row)


@lean_kernel
def _slope(tally: Numbers, row: Numbers) -> tuple[int, bool]:
    count = tally[COUNT]
    high, low = times(tally[BY_DAY], np.uint64(tally[BY_DAY + 1]), count)
    less_high, less_low = product(tally[DAYS], tally[SUM])
    high, low = minus(high, low, less_high, less_low)
    high, low = times(high, low, _SLOPE_DAYS)
    by_high, by_low = times(tally[DAYS_SQUARED], np.uint64(tally[DAYS_SQUARED + 1]), count)
    less_high, less_low = product(tally[DAYS], tally[DAYS])
    by_high, by_low = minus(by_high, by_low, less_high, less_low)
    return _rounded_wide(high, low, by_high, by_low, row)


@lean_kernel
def rounded(numerator: int, denominator: int, row: Numbers) -> tuple[int, bool]:
    """Return a number of 64 bits over another one, rounded once into the fact's type; UNKNOWN over zero."""
    if denominator == 1 and row[FACTOR] == row[DIVISOR]:
        return numerator, True
    high, low = widened(numerator)
    by_high, by_low = widened(denominator)
    return _rounded_wide(high, low, by_high, by_low, row)


@lean_kernel
def _rounded_wide(high: int, low: np.uint64, by_high: int, by_low: np.uint64, row: Numbers) -> tuple[int, bool]:
    if by_high == 0 and by_low == np.uint64(0):
        return UNKNOWN, True
    if by_high < 0:
        zero_high, zero_low = widened(0)
        high, low = minus(zero_high, zero_low, high, low)
        by_high, by_low = minus(zero_high, zero_low, by_high, by_low)
    high, low = times(high, low, row[FACTOR])
    by_high, by_low = times(by_high, by_low, row[DIVISOR])
    value, fits = rounded_quotient(high, low, by_high, by_low)
    return value, fits
