"""Reviews: twenty points make a grade, and the grade a limit and a term."""

from benchmarks.hand_written.desk import (
    GRADE,
    LATE,
    NEXT_REVIEW,
    PAID,
    REVIEWS,
    STANDING,
    WRITTEN_OFF,
    Desk,
)
from benchmarks.hand_written.ledger import Ledger
from benchmarks.hand_written.policy import (
    ENOUGH_FOR_A,
    ENOUGH_FOR_B,
    ENOUGH_FOR_C,
    MATERIALITY,
    POINTS_OF_UNKNOWN,
    REVIEW_DAYS,
    ROW_OF_D,
    ROW_OF_LATE_C,
    A,
    B,
    C,
    D,
)
from simulations.columnar.compiled_functions import lean_kernel


@lean_kernel
def review(day: int, customer: int, desk: Desk, ledger: Ledger) -> None:
    """Review a customer as of the start of a day."""
    grade = _grade(day, customer, desk, ledger)
    state = desk.state
    state[GRADE] = grade
    if grade == D:
        state[STANDING] = ROW_OF_D
    else:
        state[STANDING] = ROW_OF_LATE_C if grade == C and _is_late(day, desk) else grade
    state[NEXT_REVIEW] = day + REVIEW_DAYS
    state[REVIEWS] += 1


@lean_kernel
def _grade(day: int, customer: int, desk: Desk, ledger: Ledger) -> int:
    if _has_notice(day, customer, ledger) or _written_off(day, desk) > MATERIALITY:
        return D
    points = POINTS_OF_UNKNOWN + _points_of_payments(day, desk)
    if points >= ENOUGH_FOR_A:
        return A
    if points >= ENOUGH_FOR_B:
        return B
    return C if points >= ENOUGH_FOR_C else D


@lean_kernel
def _points_of_payments(day: int, desk: Desk) -> int:
    paid, late, on_time = 0, 0, 0
    for place in range(desk.state[PAID]):
        payment = desk.paid[place]
        if day - 365 <= payment[0] and payment[1] <= day:
            paid += payment[3]
            late += payment[2] * payment[3]
            on_time += payment[3] if payment[2] <= 0 else 0
    if paid == 0:
        return 0
    return _points_of_days(late, paid) + _points_of_share(on_time, paid)


@lean_kernel
def _points_of_days(late: int, paid: int) -> int:
    # The mean is rounded to millionths, half away from zero, before it is compared.
    if 2_000_000 * late < paid:
        return 5
    if 2_000_000 * (late - 30 * paid) < paid:
        return 4
    return 2 if 2_000_000 * (late - 60 * paid) < paid else 0


@lean_kernel
def _points_of_share(on_time: int, paid: int) -> int:
    if 2_000_000 * on_time >= 1_799_999 * paid:
        return 5
    if 2_000_000 * on_time >= 1_199_999 * paid:
        return 3
    return 1 if 2_000_000 * on_time >= 599_999 * paid else 0


@lean_kernel
def _written_off(day: int, desk: Desk) -> int:
    total = 0
    for place in range(desk.state[WRITTEN_OFF]):
        gone = desk.written_off[place]
        if day - 730 <= gone[0] and gone[1] <= day:
            total += gone[2]
    return total


@lean_kernel
def _has_notice(day: int, customer: int, ledger: Ledger) -> bool:
    for place in range(ledger.event_begins[customer], ledger.event_begins[customer + 1]):
        is_recent = day - 365 <= ledger.event_on[place] and ledger.event_known[place] < day
        if is_recent and ledger.event_kind[place] == ledger.notice:
            return True
    return False


@lean_kernel
def _is_late(day: int, desk: Desk) -> bool:
    # Whether an open invoice in no dispute is more than 30 days past due.
    for place in range(desk.state[LATE]):
        late = desk.late[place]
        if late[0] <= day < late[1] and not late[2] <= day < late[3]:
            return True
    return False
