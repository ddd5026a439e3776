"""Between the word that an order is invoiced and its invoices in the ledger nothing counts twice, and nothing vanishes.

C1 owes 1000 by I1 before any order.
"""

import datetime as dt

import pytest

from policy_service.services.daily_run.run import run_day
from policy_service.services.orders.authority import as_seen, exposure_now
from policy_service.services.orders.rechecking import book
from tests.services.decisions.live import enforce
from tests.services.house import house_policy
from tests.services.orders.shop import ORDER_CHECK, TODAY, Shop


def owed(shop: Shop) -> str:
    """Return what C1 owes and has been promised, in major units."""
    with shop.house.database.reading() as session:
        return f"{exposure_now('C1', as_seen(shop.house, session, 'C1', shop.act())) / 100:.2f}"


def told(shop: Shop, order_id: str = "O1", amount: str = "3000") -> None:
    """Let an order go, and say that it was invoiced."""
    shop.ask(order_id, amount)
    shop.invoice(order_id)


def later(shop: Shop, days: int) -> None:
    """Let days pass."""
    shop.day += dt.timedelta(days=days)


def booked(shop: Shop) -> tuple[str, ...]:
    """Return the orders that are booked now."""
    return book(shop.house, shop.act("clock"))


def test_it_counts_until_the_ledger_has_the_invoice_and_then_the_invoice_does(shop: Shop) -> None:
    shop.ask("O1", "3000")
    before = owed(shop)
    shop.invoice("O1")
    between = owed(shop)
    shop.post(invoices="I9,C1,2025-01-20,2025-02-20,3000.00,O1,2025-01-20")
    assert ["4000.00"] * 3 == [before, between, owed(shop)]
    assert ("O1",) == booked(shop)
    assert "4000.00" == owed(shop)


def test_a_held_order_that_was_delivered_all_the_same_counts_from_the_word_on(shop: Shop) -> None:
    shop.ask("O1", "6000")
    before = owed(shop)
    shop.invoice("O1")
    assert ("1000.00", "7000.00") == (before, owed(shop))


def test_of_an_invoice_in_part_the_rest_counts_until_it_comes(shop: Shop) -> None:
    told(shop)
    shop.post(invoices="I9,C1,2025-01-20,2025-02-20,1200.00,O1,2025-01-20")
    assert ((), "4000.00") == (booked(shop), owed(shop))
    shop.post(invoices="I10,C1,2025-01-20,2025-02-20,1800.00,O1,2025-01-20")
    assert "4000.00" == owed(shop)
    assert (("O1",), "4000.00") == (booked(shop), owed(shop))


def test_a_rest_that_is_not_delivered_counts_for_30_days(shop: Shop) -> None:
    told(shop)
    shop.post(invoices="I9,C1,2025-01-20,2025-02-20,2900.00,O1,2025-01-20")
    later(shop, 29)
    assert ((), "4000.00") == (booked(shop), owed(shop))
    later(shop, 1)
    assert (("O1",), "3900.00") == (booked(shop), owed(shop))
    assert ("booked", "Nothing more came.") == (shop.steps("O1")[-1].cause, shop.steps("O1")[-1].reason)


@pytest.mark.parametrize("days", [10, 200])
def test_without_any_invoice_it_counts_for_180_days_from_the_word_however_old_the_order(shop: Shop, days: int) -> None:
    shop.ask("O1", "3000")
    later(shop, days)
    shop.invoice("O1")
    later(shop, 179)
    assert ((), "4000.00") == (booked(shop), owed(shop))
    later(shop, 1)
    assert (("O1",), "1000.00") == (booked(shop), owed(shop))


def test_an_invoice_that_names_no_order_is_its_own_if_customer_amount_and_currency_fit(shop: Shop) -> None:
    told(shop)
    shop.post(invoices="I9,C1,2025-01-20,2025-02-20,3000.00,,")
    assert "4000.00" == owed(shop)
    assert (("O1",), "4000.00") == (booked(shop), owed(shop))


@pytest.mark.parametrize(
    "row",
    [
        "I9,C1,2025-01-20,2025-02-20,2999.99,,",
        "I9,C1,2025-01-19,2025-02-20,3000.00,,",
        "I9,C1,2025-01-20,2025-02-20,3000.00,O7,",
    ],
    ids=["another amount", "before the order", "of another order"],
)
def test_an_invoice_that_does_not_fit_counts_beside_the_order(shop: Shop, row: str) -> None:
    """Too high rather than too low: nobody guesses what an invoice is for."""
    told(shop)
    shop.post(invoices=row)
    assert () == booked(shop)
    assert float(owed(shop)) > 6999


def test_an_order_that_nobody_said_to_be_invoiced_takes_no_invoice_without_a_name(shop: Shop) -> None:
    shop.ask("O1", "3000")
    shop.post(invoices="I9,C1,2025-01-20,2025-02-20,3000.00,,")
    assert ((), "7000.00") == (booked(shop), owed(shop))


def test_two_orders_of_one_amount_take_an_invoice_each(shop: Shop) -> None:
    told(shop, "O1", "1500")
    told(shop, "O2", "1500")
    shop.post(invoices="I9,C1,2025-01-20,2025-02-20,1500.00,,")
    assert "4000.00" == owed(shop)
    assert ("O1",) == booked(shop)
    assert ((), "4000.00") == (booked(shop), owed(shop))
    shop.post(invoices="I10,C1,2025-01-20,2025-02-20,1500.00,,")
    assert (("O2",), "4000.00") == (booked(shop), owed(shop))


def test_an_invoice_of_tomorrow_does_not_clear_the_order_today(shop: Shop) -> None:
    """An ERP may post today what is dated tomorrow: until then the order counts, and never neither."""
    told(shop)
    shop.post(invoices="I9,C1,2025-01-21,2025-02-20,3000.00,O1,2025-01-20")
    assert ((), "4000.00") == (booked(shop), owed(shop))
    later(shop, 1)
    assert ("4000.00", ("O1",), "4000.00") == (owed(shop), booked(shop), owed(shop))


def test_what_was_prepaid_does_not_count_before_or_after(shop: Shop) -> None:
    shop.ask("O1", "3000", channel="web")
    shop.invoice("O1")
    assert "1000.00" == owed(shop)


def test_what_was_let_go_against_prepayment_stays_prepaid_though_the_rules_want_none_by_then(shop: Shop) -> None:
    shop.ask("O1", "3000", channel="web")
    nothing_ahead = ORDER_CHECK.replace(
        "{channel: web}, then: {outcome: prepay}", "{channel: web}, then: {outcome: refer}"
    )
    assert nothing_ahead != ORDER_CHECK
    enforce(shop.house, house_policy({"order_check": nothing_ahead}), since=shop.act().at)
    shop.invoice("O1")
    assert (300_000, "1000.00") == (shop.order("O1").prepaid, owed(shop))


def test_each_day_closes_what_nothing_more_comes_of(shop: Shop) -> None:
    told(shop)
    assert (TODAY, "invoiced") == (shop.day, shop.order("O1").cause)
    later(shop, 181)
    run_day(shop.house, shop.day, shop.act("mia"))
    assert "booked" == shop.order("O1").cause
