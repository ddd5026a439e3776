"""Orders keep their steps, are changed by revision only, come in pages, and count as facts want them."""

import datetime as dt
from collections.abc import Iterator
from itertools import count

import pytest
from msgspec.structs import replace

from policy_service.domain.entries import Customer, Invoice
from policy_service.facts.live_orders import LiveOrder
from policy_service.storage.booked_orders import BookedOrders
from policy_service.storage.database import Database
from policy_service.storage.errors import Conflict, NotStored
from policy_service.storage.order_store import NewStep, OrderPage, OrderSort, OrderStore, StoredOrder, StoredStep
from tests.facts.small_ledgers import invoice as invoice_of
from tests.storage.books import ledger_of, store
from tests.storage.decisions import append, decided

DAY = dt.date(2026, 3, 1)
NOW = NewStep(5, "decision", "shop", decision_id="D1")


@pytest.fixture
def orders(database: Database) -> Iterator[Database]:
    """Give a database with customers C1, C2 (of one group) and C3, and one decision to refer to."""
    group = ledger_of(Customer("C1"), Customer("C2", parent_id="C1"), Customer("C3"))
    store(database, group)
    append(database, decided("D1"))
    return database


def order(order_id: str = "O1", **said: object) -> StoredOrder:
    as_usual = StoredOrder(
        order_id=order_id,
        customer_id="C1",
        state="open",
        cause="decision",
        asked_at=5,
        asked_by="shop",
        ordered_on=DAY,
        amount=1_000,
        currency="CNY",
        base_amount=1_000,
        prepaid=0,
        request='{"order_amount": "10.00"}',
        decision_id="D1",
        decided_at=5,
        outcome="approve",
        reasons="[]",
    )
    return replace(as_usual, **said)  # type: ignore[arg-type]


def invoice(name: str, amount: int, order_id: str, customer_id: str = "C1") -> Invoice:
    return invoice_of(name, "2026-03-02", "2026-04-01", amount, order=order_id, of=customer_id)


def add(database: Database, *new: StoredOrder) -> None:
    with database.writing() as session:
        for one in new:
            OrderStore(session).add(one, NOW)


def held(order_id: str, since: int, amount: int = 1_000, **said: object) -> StoredOrder:
    return order(order_id, state="held", held_since=since, base_amount=amount, asked_at=since, **said)


def live(database: Database, *customers: str) -> dict[str, list[tuple[str, int, bool]]]:
    with database.reading() as session:
        found = OrderStore(session).live_of(customers or ("C1",))
    return {name: [(one.order_id, one.prepaid, one.is_let_through) for one in ones] for name, ones in found.items()}


def test_an_order_comes_back_as_it_was_stored(orders: Database) -> None:
    more = {"base_amount": None, "exposure": 55, "referred_to": "credit_manager", "released_amount": 3}
    one = replace(held("O1", 7), **more)  # type: ignore[arg-type]
    add(orders, one)
    with orders.reading() as session:
        assert one == OrderStore(session).load("O1")
        assert None is OrderStore(session).find("O2")
        with pytest.raises(NotStored, match="S209"):
            OrderStore(session).load("O2")


def test_an_order_id_is_stored_once(orders: Database) -> None:
    add(orders, order())
    with pytest.raises(Conflict, match="S210"):
        add(orders, order(customer_id="C3"))


def test_each_change_counts_the_revision_up_and_says_from_where_to_where(orders: Database) -> None:
    first = held("O1", 5)
    add(orders, first)
    with orders.writing() as session:
        released = replace(first, state="released", cause="released_by_person", held_since=None)
        after = OrderStore(session).change(first, released, NewStep(9, "released_by_person", "ada", "paid by wire"))
        silent = OrderStore(session).change(after, replace(after, outcome="hold"), None)
    assert (2, 3) == (after.revision, silent.revision)
    with orders.reading() as session:
        assert silent == OrderStore(session).load("O1")
        assert (
            StoredStep(5, "", "held", "decision", "shop", "", 1_000, 0, "D1"),
            StoredStep(9, "held", "released", "released_by_person", "ada", "paid by wire", 1_000, 0, None),
        ) == OrderStore(session).steps("O1")


def test_a_change_to_what_somebody_else_changed_since_is_refused(orders: Database) -> None:
    first = order()
    add(orders, first)
    with orders.writing() as session:
        OrderStore(session).change(first, replace(first, state="cancelled"), NOW)
    with pytest.raises(Conflict, match="S208"), orders.writing() as session:
        OrderStore(session).change(first, replace(first, state="invoiced"), NOW)


def paged(database: Database, **filters: object) -> list[str]:
    found: list[str] = []
    page = OrderPage((), (0, ""))
    after = None
    for _ in count():
        with database.reading() as session:
            page = OrderStore(session).page(after=after, limit=2, **filters)  # type: ignore[arg-type]
        found += [one.order_id for one in page.orders]
        if page.next_key is None:
            return found
        after = page.next_key
    raise AssertionError


def test_pages_hold_every_order_once_the_oldest_or_the_largest_first(orders: Database) -> None:
    add(orders, held("O1", 9, 300), held("O2", 7, 500), held("O3", 7, 500), held("O4", 8, 900), held("O5", 1, 100))
    assert ["O5", "O2", "O3", "O4", "O1"] == paged(orders)
    assert ["O5", "O2", "O3", "O4", "O1"] == paged(orders, state="held")
    assert ["O4", "O2", "O3", "O1", "O5"] == paged(orders, sort=OrderSort.LARGEST)


def test_an_order_that_nobody_could_convert_comes_first_of_the_largest(orders: Database) -> None:
    unknown = order("O2", base_amount=None, currency="USD")
    add(orders, held("O1", 9, 300), unknown, held("O3", 9, 200))
    assert ["O2", "O1", "O3"] == paged(orders, sort=OrderSort.LARGEST)


def test_of_held_orders_the_one_held_for_longest_is_the_oldest(orders: Database) -> None:
    add(orders, replace(held("O1", 9), asked_at=1), held("O2", 5), order("O3", asked_at=2))
    assert ["O2", "O1"] == paged(orders, state="held")
    assert ["O1", "O3", "O2"] == paged(orders)


def test_a_list_fits_every_filter(orders: Database) -> None:
    add(orders, held("O1", 1), held("O2", 2, customer_id="C3", referred_to="finance_head"), order("O3"))
    assert ["O2"] == paged(orders, state="held", customer_id="C3")
    assert ["O2"] == paged(orders, referred_to="finance_head")
    assert ["O1", "O3"] == paged(orders, customer_id="C1")
    assert ["O1", "O2"] == paged(orders, state="held")


def test_facts_count_what_was_asked_for_and_not_taken_back(orders: Database) -> None:
    add(
        orders,
        order("O1"),
        held("O2", 5),
        order("O3", state="released", prepaid=300),
        order("O4", state="cancelled", cause="declined"),
        order("O5", state="cancelled", cause="cancelled"),
        order("O6", state="amended", cause="amended"),
        order("O7", state="cancelled", cause="amended"),
        order("O8", customer_id="C2", ordered_on=DAY - dt.timedelta(days=1)),
    )
    counted = [("O1", 0, True), ("O2", 0, False), ("O3", 300, True), ("O4", 0, False), ("O7", 0, False)]
    assert {"C1": counted, "C2": [("O8", 0, True)], "C3": []} == live(orders, "C1", "C2", "C3")
    with orders.reading() as session:
        (one,) = OrderStore(session).live_of(["C2"])["C2"]
    assert LiveOrder("O8", DAY - dt.timedelta(days=1), 1_000, "CNY") == one


def test_nothing_is_left_of_a_booked_order_and_one_said_to_be_invoiced_is_lowered_by_its_invoices(
    orders: Database,
) -> None:
    add(orders, order("O1", state="invoiced", cause="invoiced"), order("O2", state="invoiced", cause="booked"))
    store(orders, ledger_of(Customer("C1"), invoice("I1", 400, "O1")))
    assert {"C1": [("O1", 0, True), ("O2", 1_000, True)]} == live(orders)
    with orders.reading() as session:
        found = OrderStore(session).live_of(["C1"])["C1"]
    assert [True, False] == [one.is_invoiced for one in found]


def booked(database: Database, *customers: str) -> list[str]:
    with database.reading() as session:
        return [order_id for _, order_id in BookedOrders(session).booked_in_ledger(customers or None)]


def test_an_order_is_booked_once_its_invoices_reach_its_amount(orders: Database) -> None:
    add(orders, order("O1"), held("O2", 5), order("O3", state="cancelled", cause="declined"), order("O4"))
    first = [invoice("I1", 600, "O1"), invoice("I2", 1000, "O2")]
    store(orders, ledger_of(Customer("C1"), *first, invoice("I3", 1100, "O3")))
    assert ["O2", "O3"] == booked(orders)
    store(orders, ledger_of(Customer("C1"), invoice("I4", 400, "O1")))
    assert ["O1", "O2", "O3"] == booked(orders, "C1")
    assert [] == booked(orders, "C3")


def test_an_invoice_in_another_currency_books_an_order_and_one_in_part_does_not(orders: Database) -> None:
    add(orders, order("O1", currency="USD"), order("O2", state="invoiced", cause="invoiced"), order("O3"))
    first = [invoice("I1", 100, "O1"), invoice("I2", 100, "O2")]
    store(orders, ledger_of(Customer("C1"), *first, invoice("I3", 100, "O3")))
    assert ["O1"] == booked(orders)


def test_another_customers_invoice_books_nothing(orders: Database) -> None:
    add(orders, order("O1"))
    store(orders, ledger_of(Customer("C3"), invoice("I1", 1000, "O1", "C3")))
    assert [] == booked(orders)


def test_held_orders_come_in_the_order_of_their_arrival(orders: Database) -> None:
    add(orders, held("O1", 9), held("O2", 7, customer_id="C3"), held("O3", 7), order("O4"))
    with orders.reading() as session:
        assert (("C3", "O2"), ("C1", "O3"), ("C1", "O1")) == OrderStore(session).held_in_order()
        assert (("C1", "O3"), ("C1", "O1")) == OrderStore(session).held_in_order(["C1", "C2"])


def test_whoever_is_in_a_group_with_held_orders_wakes_them(orders: Database) -> None:
    add(orders, held("O1", 9), order("O2", customer_id="C3"))
    with orders.reading() as session:
        waiting = OrderStore(session).waiting
        assert (("C1",), ("C1",), ()) == (waiting(["C1"]), waiting(["C2"]), waiting(["C3"]))
        assert ("C1",) == waiting([f"X{number}" for number in range(700)] + ["C2"])
