"""When ladders look at a customer, and what both releases and triggers look at, in the kernel."""

from policy_service.domain.values import UNKNOWN
from simulations.columnar.compiled_functions import lean_kernel
from simulations.replay import books as of_books
from simulations.replay.balances import CHANGES
from simulations.replay.desk import LOOK_ON, Desk, Marks
from simulations.replay.history import History
from simulations.replay.open_items import oldest_invoice
from simulations.replay.plan import DAYS_PAST_DUE, Plan
from simulations.replay.watching import hold_until, holds_until, may_have_changed


@lean_kernel
def look_on(day: int, desk: Desk) -> None:
    """Have the ladders look on a later morning, or before."""
    desk.state[LOOK_ON] = min(desk.state[LOOK_ON], day)


@lean_kernel
def are_as_before(kind: int, day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Return whether conditions (TRIGGERS to STANDS) say what they said last; the ladders look when that may end."""
    if may_have_changed(kind, day, plan, desk, history):
        return False
    look_on(holds_until(kind, desk), desk)
    return True


@lean_kernel
def look_when_it_changes(kind: int, day: int, plan: Plan, desk: Desk) -> None:
    """Have them look when what was just asked for (TRIGGERS to STANDS) may be other although nothing happens."""
    changes = desk.balances[CHANGES]
    for number in range(len(plan.bounds)):
        bound = plan.bounds[number]
        age, turn = desk.values[bound[1]], bound[2]
        if bound[0] == kind and UNKNOWN < age < turn:
            changes = min(changes, day + turn - age)
    hold_until(kind, max(changes, day + 1), desk)
    look_on(max(changes, day + 1), desk)


@lean_kernel
def put_oldest(day: int, plan: Plan, desk: Desk) -> None:
    """Put how many days the oldest open invoice in no dispute is past due, where rule sets of ladders read it."""
    oldest = oldest_invoice(desk.books)
    age = UNKNOWN if oldest == of_books.NO_INVOICE else day - desk.books.invoices.due[oldest]
    desk.values[plan.numbers[DAYS_PAST_DUE]] = age


@lean_kernel
def has_open(flags: Marks, bit: int, desk: Desk) -> bool:
    """Return whether any open invoice has that bit of the flags."""
    books = desk.books
    for place in range(books.counts[of_books.OPEN]):  # noqa: SIM110 - a kernel has no generators
        if flags[books.journals.open_invoices[place]] & bit:
            return True
    return False
