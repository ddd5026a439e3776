"""Levels of ladders in the kernel: for which invoices one may fall this morning, and which one of each ladder does."""

from typing import Final

from policy_service.domain.values import UNKNOWN
from policy_service.facts.knowledge import NEVER
from simulations.columnar import layout
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import holds, run_rule_set, value_of
from simulations.columnar.filling import copy
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.books import FIRST_INVOICE, Books
from simulations.replay.calendar import LEVEL_FALLS, put
from simulations.replay.desk import TAKEN, Desk
from simulations.replay.history import History
from simulations.replay.ladder_steps import (
    FIRST_STEP,
    FIRST_TRIGGER,
    JUMPS,
    LADDER,
    LADDER_WHEN,
    RULE_SET,
    STEP_DAYS,
)
from simulations.replay.looking import put_oldest
from simulations.replay.plan import BEGINS, DAYS_PAST_DUE, ENDS, Plan
from simulations.replay.standing_ladders import IT_STANDS

#: None of a ladder's levels.
NO_LEVEL: Final = -1


@lean_kernel
def choose(invoice: int, chosen: Column, day: int, plan: Plan, desk: Desk) -> None:
    """Find the one level of each ladder that fires for the invoice today.

    Whether a ladder stands is asked of the customer, by its oldest invoice; the days of levels are asked of this one.
    """
    books = desk.books
    age = day - books.invoices.due[invoice]
    copy(desk.before, desk.values)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        stands = True
        if asked[LADDER_WHEN] >= 0:
            put_oldest(day, plan, desk)
            stands = holds(plan.program, asked[LADDER_WHEN], desk.values, desk.scratch)
        desk.values[plan.numbers[DAYS_PAST_DUE]] = age
        if run_rule_set(plan.program, asked[RULE_SET], desk.values, desk.hits, desk.scratch) == layout.REFER:
            return
        best, best_days = NO_LEVEL, 0
        for step in range(asked[FIRST_STEP], asked[FIRST_TRIGGER]):
            if not stands or desk.marks[step, invoice] & TAKEN:
                continue
            days = value_of(plan.program, plan.steps[step, STEP_DAYS], desk.values, desk.scratch)
            if days == UNKNOWN or days > age or books.invoices.due[invoice] + days < plan.numbers[BEGINS]:
                continue
            if asked[JUMPS]:
                # The levels passed over never fire.
                desk.marks[step, invoice] |= TAKEN
            is_higher = days >= best_days if asked[JUMPS] else days < best_days
            if best == NO_LEVEL or is_higher:
                best, best_days = step, days
        if asked[LADDER] >= 0:
            chosen[asked[LADDER]] = best


@lean_kernel
def choose_fixed(invoice: int, chosen: Column, day: int, plan: Plan, desk: Desk) -> None:
    """Do the same where it is known on which days levels fall, and have the ladders look when the next one does."""
    books, next_day = desk.books, NEVER
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if asked[LADDER] < 0 or desk.stands[asked[LADDER]] != IT_STANDS:
            continue
        best, best_days, jumps = NO_LEVEL, 0, asked[JUMPS]
        for step in range(asked[FIRST_STEP], asked[FIRST_TRIGGER]):
            days = desk.level_days[step]
            falls = books.invoices.due[invoice] + days
            if days >= NEVER or falls < plan.numbers[BEGINS] or desk.marks[step, invoice] & TAKEN:
                continue
            if falls > day:
                next_day = min(next_day, falls)
                continue
            if jumps:
                # The levels passed over never fire.
                desk.marks[step, invoice] |= TAKEN
            elif best != NO_LEVEL:
                next_day = day + 1
            is_higher = days >= best_days if jumps else days < best_days
            if best == NO_LEVEL or is_higher:
                best, best_days = step, days
        chosen[asked[LADDER]] = best
    if next_day < NEVER and not day < books.invoices.look_on[invoice] <= next_day:
        books.invoices.look_on[invoice] = next_day
        put(desk.calendar, next_day, LEVEL_FALLS, invoice, plan.numbers[ENDS])


@lean_kernel
def put_undisputed(desk: Desk, history: History) -> int:
    """List the open invoices in no dispute, by issue date, then id: as in the snapshot, but for what waited."""
    books = desk.books
    found, count = desk.undisputed, 0
    for place in range(books.counts[of_books.OPEN]):
        invoice = books.journals.open_invoices[place]
        if books.invoices.disputed[invoice] == 0:
            _insert(found, count, invoice, books, history)
            count += 1
    return count


@lean_kernel
def put_looked_at(desk: Desk, history: History) -> int:
    """List those of them that a level may fall for, in the same order; the ladders have looked at them."""
    books, found, count = desk.books, desk.undisputed, 0
    for place in range(books.counts[of_books.TO_LOOK_AT]):
        invoice = books.journals.to_look_at[place]
        books.invoices.is_to_look_at[invoice] = 0
        if books.invoices.disputed[invoice] == 0 and books.invoices.place_among_open[invoice] >= 0:
            _insert(found, count, invoice, books, history)
            count += 1
    books.counts[of_books.TO_LOOK_AT] = 0
    return count


@lean_kernel
def _insert(found: Column, count: int, invoice: int, books: Books, history: History) -> None:
    slot = count
    while slot > 0 and _is_later(found[slot - 1], invoice, books, history):
        found[slot] = found[slot - 1]
        slot -= 1
    found[slot] = invoice


@lean_kernel
def _is_later(one: int, other: int, books: Books, history: History) -> bool:
    if books.invoices.issued[one] != books.invoices.issued[other]:
        return books.invoices.issued[one] > books.invoices.issued[other]
    first = books.firsts[FIRST_INVOICE]
    return history.invoices.rank[first + one] > history.invoices.rank[first + other]


@lean_kernel
def is_hit(row: int, desk: Desk) -> bool:
    """Return whether the rule set that ran last hit a row."""
    for place in range(desk.scratch[layout.HIT_COUNT]):  # noqa: SIM110 - a kernel has no generators
        if desk.hits[place] == row:
            return True
    return False
