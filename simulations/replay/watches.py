"""What is watched of conditions, so that they are asked only when they may say another thing: the numbers they read."""

from collections.abc import Sequence
from typing import Final

from policy_service.language.definitions.dictionary import EntrySource, FactDefinition
from simulations.replay import books as of_books
from simulations.replay.fact_rows import SOURCES
from simulations.replay.pace import ReadByConditions

# What is watched, as bits: first the sums of the books by their places, in the end the sources of entries.
LAST_SUM: Final = of_books.OVERDUE
WATCHES_OVERDUE: Final = 1 << of_books.OVERDUE
WATCHES_OLDEST: Final = 1 << 5
WATCHES_CLOSED: Final = 1 << 6
WATCHES_ANYTHING: Final = 1 << 7
FIRST_SOURCE: Final = 8
_KEPT: Final = {
    "oldest_days_past_due": WATCHES_OLDEST,
    "overdue_balance": WATCHES_OVERDUE,
    "past_due_balance": 1 << of_books.PAST_DUE,
    "disputed_balance": 1 << of_books.DISPUTED,
    "open_balance": 1 << of_books.OPEN_BALANCE,
    "unapplied_cash": 1 << of_books.UNAPPLIED_CASH,
}
#: How many numbers are noted of conditions when they are asked.
WATCHED: Final = 10


def watch_of(facts: Sequence[FactDefinition], asked: ReadByConditions) -> int:
    """Return what is to be watched of conditions, where `facts` are those that they read."""
    watch = 0 if len(facts) == len(asked.names) else WATCHES_ANYTHING
    if asked.until_closed:
        watch |= WATCHES_CLOSED
    for fact in facts:
        if fact.measure is None:
            watch |= _KEPT.get(fact.name, WATCHES_ANYTHING)
        elif fact.group or fact.measure.entries is EntrySource.ORDERS:
            watch |= WATCHES_ANYTHING
        else:
            watch |= 1 << (FIRST_SOURCE + SOURCES.index(fact.measure.entries))
    return watch


def looks_after_orders(watch: int) -> bool:
    """Return whether an order that goes ahead may turn a condition at once."""
    return bool(watch & WATCHES_ANYTHING)
