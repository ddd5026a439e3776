"""What is watched of conditions, so that they are asked only when they may say another thing: the numbers they read."""

from collections.abc import Sequence
from typing import Final

from policy_service.language.definitions.dictionary import EntrySource, FactDefinition, FactSource
from simulations.replay import books as of_books
from simulations.replay.fact_rows import SOURCES
from simulations.replay.pace import ReadByConditions

# What is watched, as bits: first the sums of the books by their places, in the end the sources of entries.
LAST_SUM: Final = of_books.OVERDUE
WATCHES_OVERDUE: Final = 1 << of_books.OVERDUE
WATCHES_OLDEST: Final = 1 << 5
WATCHES_CLOSED: Final = 1 << 6
WATCHES_ANYTHING: Final = 1 << 7
WATCHES_STANDING: Final = 1 << 8
WATCHES_FILE: Final = 1 << 9
#: How many payments and adjustments are known, and how many events: what was said of them is never said anew.
WATCHES_POSTINGS: Final = 1 << 10
WATCHES_EVENTS: Final = 1 << 11
FIRST_SOURCE: Final = 12
_KEPT: Final = {
    "oldest_days_past_due": WATCHES_OLDEST,
    "overdue_balance": WATCHES_OVERDUE,
    "past_due_balance": 1 << of_books.PAST_DUE,
    "disputed_balance": 1 << of_books.DISPUTED,
    "open_balance": 1 << of_books.OPEN_BALANCE,
    "unapplied_cash": 1 << of_books.UNAPPLIED_CASH,
}
_COUNTED: Final = {
    EntrySource.PAYMENTS: WATCHES_POSTINGS,
    EntrySource.ADJUSTMENTS: WATCHES_POSTINGS,
    EntrySource.EVENTS: WATCHES_EVENTS,
}
#: How many numbers are noted of conditions when they are asked.
WATCHED: Final = 14


def watch_of(facts: Sequence[FactDefinition], asked: ReadByConditions) -> int:
    """Return what is to be watched of conditions, where `facts` are those that they read."""
    watch = 0 if len(facts) == len(asked.names) else WATCHES_ANYTHING
    if asked.until_closed:
        watch |= WATCHES_CLOSED
    for fact in facts:
        if fact.source is FactSource.CUSTOMER:
            watch |= WATCHES_FILE
        elif fact.source is FactSource.STANDING:
            watch |= WATCHES_STANDING
        elif fact.measure is None:
            watch |= _KEPT.get(fact.name, WATCHES_ANYTHING)
        elif fact.group or fact.measure.entries is EntrySource.ORDERS:
            watch |= WATCHES_ANYTHING
        else:
            source = 1 << (FIRST_SOURCE + SOURCES.index(fact.measure.entries))
            watch |= _COUNTED.get(fact.measure.entries, source)
    return watch


def looks_after_orders(watch: int) -> bool:
    """Return whether an order that goes ahead may turn a condition at once."""
    return bool(watch & WATCHES_ANYTHING)
