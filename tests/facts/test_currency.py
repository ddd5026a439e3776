"""Amounts in base currency: the rate at the issue date, one rounding a part, the remainder for the last."""

import pytest

from policy_service.domain.entries import Customer
from policy_service.domain.errors import FactError
from policy_service.domain.values import Currency, Kind
from tests.facts.small_ledgers import (
    CUSTOMER,
    credit_note,
    declared,
    dispute,
    invoice,
    ledger,
    measured,
    payment,
    promise,
    rate,
    value,
)

RATES = [rate("2026-01-01", "USD", "7.00"), rate("2026-01-10", "USD", "7.1234"), rate("2026-01-20", "USD", "9")]


@pytest.mark.parametrize(
    ("issued", "expected"), [("2026-01-09", 70_00), ("2026-01-10", 71_23), ("2026-01-19", 71_23), ("2026-01-20", 90_00)]
)
def test_an_invoice_uses_the_latest_rate_at_or_before_its_issue_date(issued: str, expected: int) -> None:
    books = ledger(invoice("I1", issued, "2026-02-20", 10_00, currency="USD"), rates=RATES)
    assert expected == value(books, "open_balance", "2026-02-01")


def test_the_entry_that_clears_an_invoice_takes_the_remainder() -> None:
    """0.10 dollars are 0.71; three parts 0.03, 0.03, 0.04 would be 0.21, 0.21, 0.28: the last takes 0.29."""
    books = ledger(
        invoice("I1", "2026-01-10", "2026-02-20", 10, currency="USD"),
        payment("P1", "2026-01-21", 3, "I1"),
        credit_note("A1", "2026-01-22", 3, "I1"),
        payment("P2", "2026-01-23", 4, "I1"),
        rates=RATES,
    )
    paid = declared("payments", "max(amount)", Kind.MONEY)
    found = [value(books, "open_balance", on) for on in ("2026-01-20", "2026-01-22", "2026-01-23", "2026-01-24")]
    assert ([71, 50, 29, 0], 29) == (found, measured(books, paid, "2026-02-01").value)


def test_parts_that_round_up_never_come_to_more_than_the_invoice() -> None:
    """9 yen are 0.05; each yen rounds up to 0.01, so the sixth finds nothing left to lower."""
    yen = [payment(f"P{number}", f"2026-01-2{number}", 1, "I1") for number in range(9)]
    books = ledger(
        invoice("I1", "2026-01-10", "2026-02-20", 9, currency="JPY"),
        *yen,
        rates=[rate("2026-01-01", "JPY", "0.0051")],
    )
    assert [3, 0, 0] == [value(books, "open_balance", on) for on in ("2026-01-22", "2026-01-27", "2026-01-29")]


def test_the_surplus_of_a_payment_uses_the_rate_of_its_invoice() -> None:
    books = ledger(
        invoice("I1", "2026-01-10", "2026-02-20", 10_00, currency="USD"),
        payment("P1", "2026-01-25", 15_00, "I1"),
        rates=RATES,
    )
    assert 35_62 == value(books, "unapplied_cash", "2026-02-01")


@pytest.mark.parametrize("code", ["", "USD", "JPY", "KWD"])
def test_a_payment_without_invoice_is_in_the_base_currency_whatever_the_customers_and_needs_no_rate(code: str) -> None:
    books = ledger(payment("P1", "2026-01-09", 10_00), versions=[Customer(CUSTOMER, currency=code)])
    assert 10_00 == value(books, "unapplied_cash", "2026-01-20")


def test_promised_and_disputed_amounts_are_in_base_currency() -> None:
    books = ledger(
        invoice("I1", "2026-01-10", "2026-02-20", 10_00, currency="USD"),
        promise("R1", "I1", "2026-01-11", "2026-01-12", 5_00),
        dispute("D1", "I1", "2026-01-11"),
        rates=RATES,
    )
    promised = measured(books, declared("promises", "sum(amount)", Kind.MONEY), "2026-02-01").value
    assert (35_62, 71_23) == (promised, value(books, "disputed_balance", "2026-02-01"))


@pytest.mark.parametrize(
    ("base", "code", "amount", "written", "expected"),
    [
        (Currency("CNY", 2), "JPY", 1000, "0.0485", 48_50),
        (Currency("CNY", 2), "KWD", 1_000, "23.4567", 23_46),
        (Currency("JPY", 0), "CNY", 10_00, "20.65", 207),
        (Currency("CNY", 2), "USD", 1, "0.5", 1),
    ],
)
def test_minor_units_of_both_currencies_are_minded_and_halves_round_up(
    base: Currency, code: str, amount: int, written: str, expected: int
) -> None:
    books = ledger(
        invoice("I1", "2026-01-10", "2026-02-20", amount, currency=code),
        rates=[rate("2026-01-01", code, written)],
        base=base,
    )
    assert expected == value(books, "open_balance", "2026-02-01")


def test_a_currency_without_a_rate_at_or_before_the_day_is_an_error() -> None:
    books = ledger(invoice("I1", "2025-12-31", "2026-02-20", 10_00, currency="USD"), rates=RATES)
    with pytest.raises(FactError, match="Invoice I1 is in USD, for which there is no rate on or before") as caught:
        value(books, "open_balance", "2026-02-01")
    assert ("F101", True) == (caught.value.code, bool(caught.value.remedy))


def test_an_invoice_without_currency_is_in_the_base_currency() -> None:
    books = ledger(invoice("I1", "2026-01-10", "2026-02-20", 10_00, currency=""), rates=RATES)
    assert 10_00 == value(books, "open_balance", "2026-02-01")
