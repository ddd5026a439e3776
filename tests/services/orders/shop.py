"""A shop that asks about orders, and the people and the ledger that decide what becomes of them.

C1 owes 1000 of a limit of 5000; C2 owes 300 of 800 and is in one group with C1; C3 owes nothing and has no limit.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role, permissions_of
from policy_service.services.actor import Actor
from policy_service.services.decisions.deciding import decide
from policy_service.services.house import House
from policy_service.services.orders.amending import amend
from policy_service.services.orders.life import booked, cancel, invoiced, take
from policy_service.services.orders.moving import OrderNow
from policy_service.services.orders.rechecking import decide_again, recheck
from policy_service.services.orders.releasing import refer, release
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.order_store import OrderStore, StoredOrder, StoredStep
from tests.services.decisions.live import asked, at, furnish, open_house, post
from tests.services.house import house_policy
from tests.storage.rows import fill

ORDER_CHECK = """
decision_table: order_check
hit_policy: rule_order
rows:
  - {id: O1, when: {stop_credit: true}, then: {outcome: hold}, reason: CREDIT_STOPPED}
  - {id: O2, when: {exposure + order_amount: "> credit_limit"}, then: {outcome: hold}, reason: OVER_LIMIT}
  - {id: O3, when: {channel: phone}, then: {outcome: refer}, reason: BY_PHONE}
  - {id: O4, when: {order_amount: "> 90000"}, then: {outcome: decline}, reason: NO_WILL}
  - {id: O5, when: {channel: web}, then: {outcome: prepay}, reason: BY_PHONE}
otherwise: {outcome: approve}
when_unknown: skip
"""
FILES = {
    "customers": "customer_id,net_worth,industry,parent_id\nC1,250000,food,\nC2,9000,steel,C1\nC3,,paper,\n",
    "standings": "customer_id,from,grade,credit_limit\nC1,2024-01-01,A,5000\nC2,2024-01-01,B,800\n",
    "invoices": """invoice_id,customer_id,issue_date,due_date,amount
I1,C1,2025-01-01,2025-01-31,1000.00
I2,C2,2025-01-02,2025-02-04,300.00
""",
}
_HEADERS = {
    "payments": "payment_id,date,amount,invoice_id",
    "rates": "date,currency,rate",
    "invoices": "invoice_id,customer_id,issue_date,due_date,amount,order_id,order_date",
}
POLICY = house_policy({"order_check": ORDER_CHECK})
TODAY = dt.date(2025, 1, 20)
ROLES = {
    "shop": Role.SYSTEM,
    "ann": Role.ANALYST,
    "ben": Role.ANALYST,
    "mia": Role.CREDIT_MANAGER,
    "fay": Role.FINANCE_HEAD,
    "sam": Role.SALES,
}

Came = TypeVar("Came")


def actor(person: str) -> Actor:
    """Return the person with all that their role may do."""
    role = ROLES[person]
    return Actor(person, f"user-{person}", frozenset({role}), permissions_of([role]))


@dataclass(slots=True)
class Shop:
    """Everything that can be done to orders, each doing in a transaction of its own, a second after the one before."""

    house: House
    seconds: int = field(default=0)
    day: dt.date = TODAY
    rows: dict[str, str] = field(default_factory=dict)

    def act(self, person: str = "shop") -> Act:
        self.seconds += 1
        return Act(person, at(self.day) + self.seconds * 1_000_000, f"request-{self.seconds}")

    def within(self, do: Callable[[Session], Came]) -> Came:
        with self.house.database.writing() as session:
            return do(session)

    def ask(
        self,
        order_id: str,
        amount: str = "100",
        customer: str = "C1",
        person: str = "shop",
        currency: str = "",
        **request: str,
    ) -> OrderNow:
        """Ask about an order, and return what became of it."""
        question = asked(customer, amount, order_id, currency=currency)
        question.request.update(request)  # type: ignore[attr-defined]  # a dictionary there
        act = self.act(person)

        def do(session: Session) -> OrderNow:
            given = decide(self.house, session, question, act)
            return take(self.house, session, given, question, actor(person), act)

        return self.within(do)

    def release(self, order_id: str, person: str = "mia", reason: str = "Paid by wire") -> OrderNow:
        act = self.act(person)
        return self.within(lambda session: release(self.house, session, order_id, reason, actor(person), act))

    def refer(self, order_id: str, role: Role = Role.FINANCE_HEAD, person: str = "ann") -> OrderNow:
        act = self.act(person)
        return self.within(lambda session: refer(self.house, session, order_id, role, "Large", actor(person), act))

    def cancel(self, order_id: str, person: str = "shop", reason: str = "Not wanted") -> OrderNow:
        act = self.act(person)
        return self.within(lambda session: cancel(self.house, session, order_id, reason, actor(person), act))

    def invoice(self, order_id: str, person: str = "shop") -> OrderNow:
        act = self.act(person)
        return self.within(lambda session: invoiced(self.house, session, order_id, actor(person), act))

    def book(self, order_id: str, person: str = "clock") -> OrderNow:
        act = self.act(person)
        return self.within(lambda session: booked(self.house, session, order_id, act))

    def amend(
        self, order_id: str, amount: str, new_id: str = "", person: str = "shop", currency: str = "", **request: str
    ) -> OrderNow:
        act, facts, new = self.act(person), {"order_amount": amount, **request}, {"new_order_id": new_id}
        return self.within(
            lambda session: amend(self.house, session, order_id, facts, actor(person), act, currency=currency, **new)
        )

    def recheck(self, order_id: str, cause: str = "payment") -> OrderNow:
        return self.within(lambda session: recheck(self.house, session, order_id, cause, self.act("clock")))

    def decide_again(self, order_id: str, person: str = "shop") -> OrderNow:
        act = self.act(person)
        return self.within(lambda session: decide_again(self.house, session, order_id, actor(person), act))

    def order(self, order_id: str) -> StoredOrder:
        with self.house.database.reading() as session:
            return OrderStore(session).load(order_id)

    def steps(self, order_id: str) -> tuple[StoredStep, ...]:
        with self.house.database.reading() as session:
            return OrderStore(session).steps(order_id)

    def causes(self, order_id: str) -> list[str]:
        return [step.cause for step in self.steps(order_id)]

    def decisions(self, order_id: str) -> int:
        with self.house.database.reading() as session:
            return len(DecisionStore(session).page(order_id=order_id).decisions)

    def post(self, **files: str) -> None:
        """Add to the ledger what these files say, a row a line without its header."""
        for name, rows in files.items():
            self.rows[name] = self.rows.get(name, "") + rows + "\n"
        written = {name: f"{_HEADERS[name]}\n{rows}" for name, rows in self.rows.items()}
        if "invoices" in written:
            written["invoices"] += "".join(f"{row},,\n" for row in FILES["invoices"].splitlines()[1:])
        post(self.house, {**FILES, **written}, at=self.act("books").at)


def open_shop(database: Database) -> Shop:
    """Return a shop over an empty database: policy in force, ledger stored."""
    house = open_house(database)
    fill(house, "shop", lambda made: furnish(made, POLICY, FILES))
    return Shop(house)
