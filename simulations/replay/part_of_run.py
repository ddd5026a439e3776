"""A part of a run: a range of customers as a snapshot of its own, and where what is told of them stands."""

from dataclasses import dataclass

from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.partitions import CustomerRange, view_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.fact_rows import read_only
from simulations.replay.history import History
from simulations.replay.mornings import FIRED_FOR, FIRED_UPON
from simulations.replay.plan import Plan
from simulations.replay.rooms import first_days, history_of
from simulations.replay.running import TOLD_CUSTOMER, Agenda, Told


@dataclass(frozen=True, slots=True)
class PartOfRun:
    """What a kernel is handed of a part: it numbers the part's customers, invoices and versions from 0."""

    snapshot: Snapshot
    agenda: Agenda
    plan: Plan
    history: History
    told: Told
    first_customer: int
    first_invoice: int

    def name_customers(self) -> None:
        """Say of what is told of the part's orders which customers of the whole they are of, once all is told."""
        self.told.orders[:, TOLD_CUSTOMER] += self.first_customer

    def named(self, firings: Column) -> Column:
        """Return the firings of a part with the numbers that customers and invoices have in the whole."""
        firings[:, FIRED_FOR] += self.first_customer
        firings[firings[:, FIRED_UPON] >= 0, FIRED_UPON] += self.first_invoice
        return firings


def part_of_run(snapshot: Snapshot, customers: CustomerRange, plan: Plan, told_begins: Column, told: Told) -> PartOfRun:
    """Return the part of those customers; what is told of them stands in the arrays of the whole."""
    part = snapshot if customers == (0, snapshot.customers) else view_of(snapshot, customers)
    versions = slice(*(int(snapshot.versions.begins[edge]) for edge in customers))
    invoices = slice(*(int(snapshot.invoices.begins[edge]) for edge in customers))
    orders = slice(*(int(told_begins[edge]) for edge in customers))
    own = told_begins[customers.first : customers.end + 1]
    return PartOfRun(
        part,
        Agenda(first_days(part), read_only(own - own[0])),
        plan._replace(attributes=plan.attributes[versions]),
        history_of(part),
        Told(told.orders[orders], told.invoices[invoices], told.customers[slice(*customers)]),
        customers.first,
        invoices.start,
    )
