"""A day decides again what waits, in order of arrival."""

import datetime as dt

from sqlalchemy import select, update

from policy_service.domain.outcomes import DecisionType
from policy_service.services.decisions.answering import answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.house import House
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder
from policy_service.storage.order_store import OrderStore
from tests.facts.small_ledgers import payment
from tests.services.daily_run.diary import counted, open_books, run
from tests.services.daily_run.mornings import MARCH_1
from tests.services.daily_run.reviewing import push
from tests.services.decisions.live import act
from tests.services.orders.shop import actor


def test_waiting_orders_are_decided_again_in_order_of_arrival(house: House) -> None:
    jotted = {"invoices": [{"id": "I1", "issued": "2025-02-01", "due": "2025-03-20", "amount": 4500}]}
    open_books(house, jotted)
    for order_id in ("O2", "O1"):
        _ask(house, order_id, "2000")
    assert ["held", "held"] == [_state(house, name) for name in ("O1", "O2")]
    push(house, payment("P1", "2025-02-28", 200_000, "I1"))
    run(house, MARCH_1)
    # Under the limit of 5,000 there is room for one: the one that came first.
    assert ["held", "released"] == [_state(house, name) for name in ("O1", "O2")]
    assert {MARCH_1: 1} == counted(house, "orders_released")


def test_waiting_orders_are_decided_again_on_the_last_of_several_days_only(house: House) -> None:
    open_books(house, {"invoices": [{"id": "I1", "issued": "2025-02-01", "due": "2025-03-20", "amount": 4500}]})
    _ask(house, "O1", "2000")
    run(house, MARCH_1)
    before = _decisions(house)
    run(house, dt.date(2025, 3, 5))
    assert 1 == _decisions(house) - before


def _ask(house: House, order_id: str, amount: str, day: dt.date = dt.date(2025, 2, 10)) -> None:
    asked = Asked(DecisionType.ORDER, "C1", {"order_amount": amount}, order_id)
    by = act(day, "shop", 9 if order_id == "O2" else 10)
    with house.database.writing() as session:
        answer(house, session, asked, actor("shop"), by)


def _state(house: House, order_id: str) -> str:
    with house.database.reading() as session:
        return OrderStore(session).load(order_id).state


def _decisions(house: House) -> int:
    with house.database.reading() as session:
        return len(session.scalars(select(DecisionRow.decision_id)).all())


def test_an_order_that_cannot_be_decided_again_keeps_no_other_one_waiting(house: House) -> None:
    open_books(house, {"invoices": [{"id": "I1", "issued": "2025-02-01", "due": "2025-03-20", "amount": 4500}]})
    for order_id in ("O2", "O1"):
        _ask(house, order_id, "2000")
    with house.database.writing() as session:
        session.execute(update(AskedOrder).where(AskedOrder.order_id == "O2").values(request='{"channel": "pigeon"}'))
    push(house, payment("P1", "2025-02-28", 450_000, "I1"))
    report = run(house, MARCH_1)
    assert ["released", "held"] == [_state(house, name) for name in ("O1", "O2")]
    assert 1 == report.fault_count
