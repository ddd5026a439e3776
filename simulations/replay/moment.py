"""How a run stood when it decided one order: the run once more, of that customer alone, up to that order.

The run ends with the order, so that what the kernel worked with is still on its desk.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.desk import desk_of, needs_of_plan
from simulations.replay.fact_rows import read_only
from simulations.replay.history import History
from simulations.replay.ladder_steps import OUTPUTS
from simulations.replay.options import Options
from simulations.replay.plan import ENDS, plan_of
from simulations.replay.rooms import first_days, history_of
from simulations.replay.running import Agenda, Told, run_customers
from simulations.replay.trace import Trace

_OF_ORDER: Final = 7
_OF_INVOICE: Final = 6
_MEASURED: Final = (FactSource.LEDGER, FactSource.BUILT_IN, FactSource.CUSTOMER)


@dataclass(frozen=True, slots=True)
class Moment:
    """One order of a run as it was decided on `day`; `order` counts the customer's orders in the snapshot.

    `values` are all values when it had been decided, by name; `standing` what was in force; `facts` those of them that
    were measured. `invoices` has a row for each of the customer's: exists, waited, due, moved, prepaid,
    prepaid on. By order: `let_through`, the day it `went_ahead`, and what of it was `prepaid` in its own currency; the
    order itself may have gone ahead.
    """

    customer: int
    order: int
    day: int
    values: Mapping[str, int]
    standing: Mapping[str, int]
    facts: Mapping[str, int]
    invoices: Column
    let_through: Column
    went_ahead: Column
    prepaid: Column


class Moments:
    """The moments of one run; one at a time, as they share the desk."""

    def __init__(
        self,
        snapshot: Snapshot,
        policy: Policy,
        options: Options,
        trace: Trace,
        parameters: Mapping[str, int] | None = None,
    ) -> None:
        self._snapshot, self._options, self._trace = snapshot, options, trace
        self._planned = plan_of(snapshot, policy, options, parameters)
        self._desk = desk_of(self._planned, needs_of_plan(snapshot, self._planned, options))
        self._history = _own_ends(history_of(snapshot))
        self._ends = _column(self._history.begins, "asked")
        self._read = [one.name for one in facts_read_by(policy, DecisionType.ORDER) if one.source in _MEASURED]
        most = int(np.bincount(trace.orders.customer, minlength=1).max())
        self._told = Told(
            np.zeros((most, _OF_ORDER), dtype=np.int64),
            np.zeros((len(snapshot.invoices.issued), _OF_INVOICE), dtype=np.int64),
            np.zeros((snapshot.customers, 2), dtype=np.int64),
        )
        self._agenda = Agenda(first_days(snapshot), read_only(np.zeros(snapshot.customers + 1, dtype=np.int64)))

    def at(self, place: int) -> Moment:
        """Return the moment of the order at that place among the orders of the run's trace."""
        orders = self._trace.orders
        customer, day = int(orders.customer[place]), int(orders.day[place])
        last = self._place_in_order(customer, place)
        self._run(customer, day, last)
        return self._moment(customer, day, int(self._history.in_order[last]))

    def _place_in_order(self, customer: int, place: int) -> int:
        # Orders before the window went ahead as recorded; those of the window stand in the trace as they were decided.
        snapshot = self._snapshot
        dates = snapshot.orders.date if snapshot.has_orders_file else snapshot.invoices.ordered
        first, last = self._ends[customer : customer + 2].tolist()
        before = int(np.count_nonzero(dates[first:last] < self._options.begins))
        decided = int(np.searchsorted(self._trace.orders.customer, customer))
        return int(first) + before + place - decided

    def _run(self, customer: int, day: int, last: int) -> None:
        plan = self._planned.plan
        numbers = plan.numbers.copy()
        numbers[ENDS] = day + 1
        plan = plan._replace(numbers=read_only(numbers))
        end = int(self._ends[customer + 1])
        self._ends[customer + 1] = last + 1
        run_customers(customer, customer + 1, self._agenda, plan, self._desk, self._history, self._told)
        self._ends[customer + 1] = end

    def _moment(self, customer: int, day: int, order: int) -> Moment:
        desk, invoices = self._desk, self._snapshot.invoices.begins
        values = {name: int(desk.values[slot]) for name, slot in self._planned.compiled.slots.items()}
        orders = self._orders_of(customer)
        return Moment(
            customer=customer,
            order=order,
            day=day,
            values=values,
            standing=dict(zip(OUTPUTS, desk.in_force.tolist(), strict=True)),
            facts={name: values[name] for name in self._read},
            invoices=self._told.invoices[invoices[customer] : invoices[customer + 1]].copy(),
            let_through=_column(desk.books.orders, "let_through")[:orders].copy(),
            went_ahead=_column(desk.books.orders, "went_ahead")[:orders].copy(),
            prepaid=_column(desk.books.orders, "prepaid")[:orders].copy(),
        )

    def _orders_of(self, customer: int) -> int:
        snapshot = self._snapshot
        begins = snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
        return int(begins[customer + 1] - begins[customer])


def _column(table: Any, name: str) -> Column:
    # A table is an array of records where the kernels are compiled.
    column: Column = getattr(table, name) if isinstance(table, tuple) else table[name]
    return column


def _own_ends(history: History) -> History:
    # Where a customer's orders end is written between runs.
    begins = history.begins
    is_records = not isinstance(begins, tuple)
    return history._replace(begins=copy(begins) if is_records else begins._replace(asked=begins.asked.copy()))
