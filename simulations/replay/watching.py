"""Whether what conditions read can be other than when they were last asked: on most mornings nothing of it is.

Conditions are watched by the numbers that their facts are made of, not by what happened: the oldest open invoice is
the same after most payments. Where a fact is made of anything that is not kept as a number, it is asked every time.
"""

from typing import Final

from policy_service.domain.values import UNKNOWN
from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import lean_kernel
from simulations.replay import books as of_books
from simulations.replay.asked_facts import TRIGGERS
from simulations.replay.asking import version_on
from simulations.replay.desk import TIMES_IN_FORCE, Desk
from simulations.replay.entries import ORDERS
from simulations.replay.history import History
from simulations.replay.measuring import journal_length
from simulations.replay.open_items import oldest_invoice
from simulations.replay.plan import FIRST_WATCH, Plan
from simulations.replay.standing import GRACE_DAYS, put_in_force
from simulations.replay.watches import (
    FIRST_SOURCE,
    LAST_SUM,
    WATCHES_ANYTHING,
    WATCHES_CLOSED,
    WATCHES_EVENTS,
    WATCHES_FILE,
    WATCHES_OLDEST,
    WATCHES_OVERDUE,
    WATCHES_POSTINGS,
    WATCHES_STANDING,
)

# What `Desk.watched` holds by kind of condition: what was seen when it was last asked.
_UNTIL: Final = 0
_OLDEST_DUE: Final = 1
_ENTRIES: Final = 2
_GRACE: Final = 3
_CLOSED: Final = 4
_TIMES_IN_FORCE: Final = 5
_VERSION: Final = 6
_POSTINGS: Final = 7
_EVENTS: Final = 8
_SUMS: Final = 9


@lean_kernel
def forget(kind: int, desk: Desk) -> None:
    """Have the conditions of a kind (TRIGGERS to STANDS) be asked again."""
    desk.watched[kind - TRIGGERS, _UNTIL] = -NEVER


@lean_kernel
def hold_until(kind: int, day: int, desk: Desk) -> None:
    """Note the day on which they may be otherwise although nothing happens."""
    desk.watched[kind - TRIGGERS, _UNTIL] = day


@lean_kernel
def holds_until(kind: int, desk: Desk) -> int:
    """Return that day."""
    return desk.watched[kind - TRIGGERS, _UNTIL]


@lean_kernel
def may_have_changed(kind: int, day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Return whether they may say another thing than when they were last asked; what is seen now is noted."""
    watch, seen = plan.numbers[FIRST_WATCH + kind - TRIGGERS], desk.watched[kind - TRIGGERS]
    if watch & WATCHES_ANYTHING:
        return True
    books, sums = desk.books, desk.books.sums
    changed = day >= seen[_UNTIL]
    if watch & WATCHES_CLOSED:
        closed = books.counts[of_books.CLOSED]
        changed, seen[_CLOSED] = changed or seen[_CLOSED] != closed, closed
    if watch & WATCHES_OLDEST:
        oldest = oldest_invoice(books)
        due = NEVER if oldest == of_books.NO_INVOICE else books.invoices.due[oldest]
        changed, seen[_OLDEST_DUE] = changed or seen[_OLDEST_DUE] != due, due
    if watch & WATCHES_STANDING:
        put_in_force(day, plan, desk)
        times = desk.state[TIMES_IN_FORCE]
        changed, seen[_TIMES_IN_FORCE] = changed or seen[_TIMES_IN_FORCE] != times, times
    if watch & WATCHES_OVERDUE:
        put_in_force(day, plan, desk)
        grace = desk.in_force[GRACE_DAYS]
        # With days of grace it is no sum that is kept.
        changed = changed or grace not in (0, UNKNOWN) or seen[_GRACE] != grace
        seen[_GRACE] = grace
    for place in range(LAST_SUM + 1):
        if watch >> place & 1:
            changed = changed or seen[_SUMS + place] != sums[place]
            seen[_SUMS + place] = sums[place]
    if watch & WATCHES_FILE:
        version = version_on(day, desk, history)
        changed, seen[_VERSION] = changed or seen[_VERSION] != version, version
    if watch & WATCHES_POSTINGS:
        postings = books.counts[of_books.POSTINGS]
        changed, seen[_POSTINGS] = changed or seen[_POSTINGS] != postings, postings
    if watch & WATCHES_EVENTS:
        events = books.counts[of_books.EVENTS]
        changed, seen[_EVENTS] = changed or seen[_EVENTS] != events, events
    if watch >> FIRST_SOURCE:
        noted = books.counts[of_books.NOTED] if _has_entries(watch, desk) else -1
        changed, seen[_ENTRIES] = changed or seen[_ENTRIES] != noted, noted
    return changed


@lean_kernel
def _has_entries(watch: int, desk: Desk) -> bool:
    for source in range(ORDERS):  # noqa: SIM110 - a kernel has no generators
        if watch >> (FIRST_SOURCE + source) & 1 and journal_length(source, desk.books):
            return True
    return False
