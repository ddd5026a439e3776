"""What a thread works with while it replays one customer after the other."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from policy_service.domain.values import UNKNOWN
from simulations.columnar.addresses import no_address
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.asked_facts import STANDS, TRIGGERS
from simulations.replay.balances import LENGTH
from simulations.replay.books import Books
from simulations.replay.calendar import Calendar
from simulations.replay.ladder_steps import OUTPUTS
from simulations.replay.noting import Noted, nothing_noted
from simulations.replay.options import Options
from simulations.replay.plan import Planned
from simulations.replay.rooms import Needs, desk_for, needs_of
from simulations.replay.tally import empty_tally
from simulations.replay.watches import WATCHED

# The places of `Desk.state`.
HAD_REVIEW: Final = 0
NEXT_REVIEW: Final = 1
WAITS_FOR_ORDER: Final = 2
REFERRED_ON: Final = 3
LIMIT_UNTIL: Final = 4
LAST_ORDER_DAY: Final = 5
EFFECTS: Final = 6
WAITING: Final = 7
TOLD: Final = 8
REVIEWS: Final = 9
GRADE: Final = 10
VERSION: Final = 11
#: The next morning on which the ladders look, if nothing happens before.
LOOK_ON: Final = 12
#: The first day on which what was worked out to be in force counts no longer.
IN_FORCE_UNTIL: Final = 13
#: How many invoices had been closed when cases were last looked at; -1 where a case has to be looked at anyhow.
CLOSED_SEEN: Final = 14
#: How often what is in force was worked out anew.
TIMES_IN_FORCE: Final = 15
#: How many customers its group has that day, itself included, where facts of groups are read; else 0.
CIRCLE: Final = 16
_STATE: Final = 17

#: A small number of each step and invoice: there are many, all cleared for each customer.
Marks: TypeAlias = npt.NDArray[np.uint8]

# What is known of a step and an invoice.
TAKEN: Final = 1
FIRED: Final = 2


class Desk(NamedTuple):
    """Books and calendar of the customer under way, its state, and working space.

    `said` is what the last review said, `in_force` the standing with effects. `effects` are the values of each step
    in force (`effect_order`: the steps in the order in which they began). `marks` say by step and invoice what was
    taken and what fired; `is_case` by ladder and invoice what belongs to the open case, `case_is_open` by ladder.
    `was_true` and `is_true` are those of the triggers. `waiting` are orders to be checked again, `places` where
    what is told of each order stands. `undisputed` and `chosen` are working space of a morning: open invoices, and
    the level of each ladder that fires for each. `watched` are the numbers that conditions (TRIGGERS to STANDS)
    were last asked upon, `stands` says which ladders do, `level_days` how many days past due each level falls.
    `of_group` are the balances of the customer's group,
    `neighbour` is the address of the desk of the next customer of it: in the end one comes back to where one began.
    `noted` is where decisions are written down, if they are.
    """

    books: Books
    calendar: Calendar
    values: Column
    before: Column
    hits: Column
    scratch: Column
    tally: Column
    months: Column
    balances: Column
    state: Column
    said: Column
    in_force: Column
    effects: Column
    effect_order: Column
    effect_is_on: Column
    marks: Marks
    is_case: Marks
    case_is_open: Column
    was_true: Column
    is_true: Column
    waiting: Column
    undisputed: Column
    chosen: Column
    watched: Column
    stands: Column
    level_days: Column
    places: Column
    of_group: Column
    neighbour: Column
    noted: Noted


def needs_of_plan(snapshot: Snapshot, planned: Planned, options: Options) -> Needs:
    """Return what the desks of a replay need."""
    return needs_of(snapshot, options.begins - 1, options.ends, len(planned.climb.steps))


def desk_of(planned: Planned, needs: Needs, noted: Noted | None = None) -> Desk:
    """Return a desk; decisions are written down in `noted`."""
    books, calendar = desk_for(needs)
    tally, months = empty_tally()
    invoices, orders = needs.room.invoices, needs.room.orders

    def column(*shape: int) -> Column:
        return np.zeros(tuple(max(length, 1) for length in shape), dtype=np.int64)

    def marks(rows: int, length: int) -> Marks:
        return np.zeros((max(rows, 1), max(length, 1)), dtype=np.uint8)

    return Desk(
        books,
        calendar,
        planned.compiled.vector(),
        np.full(planned.compiled.width, UNKNOWN, dtype=np.int64),
        planned.compiled.room_for_hits(),
        planned.compiled.scratch(),
        tally,
        months,
        column(LENGTH),
        column(_STATE),
        column(len(OUTPUTS)),
        column(len(OUTPUTS)),
        column(len(planned.climb.steps), len(OUTPUTS)),
        column(len(planned.climb.steps)),
        column(len(planned.climb.steps)),
        marks(len(planned.climb.steps), invoices),
        marks(planned.climb.ladders, invoices),
        column(planned.climb.ladders),
        column(len(planned.climb.steps)),
        column(len(planned.climb.steps)),
        column(orders),
        column(invoices),
        column(invoices, planned.climb.ladders),
        column(STANDS - TRIGGERS + 1, WATCHED),
        column(planned.climb.ladders),
        column(len(planned.climb.steps)),
        column(orders),
        column(LENGTH),
        no_address(),
        noted if noted is not None else nothing_noted(),
    )


def desk_beside(desk: Desk, planned: Planned, needs: Needs) -> Desk:
    """Return a desk for another customer of the same group; it shares what nobody needs for longer than one step."""
    return desk_of(planned, needs)._replace(
        values=desk.values,
        before=desk.before,
        hits=desk.hits,
        scratch=desk.scratch,
        tally=desk.tally,
        months=desk.months,
        balances=desk.balances,
        is_true=desk.is_true,
        undisputed=desk.undisputed,
        chosen=desk.chosen,
        of_group=desk.of_group,
    )
