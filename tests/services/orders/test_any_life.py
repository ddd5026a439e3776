"""Whatever anybody does in any order: only legal states, one step for each change, exposure of what is let through."""

import json
from collections.abc import Callable
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete

from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.permissions import Role
from policy_service.services.orders.authority import as_seen, exposure_now
from policy_service.services.orders.moving import OrderNow
from policy_service.storage.database import Database
from policy_service.storage.models.orders import AskedOrder, OrderStep
from policy_service.storage.order_store import StoredOrder, StoredStep
from tests.services.orders.shop import Shop, open_shop

#: From which state to which by what, in the words of the credit manager's table.
LEGAL = {
    "ask": {
        *(("", state) for state in ("open", "held", "cancelled")),
        *(("held", state) for state in ("open", "held", "cancelled")),
        *(("cancelled", state) for state in ("open", "held", "cancelled")),
        ("open", "open"),
        ("released", "released"),
    },
    "amend": {
        *((before, after) for before in ("open", "held", "released", "cancelled") for after in ("open", "held")),
        *((before, "cancelled") for before in ("open", "held", "released", "cancelled")),
        *((before, "amended") for before in ("open", "held", "released", "cancelled")),
        ("released", "released"),
        *(("", state) for state in ("open", "held", "released", "cancelled")),
    },
    "recheck": {("held", "released"), *((state, state) for state in ("open", "held", "released"))},
    "release": {("held", "released")},
    "refer": {("held", "held")},
    "cancel": {(state, "cancelled") for state in ("open", "held", "released")},
    "invoice": {(state, "invoiced") for state in ("open", "held", "released")},
    "book": {(state, "invoiced") for state in ("open", "held", "released", "cancelled", "invoiced")},
}
WHICH = st.integers(0, 5)
AMOUNTS = st.sampled_from(["3500", "2000", "900.01", "90001"])
PEOPLE = st.sampled_from(["mia", "shop", "ann", "sam"])
FACTS: st.SearchStrategy[dict[str, str]] = st.sampled_from([{}, {"channel": "phone"}, {"channel": "web"}])

known = precondition(lambda self: bool(self.known))
Told = tuple[StoredOrder, tuple[StoredStep, ...]]


WANTS = ("decision", "declined", "amended")


class AnyLife(RuleBasedStateMachine):
    """One customer's orders, and everybody who may or may not do something to them."""

    shop: ClassVar[Shop]

    @initialize()
    def begin(self) -> None:
        with self.shop.house.database.writing() as session:
            session.execute(delete(OrderStep))
            session.execute(delete(AskedOrder))
        self.known: dict[str, Told] = {}

    @precondition(lambda self: len(self.known) < 8)
    @rule(amount=AMOUNTS, person=PEOPLE, facts=FACTS)
    def ask(self, amount: str, person: str, facts: dict[str, str]) -> None:
        order_id = f"O{len(self.known)}"
        self._done("ask", lambda: self.shop.ask(order_id, amount, person=person, **facts))

    @known
    @rule(which=WHICH, person=PEOPLE)
    def ask_again(self, which: int, person: str) -> None:
        order = self._order(which)
        facts = json.loads(order.request)
        amount = facts.pop("order_amount")
        self._done("ask", lambda: self.shop.ask(order.order_id, amount, person=person, **facts))

    @known
    @rule(which=WHICH, amount=AMOUNTS)
    def ask_for_another(self, which: int, amount: str) -> None:
        order = self._order(which)
        self._done("ask", lambda: self.shop.ask(order.order_id, amount))

    @known
    @rule(which=WHICH, person=PEOPLE)
    def release(self, which: int, person: str) -> None:
        self._done("release", lambda: self.shop.release(self._order(which).order_id, person))

    @known
    @rule(which=WHICH, person=PEOPLE, role=st.sampled_from([Role.FINANCE_HEAD, Role.SALES]))
    def refer(self, which: int, person: str, role: Role) -> None:
        self._done("refer", lambda: self.shop.refer(self._order(which).order_id, role, person))

    @known
    @rule(which=WHICH, person=PEOPLE, how=st.sampled_from(["cancel", "invoice", "book"]))
    def end(self, which: int, person: str, how: str) -> None:
        doings = {"cancel": self.shop.cancel, "invoice": self.shop.invoice, "book": self.shop.book}
        self._done(how, lambda: doings[how](self._order(which).order_id, person))

    @known
    @rule(which=WHICH, amount=AMOUNTS, new=st.none() | WHICH, person=PEOPLE, facts=FACTS)
    def amend(self, which: int, amount: str, new: int | None, person: str, facts: dict[str, str]) -> None:
        order_id, new_id = self._order(which).order_id, "" if new is None else f"O{new + 3}"
        self._done("amend", lambda: self.shop.amend(order_id, amount, new_id, person, **facts))

    @known
    @rule(which=WHICH)
    def recheck(self, which: int) -> None:
        self._done("recheck", lambda: self.shop.recheck(self._order(which).order_id))

    @known
    @rule(which=WHICH, person=PEOPLE)
    def decide_again(self, which: int, person: str) -> None:
        self._done("recheck", lambda: self.shop.decide_again(self._order(which).order_id, person))

    @invariant()
    def every_change_has_exactly_one_step(self) -> None:
        for order, steps in self.known.values():
            states = ["", *(step.to_state for step in steps)]
            assert states[:-1] == [step.from_state for step in steps]
            assert (order.state, order.amount, order.prepaid) == (states[-1], steps[-1].amount, steps[-1].prepaid)

    @invariant()
    def exposure_counts_what_is_let_through_and_nothing_else(self) -> None:
        counted = [order for order, _ in self.known.values() if _is_counted(order)]
        with self.shop.house.database.reading() as session:
            measured = exposure_now("C1", as_seen(self.shop.house, session, "C1", self.shop.act()))
        assert 100_000 + sum(order.amount - order.prepaid for order in counted) == measured

    def _order(self, which: int) -> StoredOrder:
        orders = [order for order, _ in self.known.values()]
        return orders[which % len(orders)]

    def _done(self, doing: str, do: Callable[[], OrderNow]) -> None:
        """Do it, and hold what changed against the table; what is refused changes nothing."""
        try:
            do()
        except (RequestError, AccessError):
            assert self.known == self._told()
            return
        before, self.known = self.known, self._told()
        for order_id, (order, steps) in self.known.items():
            was, had = before.get(order_id, (None, ()))
            if (was, had) == (order, steps):
                continue
            came_from = was.state if was else ""
            assert doing != "recheck" or came_from in ("open", "held", "released")
            assert (came_from, order.state) in LEGAL[doing]
            assert had == steps[: len(had)]
            is_step = came_from != order.state or doing in ("amend", "refer")
            if doing == "ask" and not is_step and len(steps) > len(had):
                # Who asks again for the first time wants the order too.
                assert steps[-1].person not in {step.person for step in had if step.cause in WANTS}
                is_step = True
            assert (int(is_step) if doing != "book" else 1) == len(steps) - len(had)

    def _told(self) -> dict[str, Told]:
        with self.shop.house.database.reading() as session:
            ids = [row.order_id for row in session.query(AskedOrder)]
        return {order_id: (self.shop.order(order_id), self.shop.steps(order_id)) for order_id in ids}


def _is_counted(order: StoredOrder) -> bool:
    return order.state in ("open", "released") or (order.state == "invoiced" and order.cause == "invoiced")


def live(url: str, examples: int) -> None:
    shop = open_shop(Database(url))

    class OfThisShop(AnyLife):
        pass

    OfThisShop.shop = shop
    try:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            OfThisShop, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None)
        )
    finally:
        shop.house.close()


def test_no_sequence_of_doings_leads_to_what_is_not_in_the_table(sqlite_url: str) -> None:
    live(sqlite_url, 10)


@pytest.mark.long
def test_no_sequence_of_many_does(url: str) -> None:
    live(url, 150)
