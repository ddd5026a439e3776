"""What becomes of orders that are asked about, again, in other words, cancelled, invoiced."""

import json
from collections.abc import Callable

import pytest

from policy_service.domain.errors import AccessError, RequestError
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.errors import NotStored
from tests.services.decisions.live import enforce
from tests.services.house import house_policy
from tests.services.orders.shop import ORDER_CHECK, Shop


def test_an_order_is_taken_as_it_is_decided(shop: Shop) -> None:
    assert ("open", "decision", "approve") == _of(shop, "O1", "100")
    assert ("open", "decision", "prepay") == _of(shop, "O2", "100", channel="web")
    assert ("held", "decision", "hold") == _of(shop, "O3", "5000")
    assert ("held", "decision", "refer") == _of(shop, "O4", "100", channel="phone")
    assert ("cancelled", "declined", "decline") == _of(shop, "O5", "90001")
    assert 1 == shop.decisions("O5")


def _of(shop: Shop, order_id: str, amount: str, **request: str) -> tuple[str, str, str]:
    order = shop.ask(order_id, amount, **request).order
    assert order == shop.order(order_id)
    assert [order.cause] == shop.causes(order_id)
    return order.state, order.cause, order.outcome


def test_a_held_order_says_why_since_when_and_what_is_owed(shop: Shop) -> None:
    order = shop.ask("O1", "5000", person="ann").order
    assert ["OVER_LIMIT"] == [reason["code"] for reason in json.loads(order.reasons)]
    assert (order.asked_at, 100_000, "ann") == (order.held_since, order.exposure, order.asked_by)
    assert (500_000, "CNY", 500_000) == (order.amount, order.currency, order.base_amount)


def test_an_order_keeps_request_and_reasons_as_they_always_were_written(shop: Shop) -> None:
    for number, amount in enumerate(("5000", "5000", "90001")):
        order = shop.ask(f"O{number}", amount, channel="web").order
        for text in (order.request, order.reasons):
            assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False) == text
        assert {"channel": "web", "order_amount": f"{amount}.00"} == json.loads(order.request)


def test_a_prepaid_order_is_prepaid_in_full_unless_the_policy_says_another_share(shop: Shop) -> None:
    assert (0, 10_000) == (shop.ask("O1").order.prepaid, shop.ask("O2", "100", channel="web").order.prepaid)
    with_share = ORDER_CHECK.replace("then: {outcome: prepay}", "then: {outcome: prepay, prepay_percent: 33.335}")
    enforce(shop.house, house_policy({"order_check": with_share}), since=shop.act().at)
    assert 3_334 == shop.ask("O3", "100", channel="web").order.prepaid


def test_what_is_let_through_counts_for_the_next_order_and_what_is_prepaid_does_not(shop: Shop) -> None:
    shop.ask("O1", "3000", channel="web")
    assert "open" == shop.ask("O2", "3999").state
    assert "held" == shop.ask("O3", "2").state


def test_an_order_asked_about_again_is_decided_again_and_stays_one(shop: Shop) -> None:
    first, again = shop.ask("O1", "4000"), shop.ask("O1", "4000.00")
    assert ("open", "open", False) == (first.state, again.state, again.is_told_otherwise)
    assert first.order.decision_id != again.order.decision_id
    assert (2, ["decision"]) == (shop.decisions("O1"), shop.causes("O1"))


def test_an_order_let_through_stays_so_when_asked_about_again(shop: Shop) -> None:
    shop.ask("O1", "3000")
    shop.ask("O2", "1000")
    shop.post(invoices="I9,C1,2025-01-15,2025-02-15,900.00,,")
    again = shop.ask("O1", "3000")
    assert ("open", "hold", True) == (again.state, again.order.outcome, again.is_told_otherwise)


def test_a_held_order_follows_the_decision_when_it_is_asked_about_again(shop: Shop) -> None:
    shop.ask("O1", "4500")
    shop.post(payments="P1,2025-01-19,1000.00,I1")
    again = shop.ask("O1", "4500")
    assert ("held", "open", None) == (again.came_from, again.state, again.order.held_since)
    assert ["decision", "decision"] == shop.causes("O1")


def test_a_declined_order_that_is_asked_about_again_is_decided_again(shop: Shop) -> None:
    shop.ask("O1", "90001")
    assert "cancelled" == shop.ask("O1", "90001").state
    enforce(shop.house, house_policy({"order_check": ORDER_CHECK.replace("90000", "99999")}), since=shop.act().at)
    assert ("held", ["declined", "decision"]) == (shop.ask("O1", "90001").state, shop.causes("O1"))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (lambda shop: shop.ask("O1", "100", customer="C3"), "R430"),
        (lambda shop: shop.ask("O1", "101"), "R431"),
        (lambda shop: shop.ask("O1", "100", channel="web"), "R431"),
    ],
    ids=["another customer", "another amount", "another fact"],
)
def test_an_order_id_means_one_order(shop: Shop, asked: Callable[[Shop], object], code: str) -> None:
    before = shop.ask("O1", "100").order
    with pytest.raises(RequestError, match=code):
        asked(shop)
    assert (before, 1) == (shop.order("O1"), shop.decisions("O1"))


def test_an_order_at_its_end_is_not_decided_again(shop: Shop) -> None:
    shop.ask("O1")
    shop.cancel("O1")
    with pytest.raises(RequestError, match=r"O1 is cancelled.*asked about again.*another order id.*R432"):
        shop.ask("O1")
    assert 1 == shop.decisions("O1")


def test_a_cancelled_order_counts_nowhere(shop: Shop) -> None:
    shop.ask("O1", "4000")
    now = shop.cancel("O1", reason="Taken back")
    assert ("cancelled", "cancelled", "open") == (now.state, now.order.cause, now.came_from)
    assert "Taken back" == shop.steps("O1")[-1].reason
    assert "open" == shop.ask("O2", "4000").state


def test_a_held_order_can_be_invoiced_a_cancelled_one_cannot(shop: Shop) -> None:
    shop.ask("O1", "5000")
    shop.ask("O2", "90001")
    assert ("invoiced", "invoiced", None) == (shop.invoice("O1").state, *_settled(shop, "O1"))
    with pytest.raises(RequestError, match=r"O2 is cancelled \(declined\): it cannot be invoiced.*amended.*R432"):
        shop.invoice("O2")
    with pytest.raises(RequestError, match="R432"):
        shop.invoice("O1")


def _settled(shop: Shop, order_id: str) -> tuple[str, int | None]:
    order = shop.order(order_id)
    return order.cause, order.held_since


def test_a_booked_order_is_invoiced_whatever_it_was_and_once(shop: Shop) -> None:
    shop.ask("O1", "90001")
    assert ("invoiced", "booked") == (shop.book("O1").state, shop.order("O1").cause)
    before = shop.order("O1")
    shop.book("O1")
    assert (before, ["declined", "booked"]) == (shop.order("O1"), shop.causes("O1"))


def test_an_order_that_nobody_asked_for_cannot_be_changed(shop: Shop) -> None:
    for do in (shop.cancel, shop.invoice, shop.release, shop.refer, shop.book, shop.recheck, shop.decide_again):
        with pytest.raises(NotStored, match="S209"):
            do("O9")


def test_what_people_do_is_in_the_audit_trail(shop: Shop) -> None:
    shop.ask("O1", "5000")
    shop.refer("O1")
    shop.release("O1")
    shop.cancel("O1")
    with shop.house.database.reading() as session:
        events = AuditStore(session).about("order", "O1")
    said = [(event.person, event.act) for event in events]
    assert [("ann", "referred"), ("mia", "released_by_person"), ("shop", "cancelled")] == said
    assert "Paid by wire" == json.loads(events[1].detail)["reason"]


def test_an_amendment_and_the_decision_that_it_rests_on_are_in_the_audit_trail(shop: Shop) -> None:
    shop.ask("O1", "5000")
    shop.amend("O1", "100", person="ann")
    with shop.house.database.reading() as session:
        (event,) = AuditStore(session).about("order", "O1")
    said = {"came_from": "held", "state": "open", "decision_id": shop.order("O1").decision_id, "amount": 10_000}
    assert ("ann", "amended", said) == (event.person, event.act, json.loads(event.detail))


def test_orders_are_changed_by_whoever_may(shop: Shop) -> None:
    shop.ask("O1", "5000")
    for do in (shop.cancel, shop.invoice, shop.release, shop.refer, shop.decide_again):
        with pytest.raises(AccessError, match="A403"):
            do("O1", person="sam")  # type: ignore[operator]
    with pytest.raises(AccessError, match="A403"):
        shop.amend("O1", "1", person="sam")
