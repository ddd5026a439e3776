"""An invoice that goes ahead: all that will ever become of it is known, and put on the days on which it happens."""

from typing import Final, NamedTuple

from benchmarks.hand_written.desk import (
    COUNTS,
    EXPOSURE,
    LATE,
    ONE_AGED,
    ONE_BROKEN,
    ONE_HELD,
    OVERDUE_AFTER_0,
    OVERDUE_AFTER_3,
    OVERDUE_AFTER_5,
    PAID,
    PAST_DUE,
    POSTED,
    WATCHES_PROMISES,
    WRITTEN_OFF,
    Desk,
    put,
)
from benchmarks.hand_written.firings import put_firings
from benchmarks.hand_written.ledger import Ledger
from benchmarks.hand_written.policy import HOLD_AFTER_DAYS, LATE_FOR_C, PROMISE_DAYS, TRIGGER_DAYS
from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import lean_kernel
from simulations.ledger_snapshot.columns import Column

PAYMENT: Final = 0
WRITE_OFF: Final = 2


class Invoices(NamedTuple):
    """What became of every invoice: where it `exists` its due date, by how much its entries moved, its prepayment."""

    exists: Column
    due: Column
    moved: Column
    prepaid: Column
    prepaid_on: Column


@lean_kernel
def bring(at: int, number: int, due: int, desk: Desk, ledger: Ledger) -> None:
    """Let an invoice fall due on a day, with nothing prepaid of it; `number` is its place among its customer's.

    Its amount is part of the exposure from the order on: here it leaves it again, as it is paid.
    """
    cleared = _post(at, due, desk, ledger)
    if desk.state[WATCHES_PROMISES]:
        _promise(at, due, desk, ledger)
    if cleared <= due + 1:
        return
    known = ledger.known_from[at] + 1
    amount = ledger.amount[at]
    _owe(PAST_DUE, max(due + 1, known), cleared, amount, desk)
    disputed, settled = _disputed(at, due, ledger)
    if disputed >= cleared or settled <= known:
        disputed, settled = cleared, cleared
    _be_late(max(known, due), disputed, due, amount, desk)
    if settled < cleared:
        _be_late(max(settled, due), cleared, due, amount, desk)
    put_firings(number, known, due, cleared, disputed, settled, desk)
    if cleared > due + LATE_FOR_C + 1:
        late = desk.late[desk.state[LATE]]
        desk.state[LATE] += 1
        late[0], late[1], late[2], late[3] = max(known, due + LATE_FOR_C + 1), cleared, disputed, settled


@lean_kernel
def _post(at: int, due: int, desk: Desk, ledger: Ledger) -> int:
    # Returns the morning on which nothing of the invoice is open any more.
    state, moved, issued = desk.state, due - ledger.due[at], ledger.issued[at]
    left, count = ledger.amount[at], 0
    for place in range(ledger.posted_begins[at], ledger.posted_begins[at + 1]):
        on = max(ledger.posted_on[place] + moved, issued)
        morning = max(on + ledger.posted_known[place] - ledger.posted_on[place], ledger.known_from[at]) + 1
        part, kind = ledger.written[place], ledger.kind[place]
        left -= part
        put(desk, morning, EXPOSURE, -part)
        slot = count
        while slot > 0 and desk.posted_morning[slot - 1] > morning:
            _copy_posted(slot - 1, slot, desk)
            slot -= 1
        desk.posted_on[slot], desk.posted_morning[slot] = on, morning
        desk.posted_kind[slot], desk.posted_part[slot] = kind, part
        count += 1
        if kind == PAYMENT:
            paid = desk.paid[state[PAID]]
            state[PAID] += 1
            paid[0], paid[1], paid[2], paid[3] = on, morning, on - due, part
        elif kind == WRITE_OFF:
            gone = desk.written_off[state[WRITTEN_OFF]]
            state[WRITTEN_OFF] += 1
            gone[0], gone[1], gone[2] = on, morning, part
    state[POSTED] = count
    return desk.posted_morning[count - 1] if left == 0 else NEVER


@lean_kernel
def _copy_posted(source: int, target: int, desk: Desk) -> None:
    desk.posted_on[target] = desk.posted_on[source]
    desk.posted_morning[target] = desk.posted_morning[source]
    desk.posted_kind[target] = desk.posted_kind[source]
    desk.posted_part[target] = desk.posted_part[source]


@lean_kernel
def _owe(column: int, begins: int, ends: int, amount: int, desk: Desk) -> None:
    # What is open of the invoice counts in a column from one day up to another.
    owed, place = amount, 0
    while place < desk.state[POSTED] and desk.posted_morning[place] <= begins:
        owed -= desk.posted_part[place]
        place += 1
    put(desk, begins, column, owed)
    while place < desk.state[POSTED] and desk.posted_morning[place] < ends:
        put(desk, desk.posted_morning[place], column, -desk.posted_part[place])
        owed -= desk.posted_part[place]
        place += 1
    put(desk, ends, column, -owed)


@lean_kernel
def _be_late(begins: int, ends: int, due: int, amount: int, desk: Desk) -> None:
    # The invoice is open and in no dispute from one day up to another.
    if max(begins, due + 1) < ends:
        _owe(OVERDUE_AFTER_0, max(begins, due + 1), ends, amount, desk)
    if max(begins, due + 4) < ends:
        _owe(OVERDUE_AFTER_3, max(begins, due + 4), ends, amount, desk)
    if max(begins, due + 6) < ends:
        _owe(OVERDUE_AFTER_5, max(begins, due + 6), ends, amount, desk)
    if max(begins, due + TRIGGER_DAYS) < ends:
        put(desk, max(begins, due + TRIGGER_DAYS), COUNTS, ONE_AGED)
        put(desk, ends, COUNTS, -ONE_AGED)
    if max(begins, due + HOLD_AFTER_DAYS + 1) < ends:
        put(desk, max(begins, due + HOLD_AFTER_DAYS + 1), COUNTS, ONE_HELD)
        put(desk, ends, COUNTS, -ONE_HELD)


@lean_kernel
def _disputed(at: int, due: int, ledger: Ledger) -> tuple[int, int]:
    # The mornings on which the invoice comes to be disputed, and no longer is.
    place = ledger.dispute_begins[at]
    if place == ledger.dispute_begins[at + 1]:
        return NEVER, NEVER
    moved, issued = due - ledger.due[at], ledger.issued[at]
    opened = max(ledger.opened[place] + moved, issued)
    known = max(opened + ledger.dispute_known[place] - ledger.opened[place], ledger.known_from[at])
    closed = ledger.closed[place]
    if closed != NEVER:
        closed = max(closed + moved, issued)
    if closed <= known:
        return NEVER, NEVER
    return known + 1, closed + 1


@lean_kernel
def _promise(at: int, due: int, desk: Desk, ledger: Ledger) -> None:
    moved, issued, amount = due - ledger.due[at], ledger.issued[at], ledger.amount[at]
    for place in range(ledger.promise_begins[at], ledger.promise_begins[at + 1]):
        made = max(ledger.made[place] + moved, issued)
        promised = max(ledger.promised[place] + moved, issued)
        known = max(made + ledger.promise_known[place] - ledger.made[place], ledger.known_from[at]) + 1
        asked = ledger.promise_amount[place] if ledger.promise_amount[place] >= 0 else amount
        begins, ends = max(promised + 1, known), made + PROMISE_DAYS + 1
        before, received = 0, 0
        for posted in range(desk.state[POSTED]):
            if desk.posted_on[posted] < made:
                before += desk.posted_part[posted]
            elif desk.posted_on[posted] <= promised and desk.posted_kind[posted] != WRITE_OFF:
                received += desk.posted_part[posted]
            if received >= asked or received >= amount - before:
                ends = min(ends, desk.posted_morning[posted])
                break
        if begins < ends:
            put(desk, begins, COUNTS, ONE_BROKEN)
            put(desk, ends, COUNTS, -ONE_BROKEN)
