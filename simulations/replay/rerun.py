"""A run once more, of one customer or of those it shares facts with, up to the decision on one order.

It ends there, so that what the kernel worked with is still on its desks.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any, Final, Protocol

import numpy as np

from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.desk import Desk, desk_of, needs_of_plan
from simulations.replay.fact_rows import read_only
from simulations.replay.group_day import run_units
from simulations.replay.history import History
from simulations.replay.members import desks_for
from simulations.replay.options import Options
from simulations.replay.plan import ENDS, Plan, Planned
from simulations.replay.rooms import first_days, history_of
from simulations.replay.running import Agenda, Told, run_customers
from simulations.replay.units import units_of

_OF_ORDER: Final = 7
_OF_INVOICE: Final = 6


class Rerun(Protocol):
    """A run once more."""

    @property
    def history(self) -> History:
        """What the kernel reads."""

    @property
    def invoices(self) -> Column:
        """What was told of invoices."""

    def run(self, customer: int, day: int, last: int) -> None:
        """Run up to an order of the customer, decided on the day: the one at place `last` in `History.in_order`."""

    def desk(self, customer: int) -> Desk:
        """Return the desk of a customer that was run."""

    def group(self, customer: int, day: int) -> Sequence[int]:
        """Return the others of its group that day who were run with it."""


class CustomerRerun:
    """A run of one customer at a time."""

    def __init__(self, snapshot: Snapshot, planned: Planned, options: Options, most_orders: int) -> None:
        self.history = _own_ends(history_of(snapshot))
        self._plan = planned.plan
        self._desk = desk_of(planned, needs_of_plan(snapshot, planned, options))
        self._ends = column(self.history.begins, "asked")
        self._told, self._agenda = _told(snapshot, most_orders), _agenda(snapshot)

    @property
    def invoices(self) -> Column:
        """What was told of invoices."""
        return self._told.invoices

    def run(self, customer: int, day: int, last: int) -> None:
        """Run up to an order of the customer."""
        plan = _until(self._plan, day)
        end = int(self._ends[customer + 1])
        self._ends[customer + 1] = last + 1
        run_customers(customer, customer + 1, self._agenda, plan, self._desk, self.history, self._told)
        self._ends[customer + 1] = end

    def desk(self, customer: int) -> Desk:  # noqa: ARG002 - there is one
        """Return the desk of the customer that was run."""
        return self._desk

    def group(self, customer: int, day: int) -> Sequence[int]:  # noqa: ARG002 - nobody else is run
        """Return nobody: no fact is read of a group."""
        return ()


class UnitRerun:
    """A run of one unit of groups at a time."""

    def __init__(self, snapshot: Snapshot, planned: Planned, options: Options, most_orders: int) -> None:
        self.history = history_of(snapshot)
        self._plan, self._groups = planned.plan, snapshot.groups
        self._desks = desks_for(snapshot, planned, options)
        self._units = units_of(snapshot)
        self._told, self._agenda = _told(snapshot, most_orders), _agenda(snapshot)
        self._begins = column(self.history.begins, "asked")
        self._unit_of = np.zeros(snapshot.customers, dtype=np.int64)
        self._unit_of[self._units.customers] = np.repeat(
            np.arange(len(self._units.begins) - 1), np.diff(self._units.begins)
        )

    @property
    def invoices(self) -> Column:
        """What was told of invoices."""
        return self._told.invoices

    def run(self, customer: int, day: int, last: int) -> None:
        """Run up to an order of the customer."""
        units, desks, unit = self._units, self._desks, int(self._unit_of[customer])
        first, end = int(units.turn_begins[unit]), int(units.turn_ends[unit])
        own = np.flatnonzero(units.turns[first:end] == units.places[customer])
        # The orders that come after it that day are not decided; reviews see that they are asked for.
        units.turn_ends[unit] = first + own[last - int(self._begins[customer])] + 1
        plan = _until(self._plan, day)
        front, members = desks.desks[0], desks.members
        run_units(unit, unit + 1, units, members, desks.addresses, self._agenda, plan, front, self.history, self._told)
        units.turn_ends[unit] = end

    def desk(self, customer: int) -> Desk:
        """Return the desk of a customer that was run."""
        return self._desks.desks[int(self._units.desks[customer])]

    def group(self, customer: int, day: int) -> Sequence[int]:
        """Return the others of its group that day."""
        root = self._groups.root[int(np.searchsorted(self._groups.eras, day, side="right")) - 1]
        together: list[int] = np.flatnonzero(root == root[customer]).tolist()
        return [one for one in together if one != customer]


def column(table: Any, name: str) -> Column:
    """Return a column of a table, which is an array of records where the kernels are compiled."""
    found: Column = getattr(table, name) if isinstance(table, tuple) else table[name]
    return found


def _told(snapshot: Snapshot, most_orders: int) -> Told:
    return Told(
        np.zeros((most_orders, _OF_ORDER), dtype=np.int64),
        np.zeros((len(snapshot.invoices.issued), _OF_INVOICE), dtype=np.int64),
        np.zeros((snapshot.customers, 2), dtype=np.int64),
    )


def _agenda(snapshot: Snapshot) -> Agenda:
    return Agenda(first_days(snapshot), read_only(np.zeros(snapshot.customers + 1, dtype=np.int64)))


def _until(plan: Plan, day: int) -> Plan:
    numbers = plan.numbers.copy()
    numbers[ENDS] = day + 1
    return plan._replace(numbers=read_only(numbers))


def _own_ends(history: History) -> History:
    # Where a customer's orders end is written between runs.
    begins = history.begins
    is_records = not isinstance(begins, tuple)
    return history._replace(begins=copy(begins) if is_records else begins._replace(asked=begins.asked.copy()))
