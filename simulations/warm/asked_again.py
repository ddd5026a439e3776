"""What a policy says to the values that decisions of a run were made on: compiled code, a part of the customers a call.

Everything that a run takes from a decision is in what is said of it, and nothing else: of an order check outcome,
first reason, first row hit and the share to be prepaid; of a review whether it refers, what it sets, and whether it
lets stopped credit go. So two policies that say the same here make the same run there.
"""

from typing import Final, NamedTuple

import numpy as np

from policy_service.domain.values import FALSE, UNKNOWN
from simulations.columnar import layout
from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.deciding import answer, first_reason, run_chain
from simulations.columnar.filling import fill
from simulations.columnar.pointers import pointer_to
from simulations.columnar.running_formulas import ready, row_says
from simulations.ledger_snapshot.columns import Column
from simulations.replay.asked_facts import ORDER
from simulations.replay.desk import Desk
from simulations.replay.ladder_steps import OUTPUTS
from simulations.replay.noting import ORDERS, REVIEWS
from simulations.replay.orders import APPROVE, PREPAY, REFER
from simulations.replay.plan import PREPAY_SLOT, Plan
from simulations.replay.reviewing import judge

#: How many numbers are said of a decision, by type.
SAID: Final = (1 + len(OUTPUTS), 2)
#: The row that another policy does not have.
NO_SUCH_ROW: Final = 2**20 - 2
_OF_REASON: Final = 2**20
_OF_OUTCOME: Final = 2**40
_REFERS: Final = 0
_SAYS: Final = 1
_LETS_GO: Final = 2


class Rows(NamedTuple):
    """Values of decisions next to each other: those written down, and those that their rule sets handed on.

    `slots` and `inner_slots` are their places; `ends` says by customer where its rows end.
    """

    slots: Column
    values: Column
    inner_slots: Column
    inner: Column
    ends: Column


class Probe(NamedTuple):
    """Rows of two policies, each written by itself: what matches alike in both, decides alike.

    `blocks` are the addresses of the rows in the words of the one and of the other, 0 where all has to be asked;
    `exists` says of each whether the one and the other have it, `says_the_same` whether they set the same by it. `put`
    are pairs of a place in a row of values and one in `values`, `put_inner` the same of what was handed on.
    """

    before: Column
    now: Column
    blocks: Column
    exists: Column
    says_the_same: Column
    put: Column
    put_inner: Column
    values: Column
    verdicts: Column


# A kernel that is called from Python hands pointers on, and reads nothing of them: it would count what it reads as its
# own.


@kernel
def say_reviews(plan: Plan, desk: Desk, rows: Rows, said: Column) -> None:
    """Write down what the policy says to reviews with those values, a row each, and what they hand on."""
    plan, desk, rows = pointer_to(plan), pointer_to(desk), pointer_to(rows)
    for place in range(len(said)):
        _say_review(plan, desk, rows, place, said, place)
        _keep_inner(desk, rows, place)


@kernel
def say_orders(plan: Plan, desk: Desk, rows: Rows, named: Column, said: Column) -> None:
    """Do the same for order checks; `named` are the numbers under which the policy's rows are told."""
    plan, desk, rows = pointer_to(plan), pointer_to(desk), pointer_to(rows)
    for place in range(len(said)):
        _say_order(plan, desk, rows, place, named, said, place)
        _keep_inner(desk, rows, place)


@kernel
def find_other_reviews(plan: Plan, desk: Desk, rows: Rows, probe: Probe, said: Column, is_other: Column) -> None:
    """Mark the customers one of whose reviews the policy answers otherwise than was said."""
    now = np.zeros((1, said.shape[1]), dtype=np.int64)
    plan, desk, rows, probe = pointer_to(plan), pointer_to(desk), pointer_to(rows), pointer_to(probe)
    for customer in range(len(is_other)):
        if not is_other[customer] and _reviews_differ(customer, plan, desk, rows, probe, said, now):
            is_other[customer] = 1


@kernel
def find_other_orders(
    plan: Plan, desk: Desk, rows: Rows, probe: Probe, named: Column, said: Column, is_other: Column
) -> None:
    """Mark the customers one of whose orders the policy decides otherwise than was said."""
    now = np.zeros((1, said.shape[1]), dtype=np.int64)
    plan, desk, rows, probe = pointer_to(plan), pointer_to(desk), pointer_to(rows), pointer_to(probe)
    for customer in range(len(is_other)):
        if not is_other[customer] and _orders_differ(customer, plan, desk, rows, probe, named, said, now):
            is_other[customer] = 1


@lean_kernel
def _reviews_differ(customer: int, plan: Plan, desk: Desk, rows: Rows, probe: Probe, said: Column, now: Column) -> bool:
    first = rows.ends[customer - 1, REVIEWS] if customer > 0 else 0
    for place in range(first, rows.ends[customer, REVIEWS]):
        if said[place, 0] != _REFERS and not _may_differ(probe, rows, place):
            continue
        _say_review(plan, desk, rows, place, now, 0)
        if not _are_alike(now, said, place):
            return True
    return False


@lean_kernel
def _orders_differ(
    customer: int, plan: Plan, desk: Desk, rows: Rows, probe: Probe, named: Column, said: Column, now: Column
) -> bool:
    first = rows.ends[customer - 1, ORDERS] if customer > 0 else 0
    reads_inner = len(probe.put_inner) > 0
    for place in range(first, rows.ends[customer, ORDERS]):
        # What an order check hands on is not told of one that refers.
        is_told = not reads_inner or said[place, 0] // _OF_OUTCOME != REFER
        if is_told and not _may_differ(probe, rows, place):
            continue
        _say_order(plan, desk, rows, place, named, now, 0)
        if not _are_alike(now, said, place):
            return True
    return False


@lean_kernel
def _may_differ(probe: Probe, rows: Rows, place: int) -> bool:
    if probe.blocks[0] == 0:
        return True
    values = probe.values
    for number in range(len(probe.put)):
        values[probe.put[number, 1]] = rows.values[place, probe.put[number, 0]]
    for number in range(len(probe.put_inner)):
        value = rows.inner[place, probe.put_inner[number, 0]]
        if value == UNKNOWN:
            # It may have been known while the chain ran.
            return True
        values[probe.put_inner[number, 1]] = value
    if not ready(probe.before, probe.blocks[0], values):
        return True
    row = probe.before[probe.blocks[0] + layout.BLOCK_ROWS]
    for number in range(len(probe.verdicts)):
        says = row_says(probe.before, row + number * layout.ROW_SIZE, values)
        probe.verdicts[number] = says if probe.exists[number, 0] else FALSE
    if not ready(probe.now, probe.blocks[1], values):
        return True
    row = probe.now[probe.blocks[1] + layout.BLOCK_ROWS]
    for number in range(len(probe.verdicts)):
        says = row_says(probe.now, row + number * layout.ROW_SIZE, values) if probe.exists[number, 1] else FALSE
        if says != probe.verdicts[number] or (says != FALSE and not probe.says_the_same[number]):
            return True
    return False


@lean_kernel
def _keep_inner(desk: Desk, rows: Rows, place: int) -> None:
    for number in range(len(rows.inner_slots)):
        rows.inner[place, number] = desk.values[rows.inner_slots[number]]


@lean_kernel
def _put(plan: Plan, desk: Desk, rows: Rows, place: int) -> None:
    fill(desk.values, UNKNOWN, plan.program.words[layout.SLOTS])
    for number in range(len(rows.slots)):
        desk.values[rows.slots[number]] = rows.values[place, number]


@lean_kernel
def _say_review(plan: Plan, desk: Desk, rows: Rows, place: int, said: Column, into: int) -> None:
    _put(plan, desk, rows, place)
    is_said, stops, released = judge(plan, desk)
    says = said[into]
    if not is_said:
        fill(says, _REFERS, len(says))
        return
    says[0] = _LETS_GO if stops > 0 and stops == released else _SAYS
    for output in range(len(plan.standing_slots)):
        slot = plan.standing_slots[output]
        says[1 + output] = desk.before[slot] if slot >= 0 else UNKNOWN


@lean_kernel
def _say_order(plan: Plan, desk: Desk, rows: Rows, place: int, named: Column, said: Column, into: int) -> None:
    _put(plan, desk, rows, place)
    outcome = run_chain(plan.program, plan.chains[ORDER], desk.values, desk.hits, desk.scratch)
    reason, hit, percent = -1, -1, UNKNOWN
    if outcome != APPROVE:
        reason = first_reason(desk.scratch)
    if desk.scratch[layout.HIT_COUNT] > 0:
        hit = named[desk.hits[0]]
    if plan.numbers[PREPAY_SLOT] >= 0 and outcome in (APPROVE, PREPAY):
        percent = answer(plan.program, plan.numbers[PREPAY_SLOT], desk.scratch)
    says = said[into]
    says[0] = outcome * _OF_OUTCOME + (reason + 1) * _OF_REASON + hit + 1
    says[1] = percent


@lean_kernel
def _are_alike(now: Column, said: Column, place: int) -> bool:
    for number in range(said.shape[1]):  # noqa: SIM110 - a kernel has no generators
        if now[0, number] != said[place, number]:
            return False
    return True
