"""New orders are stored with their decisions whole or not at all, at the end of a chain that nobody breaks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from msgspec import structs

from policy_service.domain.entries import Customer
from policy_service.storage.chains import Log, holding_head
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.errors import Conflict, StorageError
from policy_service.storage.new_orders import NewOrder, NewOrders
from policy_service.storage.order_store import NewStep, OrderStore
from tests.storage.books import ledger_of, store
from tests.storage.decisions import append, decided
from tests.storage.test_order_store import order

WRITER = "worker-1"


@pytest.fixture
def begun(database: Database) -> Iterator[Database]:
    """Give a database with a customer C1, and a chain of one decision."""
    store(database, ledger_of(Customer("C1")))
    append(database, decided("D0"))
    return database


def new(number: int, order_id: str = "") -> NewOrder:
    name = order_id or f"客户 {number} \"'\\"
    decision = decided(f"D{number}", order_id=name, request_id=f"é\t{number}", result=f'{{"客户":{number}}}'.encode())
    return NewOrder(decision, order(name, decision_id=f"D{number}"), NewStep(5, "decision", "shop"))


def stored(database: Database, *wanted: NewOrder, at_the_end: bool = True) -> None:
    with database.writing() as session:
        orders = NewOrders(session, WRITER)
        for one in wanted:
            orders.add(one)
        (orders.store_last if at_the_end else orders.store)()


def chained(database: Database) -> int:
    """Return how long the chain is, which holds."""
    with database.reading() as session:
        assert [] == list(DecisionStore(session).verify(WRITER))
        return sum(DecisionStore(session).link_at(WRITER, number) is not None for number in range(1, 100))


def test_threads_that_write_one_chain_take_turns(begun: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: stored(begun, new(number), at_the_end=bool(number % 3)), range(1, 41)))
    assert 41 == chained(begun)


def test_what_is_stored_at_the_end_is_what_is_stored_at_once(begun: Database) -> None:
    stored(begun, new(1))
    stored(begun, new(2), at_the_end=False)
    with begun.reading() as session:
        ours = [OrderStore(session).find(new(number).order.order_id) for number in (1, 2)]
        results = [DecisionStore(session).load(f"D{number}").result for number in (1, 2)]
        links = [DecisionStore(session).load(f"D{number}").link for number in (1, 2)]
    assert [structs.replace(new(number).order, revision=1) for number in (1, 2)] == ours
    assert ['{"客户":1}', '{"客户":2}'] == [result.decode() for result in results]
    assert links[0].hash == links[1].previous_hash


def test_what_is_stored_together_is_what_is_stored_singly(begun: Database) -> None:
    """Nothing but the amount, the exposure and who released it tells these apart; texts and bytes are of any kind."""
    odd = structs.replace(new(2).order, amount=2**62, exposure=None, reasons='["\u2028", "\\\\", "\U0001f600"]')
    several = (structs.replace(new(3), order=structs.replace(odd, order_id="SO-3", decision_id="D3")), new(2), new(4))
    stored(begun, *(structs.replace(one, decision=replace(one.decision, result=bytes(range(256)))) for one in several))
    with begun.reading() as session:
        orders = [OrderStore(session).find(one.order.order_id) for one in several]
        steps = [OrderStore(session).steps(one.order.order_id) for one in several]
        results = [DecisionStore(session).load(one.decision.decision_id).result for one in several]
    assert [structs.replace(one.order, revision=1) for one in several] == orders
    assert [(5, "decision", "shop")] * 3 == [(step.at, step.cause, step.person) for (step,) in steps]
    assert [bytes(range(256))] * 3 == results
    assert 4 == chained(begun)


@pytest.mark.parametrize("text", ["x" * 201, "half \ud800", "nothing \0"])
def test_a_text_that_no_database_takes_is_refused_among_others(begun: Database, text: str) -> None:
    wrong = structs.replace(new(2), order=structs.replace(new(2).order, released_by=text))
    with pytest.raises(StorageError) as refused:
        stored(begun, new(1), wrong, new(3))
    assert "S212" == refused.value.code
    assert 1 == chained(begun)


def test_the_first_of_a_chain_is_stored_at_once(database: Database) -> None:
    store(database, ledger_of(Customer("C1")))
    stored(database, new(1), at_the_end=False)
    assert 1 == chained(database)


def test_what_is_left_for_the_end_goes_when_the_rest_is_taken_back(begun: Database) -> None:
    with begun.writing() as session:
        orders = NewOrders(session, WRITER)
        orders.add(new(1))
        orders.store_last()
        session.rollback()
    assert 1 == chained(begun)


def test_a_taken_id_is_told_at_the_end_and_leaves_nothing(begun: Database) -> None:
    stored(begun, new(1, "SO-1"))
    with pytest.raises(Conflict) as refused:
        stored(begun, new(2, "SO-1"))
    assert "S210" == refused.value.code
    stored(begun, new(3))
    assert 3 == chained(begun)


def test_one_order_goes_on_with_a_chain_whose_end_is_held(begun: Database) -> None:
    with begun.writing() as session, holding_head(session, Log.DECISIONS, WRITER):
        DecisionStore(session).append(WRITER, [decided("D1")])
        orders = NewOrders(session, WRITER)
        orders.add(new(2))
        orders.store_last()
        DecisionStore(session).append(WRITER, [decided("D3")])
    assert 4 == chained(begun)
