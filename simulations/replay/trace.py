"""What a replay did: every order's outcome, what became of invoices, reviews, and firings of ladders and triggers.

Everything that is reported is worked out of a trace and the snapshot it was made of, whichever executor made it.
Columns are int64; days as numbers; what does not apply is -1, of days -NEVER.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from policy_service.domain.outcomes import Outcome
from simulations.ledger_snapshot.columns import Column

#: Outcomes by their number in a trace.
OUTCOMES: Final = (Outcome.APPROVE, Outcome.PREPAY, Outcome.HOLD, Outcome.REFER, Outcome.DECLINE)


class DecidedOrders(NamedTuple):
    """Orders dated in the window, by customer, then in the order in which they were decided.

    `entry` is the place of the order: in the snapshot's `orders` where it has an orders file, else in its `invoices`.
    `outcome` is the first one (a place in OUTCOMES), `reason` the first ranked reason of an order not approved (a
    place in `Trace.reasons`), `hit` the first row that was hit (a place in `Trace.rows`). `went_ahead` is the day on
    which the order went ahead, -NEVER if it never did.
    """

    entry: Column
    customer: Column
    day: Column
    outcome: Column
    reason: Column
    hit: Column
    went_ahead: Column


class ReplayedInvoices(NamedTuple):
    """Every invoice of the snapshot, in its order, as it is in the run.

    `exists` is 0 for one whose order did not go ahead or is dated at or after the window's end. `waited` are the days
    by which all dates of a released one moved. `due` is its due date in the run. `moved` are the days by which its
    payments, adjustments, disputes and promises from the issue date on moved (waiting and term together, as the
    payment behaviour says), none of them before the issue date of the run. `prepaid` is what was prepaid of it, in
    its own currency, on the day `prepaid_on`.
    """

    exists: Column
    waited: Column
    due: Column
    moved: Column
    prepaid: Column
    prepaid_on: Column


class Firings(NamedTuple):
    """Levels and triggers that fired in the window, by customer, then day, in the order of firing.

    `level` is a place in `Trace.levels`; `invoice` a place in the snapshot's invoices, -1 of a trigger. `opens` is 1
    where the firing opened a case.
    """

    customer: Column
    day: Column
    level: Column
    invoice: Column
    opens: Column


class Reviewed(NamedTuple):
    """By customer: how many reviews counted, and the grade (a place in `Trace.grades`, -1 none) after the last."""

    reviews: Column
    grade: Column


@dataclass(frozen=True, slots=True)
class Trace:
    """What a replay did, and the words that its numbers stand for.

    `rows` are pairs of rule set and row id, `levels` are `ladder.level`, `owners` the owner role of each level (empty:
    none), `grades` the texts of grades.
    """

    orders: DecidedOrders
    invoices: ReplayedInvoices
    firings: Firings
    reviewed: Reviewed
    reasons: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    levels: tuple[str, ...]
    owners: tuple[str, ...]
    grades: tuple[str, ...]
