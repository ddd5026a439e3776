"""What is posted upon a customer's invoices in a run, applied and added up.

A prepayment lowers its invoice first; then the recorded entries apply by their date in the run, kind and id, each at
most what is open. Parts are found in the invoice's currency and converted one by one; what clears the invoice takes
the remainder, so that the parts add up to its amount in base currency (as `policy_service.facts.application`). Of a
recorded entry the part that the prepayment displaced is not in the run, while its surplus stays.
"""

from simulations.accounting.calendar import Calendar
from simulations.accounting.conversion import in_base
from simulations.accounting.kernel_input import PAST_DUE, Added, Own, Recorded, Run
from simulations.accounting.places import (
    AGES,
    COLLECTED,
    DAYS_LATE,
    LIMB,
    PAID,
    PAID_ON_TIME,
    WRITTEN_OFF,
    Places,
)
from simulations.columnar.compiled_functions import lean_kernel
from simulations.ledger_snapshot.columns import Column

_PREPAYMENT, _PAYMENT, _WRITE_OFF = -1, 0, 2
_LOW = 2**LIMB - 1
_MORE_THAN_RANKS = 2**40


@lean_kernel
def add_invoices(  # noqa: C901, PLR0912, PLR0915 - one loop over what all of it reads
    customer: int,
    recorded: Recorded,
    run: Run,
    calendar: Calendar,
    places: Places,
    own: Own,
    added: Added,
) -> None:
    """Add up the invoices that exist in the run, with all that is posted upon them before the window's end."""
    begins, ends, month_of = calendar.begins, calendar.ends, calendar.month_of
    earliest, window_month, before_window = calendar.earliest, calendar.window_month, places.daily
    posting_begins, dates, kinds = recorded.posting_begins, recorded.posting_date, recorded.posting_kind
    posted, ranks, rates = recorded.posting_written, recorded.posting_rank, recorded.rate
    exists, waits, dues, moves = run.exists, run.waited, run.due, run.moved
    issue_dates, amounts, written = recorded.issued, recorded.amount, recorded.written
    numerators, denominators = recorded.numerator, recorded.denominator
    prepaids, prepaid_days = run.prepaid, run.prepaid_on
    sums, timeline = own.sums, added.timeline
    for invoice in range(recorded.begins[customer], recorded.begins[customer + 1]):
        if exists[invoice] == 0:
            continue
        issued, due, moved = issue_dates[invoice] + waits[invoice], dues[invoice], moves[invoice]
        numerator, denominator = 0, 1
        if rates[invoice] >= 0:
            numerator, denominator = numerators[rates[invoice]], denominators[rates[invoice]]
        is_owed = issued < ends
        left = left_without = written[invoice]
        whole = still_open = amounts[invoice]
        parts = 0
        if is_owed:
            place = before_window + max(issued - begins + 1, 0)
            sums[place] += whole
            mark(place, own)
            late = max(issued, due)
            if late < ends:
                month = month_of[late - earliest] - window_month if late >= begins else 0
                timeline[month, PAST_DUE] += whole
        first, end = posting_begins[invoice], posting_begins[invoice + 1]
        held = held_end = end
        if moved < waits[invoice]:
            held, held_end = held_at_issue(first, end, dates, issue_dates[invoice], moved, issued)
        key = -1
        step = first if prepaids[invoice] == 0 else first - 1
        while step < end:
            if step < first:
                kind, amount, day = _PREPAYMENT, prepaids[invoice], prepaid_days[invoice]
            else:
                entry = step
                if held <= step < held_end:
                    entry = next_held(held, held_end, key, kinds, ranks)
                    key = kinds[entry] * _MORE_THAN_RANKS + ranks[entry]
                kind, amount, day = kinds[entry], posted[entry], dates[entry]
                # A deposit moves with its invoice alone.
                day = max(day + moved, issued) if day >= issue_dates[invoice] else day + waits[invoice]
            step += 1
            if day >= ends:
                break
            part = min(amount, left)
            left -= part
            parts += in_base(part, numerator, denominator)
            before, still_open = still_open, 0
            if left > 0:
                still_open = max(whole - parts, 0)
            applied = before - still_open
            if is_owed:
                counts_from = max(day, issued)
                place = before_window + max(counts_from - begins + 1, 0)
                sums[place] -= applied
                mark(place, own)
                late = max(counts_from, due)
                if late < ends:
                    month = month_of[late - earliest] - window_month if late >= begins else 0
                    timeline[month, PAST_DUE] -= applied
            surplus = 0
            if kind != _PREPAYMENT:
                surplus = amount - min(amount, left_without)
                left_without -= amount - surplus
            if day < begins:
                continue
            if kind == _WRITE_OFF:
                sums[WRITTEN_OFF] += applied
            elif kind <= _PAYMENT:
                sums[COLLECTED] += applied + in_base(surplus, numerator, denominator)
                if kind == _PAYMENT and day >= issued:
                    days_late = day - due
                    sums[PAID] += applied
                    if days_late <= 0:
                        sums[PAID_ON_TIME] += applied
                    # The product may need 128 bits: it is kept in two limbs.
                    low = sums[DAYS_LATE] + (applied & _LOW) * days_late
                    sums[DAYS_LATE] = low & _LOW
                    sums[DAYS_LATE + 1] += (applied >> LIMB) * days_late + (low >> LIMB)
        if is_owed:
            days_past_due = ends - due
            bucket = 0 if days_past_due <= 0 else min((days_past_due - 1) // 30, 3) + 1
            sums[AGES + bucket] += still_open


@lean_kernel
def mark(place: int, own: Own) -> None:
    """Write down that a sum from `daily` on may have changed."""
    marks, marked = own.marks, own.marked
    # Written whether it is marked already or not: that is as good as random, and the processor would guess wrong.
    marked[marked[0] + 1] = place
    marked[0] += 1 - marks[place]
    marks[place] = 1


@lean_kernel
def held_at_issue(first: int, end: int, dates: Column, recorded: int, moved: int, issued: int) -> tuple[int, int]:
    """Return from where up to where entries fall on the issue date of the run, as they would have moved before it.

    They stand in their recorded order, and may have to be put into another.
    """
    held = first
    while held < end and dates[held] < recorded:
        held += 1
    stop = held
    while stop < end and dates[stop] + moved <= issued:
        stop += 1
    return held, stop


@lean_kernel
def next_held(first: int, end: int, after: int, kinds: Column, ranks: Column) -> int:
    """Return the place of the next entry after that key, by kind, then id."""
    found, least = first, 2**62
    for entry in range(first, end):
        key = kinds[entry] * _MORE_THAN_RANKS + ranks[entry]
        if after < key < least:
            found, least = entry, key
    return found
