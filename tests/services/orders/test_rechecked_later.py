"""What is to be decided again and cannot be just now is decided later; what is booked is booked once."""

import datetime as dt

import pytest

from policy_service.services.orders import rechecking
from policy_service.services.orders.rechecking import book, recheck_held
from policy_service.storage.errors import NotStored, StorageError, Unavailable
from tests.services.orders.shop import Shop


def fails(error: StorageError, order_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let that order meet the error when it is decided again."""
    recheck = rechecking.recheck

    def failing(house: object, session: object, one: str, *more: object) -> object:
        if one == order_id:
            raise error
        return recheck(house, session, one, *more)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(rechecking, "recheck", failing)


@pytest.fixture
def paid(shop: Shop) -> Shop:
    """Give a shop with two orders that a payment lets go."""
    shop.ask("O1", "4100")
    shop.ask("O2", "4200", customer="C1")
    shop.post(payments="P1,2025-01-19,1000.00,I1")
    return shop


def test_where_the_database_fails_for_one_order_the_others_go_on_and_all_of_it_is_done_again(
    paid: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(Unavailable("S205", "It is busy.", remedy="Try again."), "O1", monkeypatch)
    with pytest.raises(Unavailable, match="It is busy"):
        recheck_held(paid.house, None, "payment", paid.act("clock"))
    assert ["held", "released"] == [paid.order(order_id).state for order_id in ("O1", "O2")]


def test_an_order_that_fails_by_itself_is_reported_and_not_done_again(
    paid: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(NotStored("S209", "It is gone.", remedy="Look for it."), "O1", monkeypatch)
    report = recheck_held(paid.house, None, "payment", paid.act("clock"))
    assert ((("O1", "S209"),), ("O2",)) == (report.failed, report.released)


def test_an_order_with_an_invoice_that_was_told_long_ago_is_booked_once(shop: Shop) -> None:
    shop.ask("O1", "3000")
    shop.invoice("O1")
    shop.day += dt.timedelta(days=181)
    shop.post(invoices="I9,C1,2025-01-20,2025-02-20,3000.00,O1,2025-01-20")
    assert ("O1",) == book(shop.house, shop.act("clock"))
    assert ["decision", "invoiced", "booked"] == shop.causes("O1")


def test_an_order_that_another_took_the_place_of_is_not_booked(shop: Shop) -> None:
    shop.ask("O1", "100")
    shop.amend("O1", "200", "O2")
    assert "amended" == shop.book("O1").state
    assert "booked" not in shop.causes("O1")
