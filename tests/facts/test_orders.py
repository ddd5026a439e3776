"""Open orders: from the orders file, or read off invoices; and what decisions made of them."""

import pytest

from policy_service.domain.values import MILLION, Kind
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.measure import Circumstances
from tests.facts.small_ledgers import declared, invoice, ledger, measured, order, rate, value


def test_an_order_read_off_its_invoice_is_open_from_the_day_after_its_date_until_the_invoice_is_known() -> None:
    books = ledger(invoice("I1", "2026-01-20", "2026-02-20", 100_00, ordered="2026-01-05"))
    days = ("2026-01-05", "2026-01-06", "2026-01-20", "2026-01-21")
    assert [0, 100_00, 100_00, 0] == [value(books, "open_orders", on) for on in days]


def test_an_order_read_off_an_invoice_posted_late_stays_open_until_the_posting() -> None:
    books = ledger(invoice("I1", "2026-01-20", "2026-02-20", 100_00, posted="2026-01-25"))
    found = [
        (value(books, "open_orders", on), value(books, "open_balance", on))
        for on in ("2026-01-20", "2026-01-21", "2026-01-25", "2026-01-26")
    ]
    assert [(0, 0), (100_00, 0), (100_00, 0), (0, 100_00)] == found


def test_an_order_of_the_file_is_lowered_by_each_invoice_that_names_it_and_never_below_0() -> None:
    books = ledger(
        order("O1", "2026-01-05", 100_00),
        invoice("I1", "2026-01-20", "2026-02-20", 60_00, order="O1"),
        invoice("I2", "2026-01-25", "2026-02-20", 70_00, order="O1"),
        orders_file=True,
    )
    days = ("2026-01-05", "2026-01-06", "2026-01-21", "2026-01-26")
    assert [0, 100_00, 40_00, 0] == [value(books, "open_orders", on) for on in days]


@pytest.mark.parametrize(("on", "expected"), [("2026-06-30", 100_00), ("2026-07-01", 100_00), ("2026-07-02", 0)])
def test_an_order_of_the_file_without_invoice_counts_for_180_days(on: str, expected: int) -> None:
    """2026-01-02 plus 180 days is 2026-07-01."""
    assert expected == value(ledger(order("O1", "2026-01-02", 100_00), orders_file=True), "open_orders", on)


def test_an_invoice_that_is_not_known_yet_does_not_keep_its_order_open() -> None:
    """The rest of an order with a known invoice stays open; before that invoice the 180 days are what counts."""
    books = ledger(
        order("O1", "2026-01-02", 100_00),
        invoice("I1", "2026-08-01", "2026-09-01", 60_00, order="O1"),
        orders_file=True,
    )
    assert [0, 0, 40_00] == [value(books, "open_orders", on) for on in ("2026-07-15", "2026-08-01", "2026-08-02")]


def test_an_invoice_without_order_is_no_order_where_there_is_an_orders_file() -> None:
    books = ledger(invoice("I1", "2026-01-20", "2026-02-20", 60_00), orders_file=True)
    assert 0 == measured(books, declared("orders", "count"), "2026-02-01").value


def test_an_order_posted_late_is_known_from_the_day_after_its_posting() -> None:
    books = ledger(order("O1", "2026-01-05", 100_00, posted="2026-01-10"), orders_file=True)
    assert [0, 100_00] == [value(books, "open_orders", on) for on in ("2026-01-10", "2026-01-11")]


def test_orders_are_of_days_before_even_in_a_live_decision_but_open_orders_know_the_day() -> None:
    books = ledger(order("O1", "2026-01-05", 100_00), orders_file=True)
    asked = measured(books, declared("orders", "count"), "2026-01-05", live=True).value
    assert (0, 100_00) == (asked, value(books, "open_orders", "2026-01-05", live=True))


def test_an_order_stopped_by_a_decision_is_neither_let_through_nor_open() -> None:
    books = ledger(order("O1", "2026-01-05", 100_00), order("O2", "2026-01-06", 30_00), orders_file=True)
    told = Circumstances(orders=OrderDecisions(stopped=frozenset({"O1"})))
    let_through = declared("orders", "sum(amount)", Kind.MONEY, where="let_through")
    every = declared("orders", "sum(amount)", Kind.MONEY)
    assert (30_00, 30_00, 130_00) == (
        value(books, "open_orders", "2026-02-01", circumstances=told),
        measured(books, let_through, "2026-02-01", circumstances=told).value,
        measured(books, every, "2026-02-01", circumstances=told).value,
    )


@pytest.mark.parametrize(
    ("state", "goes_ahead"),
    [("", True), ("open", True), ("released", True), ("invoiced", True), ("held", False), ("cancelled", False)],
)
def test_an_order_counts_as_let_through_by_the_state_of_its_row_which_a_replay_does_not_read(
    state: str, goes_ahead: bool
) -> None:
    books = ledger(order("O1", "2026-01-05", 100_00, state=state), order("O2", "2026-01-06", 30_00), orders_file=True)
    let_through = declared("orders", "sum(amount)", Kind.MONEY, where="let_through")
    of_replay = Circumstances(orders=OrderDecisions(reads_states=False))
    assert [130_00 if goes_ahead else 30_00] * 2 + [130_00] * 2 + [2 * MILLION] == [
        value(books, "open_orders", "2026-02-01"),
        measured(books, let_through, "2026-02-01").value,
        value(books, "open_orders", "2026-02-01", circumstances=of_replay),
        measured(books, let_through, "2026-02-01", circumstances=of_replay).value,
        measured(books, declared("orders", "count"), "2026-02-01").value,
    ]


def test_orders_let_through_earlier_in_the_day_count_only_in_the_exposure() -> None:
    books = ledger(invoice("I1", "2026-01-05", "2026-02-05", 100_00), invoice("I2", "2026-01-05", "2026-02-05", 30_00))
    told = Circumstances(orders=OrderDecisions(earlier_today=frozenset({"I1"})))
    asked = measured(books, declared("orders", "count"), "2026-01-05", circumstances=told).value
    assert (100_00, 100_00, 0) == (
        value(books, "open_orders", "2026-01-05", circumstances=told),
        value(books, "exposure", "2026-01-05", circumstances=told),
        asked,
    )


def test_an_order_in_another_currency_is_lowered_in_its_own_currency() -> None:
    """100 dollars at 7.00, of which 100 are invoiced at 6.50: nothing is left of it, whatever the rates."""
    books = ledger(
        order("O1", "2026-01-05", 100_00, currency="USD"),
        invoice("I1", "2026-01-20", "2026-02-20", 40_00, order="O1", currency="USD"),
        invoice("I2", "2026-01-25", "2026-02-20", 60_00, order="O1", currency="USD"),
        rates=[rate("2026-01-01", "USD", "7.00"), rate("2026-01-15", "USD", "6.50")],
        orders_file=True,
    )
    days = ("2026-01-06", "2026-01-21", "2026-01-26")
    assert [700_00, 420_00, 0] == [value(books, "open_orders", on) for on in days]


def test_an_invoice_in_another_currency_than_its_order_lowers_it_in_base_currency() -> None:
    books = ledger(
        order("O1", "2026-01-05", 100_00, currency="USD"),
        invoice("I1", "2026-01-20", "2026-02-20", 250_00, order="O1"),
        rates=[rate("2026-01-01", "USD", "7.00")],
        orders_file=True,
    )
    assert 450_00 == value(books, "open_orders", "2026-01-21")
