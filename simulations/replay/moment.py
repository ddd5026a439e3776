"""How a run stood when it decided one order: the run once more, of that customer alone, up to that order.

The run ends with the order, so that what the kernel worked with is still on its desk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.desk import desk_of
from simulations.replay.fact_rows import read_only
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
        self._desk = desk_of(snapshot, self._planned, options.begins - 1, options.ends)
        self._history, self._first_days = history_of(snapshot), first_days(snapshot)
        self._read = [one.name for one in facts_read_by(policy, DecisionType.ORDER) if one.source in _MEASURED]
        most = int(np.bincount(trace.orders.customer, minlength=1).max())
        self._told = Told(
            np.zeros((most, _OF_ORDER), dtype=np.int64),
            np.zeros((len(snapshot.invoices.issued), _OF_INVOICE), dtype=np.int64),
            np.zeros((snapshot.customers, 2), dtype=np.int64),
        )
        self._counts = np.zeros(snapshot.customers + 1, dtype=np.int64)
        self._told_begins = read_only(np.zeros(snapshot.customers + 1, dtype=np.int64))

    def at(self, place: int) -> Moment:
        """Return the moment of the order at that place among the orders of the run's trace."""
        orders = self._trace.orders
        customer, day = int(orders.customer[place]), int(orders.day[place])
        asked = self._up_to(customer, place)
        self._run(customer, day, asked)
        return self._moment(customer, day, int(asked[-1]))

    def _up_to(self, customer: int, place: int) -> Column:
        # Orders before the window went ahead as recorded, in the order of their days.
        snapshot = self._snapshot
        table_begins = snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
        dates = snapshot.orders.date if snapshot.has_orders_file else snapshot.invoices.ordered
        first, last = int(table_begins[customer]), int(table_begins[customer + 1])
        of_customer = dates[first:last]
        before = np.flatnonzero(of_customer < self._options.begins)
        before = before[np.argsort(of_customer[before], kind="stable")]
        decided = int(np.searchsorted(self._trace.orders.customer, customer))
        return np.concatenate([before, self._trace.orders.entry[decided : place + 1] - first]).astype(np.int64)

    def _run(self, customer: int, day: int, asked: Column) -> None:
        plan = self._planned.plan
        numbers = plan.numbers.copy()
        numbers[ENDS] = day + 1
        self._counts[customer + 1] = len(asked)
        agenda = Agenda(self._first_days, _view(self._counts), read_only(asked), self._told_begins)
        run_customers(
            customer,
            customer + 1,
            agenda,
            plan._replace(numbers=read_only(numbers)),
            self._desk,
            self._history,
            self._told,
        )
        self._counts[customer + 1] = 0

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


def _view(column: Column) -> Column:
    # The kernel takes read-only columns; this one is written between its runs.
    view = column.view()
    view.flags.writeable = False
    return view
