"""What a policy says to the values that decisions of a run were made on: compiled code, a part of the customers a call.

Everything that a run takes from a decision is in what is said of it, and nothing else: of an order check outcome,
first reason, first row hit and the share to be prepaid; of a review whether it refers, what it sets, and whether it
lets stopped credit go. So two policies that say the same here make the same run there.
"""

from typing import Final, NamedTuple

from policy_service.domain.values import UNKNOWN
from simulations.columnar import layout
from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.deciding import answer, first_reason, run_chain
from simulations.columnar.filling import fill
from simulations.columnar.pointers import pointer_to
from simulations.ledger_snapshot.columns import Column
from simulations.replay.asked_facts import ORDER
from simulations.replay.desk import Desk
from simulations.replay.ladder_steps import OUTPUTS
from simulations.replay.orders import APPROVE, PREPAY
from simulations.replay.plan import PREPAY_SLOT, Plan
from simulations.replay.reviewing import judge

#: How many numbers are said of a decision, by type.
SAID: Final = (1 + len(OUTPUTS), 2)
#: The row that another policy does not have.
NO_SUCH_ROW: Final = 2**20 - 2
_OF_REASON: Final = 2**20
#: An outcome is told in the first number said of an order check, above all that is told in it beside.
OF_OUTCOME: Final = 2**40
#: What a review that refers says; it leaves the standing as it is.
REFERS: Final = 0
_SAYS: Final = 1
_LETS_GO: Final = 2


class Rows(NamedTuple):
    """Values of decisions next to each other: those written down, and those that their rule sets handed on.

    `slots` and `inner_slots` are their places; `ends` says by customer where its rows end. A row of a review ends with
    how many order checks stand before it.
    """

    slots: Column
    values: Column
    inner_slots: Column
    inner: Column
    ends: Column


# A kernel that is called from Python hands pointers on, and reads nothing of them: it would count what it reads as its
# own.


@kernel
def say_reviews(plan: Plan, desk: Desk, rows: Rows, said: Column) -> None:
    """Write down what the policy says to reviews with those values, a row each, and what they hand on."""
    plan, desk, rows = pointer_to(plan), pointer_to(desk), pointer_to(rows)
    for place in range(len(said)):
        put_noted(plan, desk, rows, place)
        say_review(plan, desk, said, place)
        _keep_inner(desk, rows, place)


@kernel
def say_orders(plan: Plan, desk: Desk, rows: Rows, named: Column, said: Column) -> None:
    """Do the same for order checks; `named` are the numbers under which the policy's rows are told."""
    plan, desk, rows = pointer_to(plan), pointer_to(desk), pointer_to(rows)
    for place in range(len(said)):
        put_noted(plan, desk, rows, place)
        say_order(plan, desk, named, said, place)
        _keep_inner(desk, rows, place)


@lean_kernel
def _keep_inner(desk: Desk, rows: Rows, place: int) -> None:
    for number in range(len(rows.inner_slots)):
        rows.inner[place, number] = desk.values[rows.inner_slots[number]]


@lean_kernel
def put_noted(plan: Plan, desk: Desk, rows: Rows, place: int) -> None:
    """Put the values of a decision where the policy looks for them."""
    fill(desk.values, UNKNOWN, plan.program.words[layout.SLOTS])
    for number in range(len(rows.slots)):
        desk.values[rows.slots[number]] = rows.values[place, number]


@lean_kernel
def say_review(plan: Plan, desk: Desk, said: Column, into: int) -> None:
    """Write down what the policy says to a review with the values that were put."""
    is_said, stops, released = judge(plan, desk)
    says = said[into]
    if not is_said:
        fill(says, REFERS, len(says))
        return
    says[0] = _LETS_GO if stops > 0 and stops == released else _SAYS
    for output in range(len(plan.standing_slots)):
        slot = plan.standing_slots[output]
        says[1 + output] = desk.before[slot] if slot >= 0 else UNKNOWN


@lean_kernel
def say_order(plan: Plan, desk: Desk, named: Column, said: Column, into: int) -> None:
    """Write down what the policy says to an order check with the values that were put."""
    outcome = run_chain(plan.program, plan.chains[ORDER], desk.values, desk.hits, desk.scratch)
    reason, hit, percent = -1, -1, UNKNOWN
    if outcome != APPROVE:
        reason = first_reason(desk.scratch)
    if desk.scratch[layout.HIT_COUNT] > 0:
        hit = named[desk.hits[0]]
    if plan.numbers[PREPAY_SLOT] >= 0 and outcome in (APPROVE, PREPAY):
        percent = answer(plan.program, plan.numbers[PREPAY_SLOT], desk.scratch)
    says = said[into]
    says[0] = outcome * OF_OUTCOME + (reason + 1) * _OF_REASON + hit + 1
    says[1] = percent
