"""A customer's morning on its ladders in the kernel: effects end, cases close, levels and triggers fire."""

from typing import Final

from policy_service.domain.values import UNKNOWN
from simulations.columnar import layout
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import run_rule_set, value_of
from simulations.columnar.filling import copy, fill, fill_row
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.asking import ask
from simulations.replay.books import CUSTOMER, FIRST_INVOICE, Books
from simulations.replay.desk import EFFECTS, FIRED, TAKEN, Desk
from simulations.replay.history import History
from simulations.replay.ladder_steps import (
    FIRST_STEP,
    FIRST_TRIGGER,
    JUMPS,
    LADDER,
    RULE_SET,
    STEP_DAYS,
    STEP_EFFECTS,
    STEP_EFFECTS_END,
    STEP_LADDER,
    STEP_RELEASE,
    STEP_ROW,
    STEPS_END,
)
from simulations.replay.plan import BEGINS, DAYS_PAST_DUE, ESCALATION, Plan
from simulations.replay.standing import begin_effects, end_effects

FIRING: Final = 5
_NO_LEVEL: Final = -1


@lean_kernel
def release_effects(day: int, plan: Plan, desk: Desk, history: History) -> None:
    """End the effects whose release condition holds, or none of whose invoices is open."""
    if desk.state[EFFECTS] == 0 or not ask(ESCALATION, day, plan, desk, history):
        return
    copy(desk.values, desk.before)
    _put_oldest(day, plan, desk)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        outcome = run_rule_set(plan.program, asked[RULE_SET], desk.values, desk.hits, desk.scratch)
        if outcome == layout.REFER:
            return
        for step in range(asked[FIRST_STEP], asked[STEPS_END]):
            if not desk.effect_is_on[step]:
                continue
            if plan.steps[step, STEP_RELEASE] >= 0:
                ends = _is_among(plan.steps[step, STEP_ROW], layout.RELEASES, layout.RELEASE_COUNT, plan, desk)
            else:
                ends = not _has_open(desk.marks[step], FIRED, desk)
            if ends:
                end_effects(step, desk)


@lean_kernel
def close_cases(desk: Desk) -> None:
    """Close the cases none of whose invoices is open."""
    for ladder in range(len(desk.case_is_open)):
        if desk.case_is_open[ladder] and not _has_open(desk.is_case[ladder], 1, desk):
            desk.case_is_open[ladder] = 0
            fill_row(desk.is_case, ladder, 0, desk.is_case.shape[1])


@lean_kernel
def judge_triggers(day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Find which triggers' conditions are true; false if the facts could not be measured."""
    fill(desk.is_true, 0, len(desk.is_true))
    if not ask(ESCALATION, day, plan, desk, history):
        return False
    copy(desk.values, desk.before)
    _put_oldest(day, plan, desk)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if run_rule_set(plan.program, asked[RULE_SET], desk.values, desk.hits, desk.scratch) == layout.REFER:
            break
        for step in range(asked[FIRST_TRIGGER], asked[STEPS_END]):
            if _is_hit(plan.steps[step, STEP_ROW], desk):
                desk.is_true[step] = 1
    return True


@lean_kernel
def climb(day: int, plan: Plan, desk: Desk, history: History, firings: Column, count: int) -> int:
    """Fire the levels that are due, then the triggers that have come true; tell it, and return how many were told."""
    close_cases(desk)
    if not ask(ESCALATION, day, plan, desk, history):
        return count
    copy(desk.values, desk.before)
    invoices, chosen = desk.undisputed, desk.chosen
    open_ones = _put_undisputed(desk, history)
    for number in range(open_ones):
        fill_row(chosen, number, _NO_LEVEL, chosen.shape[1])
        _choose(invoices[number], chosen[number], day, plan, desk)
    copy(desk.before, desk.values)
    judge_triggers(day, plan, desk, history)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if asked[LADDER] < 0:
            continue
        for number in range(open_ones):
            step = chosen[number, asked[LADDER]]
            if step != _NO_LEVEL:
                count += _fire(step, invoices[number], day, place, plan, desk, firings, count)
        for step in range(asked[FIRST_TRIGGER], asked[STEPS_END]):
            if desk.is_true[step] and not desk.was_true[step]:
                count += _fire(step, -1, day, place, plan, desk, firings, count)
    copy(desk.is_true, desk.was_true)
    return count


@lean_kernel
def _choose(invoice: int, chosen: Column, day: int, plan: Plan, desk: Desk) -> None:
    # The one level of each ladder that fires for the invoice today.
    books = desk.books
    copy(desk.before, desk.values)
    desk.values[plan.numbers[DAYS_PAST_DUE]] = day - books.invoices.due[invoice]
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if run_rule_set(plan.program, asked[RULE_SET], desk.values, desk.hits, desk.scratch) == layout.REFER:
            return
        best, best_days = _NO_LEVEL, 0
        for step in range(asked[FIRST_STEP], asked[FIRST_TRIGGER]):
            if desk.marks[step, invoice] & TAKEN or not _is_hit(plan.steps[step, STEP_ROW], desk):
                continue
            days = value_of(plan.program, plan.steps[step, STEP_DAYS], desk.values, desk.scratch)
            if books.invoices.due[invoice] + days < plan.numbers[BEGINS]:
                continue
            if asked[JUMPS]:
                # The levels passed over never fire.
                desk.marks[step, invoice] |= TAKEN
            is_higher = days >= best_days if asked[JUMPS] else days < best_days
            if best == _NO_LEVEL or is_higher:
                best, best_days = step, days
        if asked[LADDER] >= 0:
            chosen[asked[LADDER]] = best


@lean_kernel
def _fire(step: int, invoice: int, day: int, place: int, plan: Plan, desk: Desk, firings: Column, count: int) -> int:
    ladder = plan.steps[step, STEP_LADDER]
    opens = 0 if desk.case_is_open[ladder] else 1
    desk.case_is_open[ladder] = 1
    at = -1
    if invoice >= 0:
        desk.marks[step, invoice] |= TAKEN | FIRED
        desk.is_case[ladder, invoice] = 1
        at = desk.books.firsts[FIRST_INVOICE] + invoice
    if plan.steps[step, STEP_EFFECTS_END] > plan.steps[step, STEP_EFFECTS] and begin_effects(step, desk):
        _put_effects(step, invoice, day, place, plan, desk)
    firing = firings[count]
    firing[0], firing[1], firing[2] = desk.books.firsts[CUSTOMER], day, step
    firing[3], firing[4] = at, opens
    return 1


@lean_kernel
def _put_effects(step: int, invoice: int, day: int, place: int, plan: Plan, desk: Desk) -> None:
    # What effects come to is worked out of what the ladder was asked with.
    copy(desk.before, desk.values)
    if invoice >= 0:
        desk.values[plan.numbers[DAYS_PAST_DUE]] = day - desk.books.invoices.due[invoice]
    else:
        _put_oldest(day, plan, desk)
    for earlier in range(place):
        run_rule_set(plan.program, plan.rule_sets[earlier, RULE_SET], desk.values, desk.hits, desk.scratch)
    for effect in range(plan.steps[step, STEP_EFFECTS], plan.steps[step, STEP_EFFECTS_END]):
        value = value_of(plan.program, plan.effects[effect, 1], desk.values, desk.scratch)
        desk.effects[step, plan.effects[effect, 0]] = value


@lean_kernel
def _put_undisputed(desk: Desk, history: History) -> int:
    # The open invoices in no dispute, by issue date, then id: as they stand in the snapshot, but for what waited.
    books = desk.books
    found, count = desk.undisputed, 0
    for place in range(books.counts[of_books.OPEN]):
        invoice = books.journals.open_invoices[place]
        if books.invoices.disputed[invoice] > 0:
            continue
        slot = count
        while slot > 0 and _is_later(found[slot - 1], invoice, books, history):
            found[slot] = found[slot - 1]
            slot -= 1
        found[slot] = invoice
        count += 1
    return count


@lean_kernel
def _is_later(one: int, other: int, books: Books, history: History) -> bool:
    if books.invoices.issued[one] != books.invoices.issued[other]:
        return books.invoices.issued[one] > books.invoices.issued[other]
    first = books.firsts[FIRST_INVOICE]
    return history.invoices.rank[first + one] > history.invoices.rank[first + other]


@lean_kernel
def _put_oldest(day: int, plan: Plan, desk: Desk) -> None:
    books, oldest = desk.books, UNKNOWN
    for place in range(books.counts[of_books.OPEN]):
        invoice = books.journals.open_invoices[place]
        if books.invoices.disputed[invoice] == 0:
            oldest = max(oldest, day - books.invoices.due[invoice])
    desk.values[plan.numbers[DAYS_PAST_DUE]] = oldest


@lean_kernel
def _has_open(flags: Column, bit: int, desk: Desk) -> bool:
    books = desk.books
    for place in range(books.counts[of_books.OPEN]):  # noqa: SIM110 - a kernel has no generators
        if flags[books.journals.open_invoices[place]] & bit:
            return True
    return False


@lean_kernel
def _is_hit(row: int, desk: Desk) -> bool:
    for place in range(desk.scratch[layout.HIT_COUNT]):  # noqa: SIM110 - a kernel has no generators
        if desk.hits[place] == row:
            return True
    return False


@lean_kernel
def _is_among(row: int, region: int, count: int, plan: Plan, desk: Desk) -> bool:
    begins = plan.program.words[region]
    for place in range(desk.scratch[count]):  # noqa: SIM110 - a kernel has no generators
        if plan.row_released[desk.scratch[begins + place]] == row:
            return True
    return False
