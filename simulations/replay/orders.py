"""Orders in the kernel: decided on their day, checked again while they wait, and what their going ahead brings."""

from typing import Final

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import MILLION, UNKNOWN
from policy_service.facts.knowledge import NEVER
from simulations.columnar import layout
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import answer, first_reason, run_chain
from simulations.columnar.program import OUTCOMES
from simulations.columnar.wide import product, rounded_quotient, widened
from simulations.ledger_snapshot.columns import Column
from simulations.replay.asked_facts import ORDER
from simulations.replay.asking import ask
from simulations.replay.books import CUSTOMER, FIRST_INVOICE, FIRST_ORDER_ROW
from simulations.replay.desk import WAITING, Desk
from simulations.replay.history import History
from simulations.replay.knowing import amount_of_order, date_of_order
from simulations.replay.noting import note
from simulations.replay.plan import ENDS, HELD, IS_OPEN_LOOP, KEEPS_DATES, ORDER_AMOUNT, PREPAY_SLOT, RELEASE_DAYS, Plan
from simulations.replay.scheduling import bring_in, let_through
from simulations.replay.standing import PAYMENT_TERM_DAYS, PREPAY_PERCENT

APPROVE: Final = OUTCOMES.index(Outcome.APPROVE)
PREPAY: Final = OUTCOMES.index(Outcome.PREPAY)
REFER: Final = OUTCOMES.index(Outcome.REFER)
DECLINE: Final = OUTCOMES.index(Outcome.DECLINE)
_WHOLE: Final = 100 * MILLION
_ENGINE_FAULT: Final = layout.ENGINE_FAULT

LOST: Final = 0
PREPAID: Final = 1
RELEASED: Final = 2


@lean_kernel
def go_as_recorded(order: int, day: int, plan: Plan, desk: Desk, history: History) -> None:
    """Let an order go ahead on recorded terms."""
    _bring(order, day, 0, UNKNOWN, 0, plan, desk, history)


@lean_kernel
def decide(order: int, day: int, plan: Plan, desk: Desk, history: History, told: Column) -> None:
    """Decide an order on its day: outcome, first reason, first row hit and the day it goes ahead are told."""
    outcome = _ask_order(order, day, plan, desk, history)
    told[0], told[1], told[2], told[3] = outcome, -1, -1, -NEVER
    if outcome != APPROVE:
        told[1] = first_reason(desk.scratch)
    if desk.scratch[layout.HIT_COUNT] > 0:
        told[2] = desk.hits[0]
    if plan.numbers[IS_OPEN_LOOP]:
        go_as_recorded(order, day, plan, desk, history)
        told[3] = day
    elif outcome in (APPROVE, PREPAY):
        _go_ahead(order, outcome, day, plan, desk, history)
        told[3] = day
    elif outcome != DECLINE and plan.numbers[HELD] == PREPAID:
        _bring(order, day, 0, desk.in_force[PAYMENT_TERM_DAYS], _WHOLE, plan, desk, history)
        told[3] = day
    elif outcome != DECLINE and plan.numbers[HELD] == RELEASED and plan.numbers[RELEASE_DAYS] > 0:
        desk.waiting[desk.state[WAITING]] = order
        desk.state[WAITING] += 1


@lean_kernel
def check_waiting(day: int, plan: Plan, desk: Desk, history: History, told: Column) -> None:
    """Check the waiting orders again, in order of arrival."""
    kept = 0
    for place in range(desk.state[WAITING]):
        order = desk.waiting[place]
        if still_waits(order, day, plan, desk, history, told):
            desk.waiting[kept] = order
            kept += 1
    desk.state[WAITING] = kept


@lean_kernel
def still_waits(order: int, day: int, plan: Plan, desk: Desk, history: History, told: Column) -> bool:
    """Check a waiting order again, which may go ahead; return whether it is to be checked on the next day, too."""
    outcome = _ask_order(order, day, plan, desk, history)
    if outcome in (APPROVE, PREPAY):
        _go_ahead(order, outcome, day, plan, desk, history)
        told[desk.places[order], 3] = day
        return False
    return day < date_of_order(order, desk.books, history) + plan.numbers[RELEASE_DAYS]


@lean_kernel
def _ask_order(order: int, day: int, plan: Plan, desk: Desk, history: History) -> int:
    fits = ask(ORDER, day, plan, desk, history)
    if plan.numbers[ORDER_AMOUNT] >= 0:
        desk.values[plan.numbers[ORDER_AMOUNT]] = amount_of_order(order, desk.books, history)
    note(ORDER, desk.books.firsts[CUSTOMER], fits, desk.values, desk.noted)
    outcome = run_chain(plan.program, plan.chains[ORDER], desk.values, desk.hits, desk.scratch)
    if not fits:
        # A fact beyond all bounds is no fact: a person decides.
        desk.scratch[layout.FIRST_REASON] = _ENGINE_FAULT
        desk.scratch[layout.HIT_COUNT] = 0
        return REFER
    return outcome


@lean_kernel
def _go_ahead(order: int, outcome: int, day: int, plan: Plan, desk: Desk, history: History) -> None:
    percent = UNKNOWN
    if plan.numbers[PREPAY_SLOT] >= 0:
        percent = answer(plan.program, plan.numbers[PREPAY_SLOT], desk.scratch)
    if percent == UNKNOWN:
        percent = desk.in_force[PREPAY_PERCENT]
    if percent == UNKNOWN:
        percent = _WHOLE if outcome == PREPAY else 0
    waited = day - date_of_order(order, desk.books, history)
    _bring(order, day, waited, desk.in_force[PAYMENT_TERM_DAYS], percent, plan, desk, history)


@lean_kernel
def _bring(
    order: int, day: int, waited: int, term: int, percent: int, plan: Plan, desk: Desk, history: History
) -> None:
    books = desk.books
    if history.has_orders_file:
        at = books.firsts[FIRST_ORDER_ROW] + order
        books.orders.prepaid[order] = _share(history.orders.written[at], percent)
        for place in range(history.naming_begins[at], history.naming_begins[at + 1]):
            invoice = history.naming[place] - books.firsts[FIRST_INVOICE]
            _bring_invoice(invoice, day, waited, term, percent, plan, desk, history)
    else:
        _bring_invoice(order, day, waited, term, percent, plan, desk, history)
        books.orders.prepaid[order] = books.invoices.prepaid[order]
    let_through(order, day, plan.numbers[ENDS], desk.calendar, books, history)


@lean_kernel
def _bring_invoice(
    invoice: int, day: int, waited: int, term: int, percent: int, plan: Plan, desk: Desk, history: History
) -> None:
    at = desk.books.firsts[FIRST_INVOICE] + invoice
    recorded = history.invoices.due[at] - history.invoices.issued[at]
    in_run = recorded if term == UNKNOWN else max(0, term)
    moved = waited if plan.numbers[KEEPS_DATES] else waited + in_run - recorded
    due = history.invoices.issued[at] + waited + in_run
    desk.books.invoices.prepaid[invoice] = _share(history.invoices.written[at], percent)
    desk.books.invoices.prepaid_on[invoice] = day
    bring_in(invoice, waited, moved, due, plan.numbers[ENDS], desk.calendar, desk.books, history)


@lean_kernel
def _share(amount: int, percent: int) -> int:
    # Nearly always it is nothing or all of it.
    if percent in (0, _WHOLE):
        return max(0, amount) if percent else 0
    high, low = product(amount, percent)
    by_high, by_low = widened(_WHOLE)
    share, fits = rounded_quotient(high, low, by_high, by_low)
    return max(0, min(amount, share)) if fits else amount
