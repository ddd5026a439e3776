"""How a run stood when it decided one order, of the customer and of the others of its group whose facts count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by
from simulations.columnar.program import Compiled
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.group_reading import NOTHING, asked_of_group, reads_groups
from simulations.replay.ladder_steps import OUTPUTS
from simulations.replay.options import Options
from simulations.replay.plan import plan_of
from simulations.replay.rerun import CustomerRerun, Rerun, UnitRerun, column

_MEASURED: Final = (FactSource.LEDGER, FactSource.BUILT_IN, FactSource.CUSTOMER)
#: The order of a customer none of whose orders is decided at the moment.
NO_ORDER: Final = -1


@dataclass(frozen=True, slots=True)
class Moment:
    """One order of a run as it was decided on `day`; `order` counts the customer's orders in the snapshot.

    `values` are all values when it had been decided, by name; `standing` what was in force; `facts` those of them that
    were measured. `invoices` has a row for each of the customer's: exists, waited, due, moved, prepaid,
    prepaid on. By order: `let_through`, the day it `went_ahead`, and what of it was `prepaid` in its own currency; the
    order itself may have gone ahead. Where facts of groups decided, `others` are the moments of the others of the
    customer's group, of whom no order was decided and no fact is told.
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
    others: Sequence["Moment"] = ()


class Moments:
    """The moments of one run; one at a time, as they share the desks.

    Numbers of `rows` and `reasons` are those that a trace of the run has.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        policy: Policy,
        options: Options,
        parameters: Mapping[str, int] | None = None,
        program: Compiled | None = None,
    ) -> None:
        self._snapshot = snapshot
        # Whoever looks at a moment wants to know all that its decision reads.
        planned = plan_of(snapshot, policy, options, parameters, program, unread=frozenset())
        self.rows, self.reasons = planned.compiled.rows, planned.compiled.reasons
        self._slots = planned.compiled.slots
        rerun = UnitRerun if reads_groups(policy) else CustomerRerun
        most_orders = int(np.diff(self._orders_begin()).max(initial=0))
        self._run: Rerun = rerun(snapshot, planned, options, most_orders)
        read = facts_read_by(policy, DecisionType.ORDER)
        self._reads_others = asked_of_group(read, policy) != NOTHING
        self._read = [one.name for one in read if one.source in _MEASURED]

    def at(self, entry: int) -> Moment:
        """Return the moment of an order of the window: the one at that place of the snapshot's orders."""
        customer, day, last = self._run_to(entry)
        others = self._run.group(customer, day) if self._reads_others else ()
        values = self._values(customer)
        order = int(self._run.history.in_order[last])
        return self._moment(customer, day, order, values, [self._moment(one, day, NO_ORDER, {}) for one in others])

    def values_at(self, entry: int) -> Mapping[str, int]:
        """Return the values of that moment, and nothing else of it."""
        return self._values(self._run_to(entry)[0])

    def turn(self, entry: int) -> int:
        """Return the place of an order among all orders, by customer, then in the order in which they are decided."""
        customer = self._customer_of(entry)
        first, last = self._orders_begin()[customer : customer + 2].tolist()
        found = np.flatnonzero(self._run.history.in_order[first:last] == entry - first)
        return int(first) + int(found[0])

    def _run_to(self, entry: int) -> tuple[int, int, int]:
        customer, day = self._customer_of(entry), int(self._order_dates()[entry])
        last = self.turn(entry)
        self._run.run(customer, day, last)
        return customer, day, last

    def _values(self, customer: int) -> Mapping[str, int]:
        said = self._run.desk(customer).values.tolist()
        return {name: said[slot] for name, slot in self._slots.items()}

    def _customer_of(self, entry: int) -> int:
        return int(np.searchsorted(self._orders_begin(), entry, side="right")) - 1

    def _order_dates(self) -> Column:
        snapshot = self._snapshot
        return snapshot.orders.date if snapshot.has_orders_file else snapshot.invoices.ordered

    def _moment(
        self, customer: int, day: int, order: int, values: Mapping[str, int], others: Sequence[Moment] = ()
    ) -> Moment:
        desk, invoices = self._run.desk(customer), self._snapshot.invoices.begins
        orders = int(np.diff(self._orders_begin()[customer : customer + 2])[0])
        return Moment(
            customer=customer,
            order=order,
            day=day,
            values=values,
            standing=dict(zip(OUTPUTS, desk.in_force.tolist(), strict=True)),
            facts={name: values[name] for name in self._read if name in values},
            invoices=self._run.invoices[invoices[customer] : invoices[customer + 1]].copy(),
            let_through=column(desk.books.orders, "let_through")[:orders].copy(),
            went_ahead=column(desk.books.orders, "went_ahead")[:orders].copy(),
            prepaid=column(desk.books.orders, "prepaid")[:orders].copy(),
            others=others,
        )

    def _orders_begin(self) -> Column:
        snapshot = self._snapshot
        return snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
