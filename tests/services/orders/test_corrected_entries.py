"""An entry is corrected after it let an order go: the order stays let through, and everybody is told once."""

import pytest

from policy_service.domain.permissions import PERMISSIONS, Permission, Role
from policy_service.ledger.columns import Table
from policy_service.services.background_jobs import work_one
from policy_service.services.ledger_in.pushing import Pushed, push
from policy_service.services.orders.waking import RECHECK_ORDERS
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.job_store import JobStore
from tests.services.orders.shop import Shop
from tests.services.told_systems import let_know, told_to


@pytest.fixture
def told(shop: Shop) -> Shop:
    """Give a shop with a system that is told when an order is in doubt."""
    let_know(shop.house, "order.doubted")
    return shop


def pay(shop: Shop, amount: str, payment: str = "P1", invoice: str = "I1") -> list[object]:
    """Push a payment, do what it sets in motion, and return which orders the job found in doubt."""
    cells = {"payment_id": payment, "date": "2025-01-19", "amount": amount, "invoice_id": invoice}
    act = shop.act("books")
    shop.within(lambda session: push(shop.house, session, [Pushed(Table.PAYMENTS, cells)], act))
    while work_one(shop.house, [RECHECK_ORDERS], "worker", lambda: shop.act().at):
        pass
    with shop.house.database.reading() as session:
        return [
            job.result["doubted"]
            for job in JobStore(session).page(20)
            if job.result and job.created_at == act.at and job.kind == RECHECK_ORDERS
        ]


def doubts(shop: Shop) -> list[str]:
    """Return the orders that other systems were told to be in doubt."""
    return [body["data"]["order_id"] for body in told_to(shop.house)]


def test_an_order_released_by_a_payment_that_was_none_stays_released_and_is_doubted(told: Shop) -> None:
    told.ask("O1", "4500")
    pay(told, "1000.00")
    assert ("released", "released_by_recheck") == (told.order("O1").state, told.order("O1").cause)
    assert [["O1"]] == pay(told, "0.01")
    assert ("released", "hold") == (told.order("O1").state, told.order("O1").outcome)
    assert ["O1"] == doubts(told)
    with told.house.database.reading() as session:
        (noted,) = AuditStore(session).page(subject_kind="order", subject_id="O1", act="doubted")
    assert "books" == noted.person


def test_one_doubt_is_told_once_and_again_after_it_was_none(told: Shop) -> None:
    told.ask("O1", "4500")
    for amount in ("1000.00", "0.01", "0.02", "1000.00", "0.03"):
        pay(told, amount)
    assert ["O1", "O1"] == doubts(told)


def test_an_order_that_was_open_at_once_is_doubted_too(told: Shop) -> None:
    pay(told, "1000.00")
    assert "open" == told.ask("O1", "4500").state
    pay(told, "0.01")
    assert (["O1"], "open") == (doubts(told), told.order("O1").state)


def test_what_a_person_released_was_decided_upon_by_that_person(told: Shop) -> None:
    told.ask("O1", "4500")
    told.release("O1")
    pay(told, "0.02")
    pay(told, "0.01")
    assert [] == doubts(told)


def test_what_is_invoiced_and_what_was_cancelled_is_no_longer_looked_at(told: Shop) -> None:
    pay(told, "1000.00")
    for order_id in ("O1", "O2"):
        told.ask(order_id, "2400")
    told.invoice("O1")
    told.cancel("O2")
    pay(told, "0.01")
    assert [] == doubts(told)


def test_an_entry_more_is_no_correction(told: Shop) -> None:
    told.ask("O1", "100")
    before = told.decisions("O1")
    pay(told, "0.01")
    assert (before, []) == (told.decisions("O1"), doubts(told))


def test_a_payment_that_was_another_customers_leaves_the_orders_it_let_go_in_doubt(told: Shop) -> None:
    told.ask("O1", "4500")
    pay(told, "1000.00")
    assert "released" == told.order("O1").state
    pay(told, "300.00", invoice="I2")
    assert ["O1"] == doubts(told)


def test_nobody_but_systems_writes_the_ledger() -> None:
    assert {Role.SYSTEM} == {role for role, may in PERMISSIONS.items() if Permission.LEDGER_WRITE in may}
