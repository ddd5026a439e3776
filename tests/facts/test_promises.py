"""Promises to pay: broken or kept, at the boundaries of their days and amounts."""

import pytest

from policy_service.domain.values import Kind
from tests.facts.small_ledgers import (
    Entry,
    credit_note,
    declared,
    invoice,
    ledger,
    measured,
    payment,
    promise,
    write_off,
)

INVOICE = invoice("I1", "2026-01-01", "2026-01-31", 100_00)
PROMISE = promise("R1", "I1", "2026-02-10", "2026-02-20", 60_00)
ALL_OF_IT = promise("R1", "I1", "2026-02-10", "2026-02-20")


def broken(*entries: Entry, on: str = "2026-03-01") -> int:
    asked = declared("promises", "count", Kind.INTEGER, where="broken")
    return measured(ledger(INVOICE, *entries), asked, on).value


@pytest.mark.parametrize(("on", "expected"), [("2026-02-20", 0), ("2026-02-21", 1)])
def test_a_promise_is_broken_from_the_day_after_the_promised_one(on: str, expected: int) -> None:
    assert expected == broken(PROMISE, on=on)


@pytest.mark.parametrize(
    ("paid", "amount", "expected"),
    [
        ("2026-02-10", 60_00, 0),
        ("2026-02-20", 60_00, 0),
        ("2026-02-21", 60_00, 1),
        ("2026-02-09", 30_00, 1),
        ("2026-02-15", 59_99, 1),
    ],
)
def test_what_comes_from_made_to_promised_inclusive_keeps_it(paid: str, amount: int, expected: int) -> None:
    assert expected == broken(PROMISE, payment("P1", paid, amount, "I1"))


def test_payments_and_credit_notes_keep_it_together_a_write_off_does_not() -> None:
    half = payment("P1", "2026-02-11", 30_00, "I1")
    assert (0, 1) == (
        broken(PROMISE, half, credit_note("A1", "2026-02-12", 30_00, "I1")),
        broken(PROMISE, half, write_off("A1", "2026-02-12", 30_00, "I1")),
    )


def test_what_came_before_it_was_made_lowers_what_is_needed() -> None:
    """70 of 100 came before, so 30 keep a promise of 60; also where a write-off came before."""
    rest = payment("P2", "2026-02-15", 30_00, "I1")
    assert (0, 0) == (
        broken(PROMISE, payment("P1", "2026-02-09", 70_00, "I1"), rest),
        broken(PROMISE, write_off("A1", "2026-02-09", 70_00, "I1"), rest),
    )


def test_a_promise_without_amount_is_of_all_that_is_left() -> None:
    before = payment("P1", "2026-02-09", 70_00, "I1")
    assert (0, 1) == (
        broken(ALL_OF_IT, before, payment("P2", "2026-02-15", 30_00, "I1")),
        broken(ALL_OF_IT, before, payment("P2", "2026-02-15", 29_99, "I1")),
    )


def test_a_promise_on_an_invoice_paid_before_is_not_broken() -> None:
    assert 0 == broken(PROMISE, payment("P1", "2026-02-01", 120_00, "I1"))


def test_a_payment_counts_as_recorded_whatever_a_write_off_left_for_it() -> None:
    assert 0 == broken(PROMISE, write_off("A1", "2026-02-11", 90_00, "I1"), payment("P1", "2026-02-12", 60_00, "I1"))


def test_a_payment_posted_late_keeps_the_promise_from_then_on() -> None:
    late = payment("P1", "2026-02-15", 60_00, "I1", posted="2026-02-25")
    assert [1, 0] == [broken(PROMISE, late, on=on) for on in ("2026-02-25", "2026-02-26")]


def test_a_promise_is_known_from_the_day_after_it_was_made() -> None:
    asked = declared("promises", "sum(amount)", Kind.MONEY)
    books = ledger(INVOICE, ALL_OF_IT)
    assert [0, 100_00] == [measured(books, asked, on).value for on in ("2026-02-10", "2026-02-11")]


def test_a_window_looks_at_the_day_it_was_made() -> None:
    asked = declared("promises", "count", Kind.INTEGER, where="broken", within=20)
    books = ledger(INVOICE, PROMISE)
    assert [1, 0] == [measured(books, asked, on).value for on in ("2026-03-02", "2026-03-03")]


def test_the_promised_day_is_a_date() -> None:
    asked = declared("promises", "count", Kind.INTEGER, where="promised >= 2026-02-20")
    assert 1 == measured(ledger(INVOICE, PROMISE), asked, "2026-03-01").value
