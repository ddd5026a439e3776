"""Balances as a credit manager would add them up by hand."""

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.errors import FactError
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.dropped_write_offs import dropped_write_offs
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, open_items
from tests.facts.small_ledgers import (
    CUSTOMER,
    credit_note,
    day,
    declared,
    dispute,
    invoice,
    ledger,
    measured,
    payment,
    promise,
    value,
    write_off,
)

INVOICE = invoice("I1", "2026-01-10", "2026-02-09", 100_00)


def test_an_invoice_is_known_from_the_day_after_its_issue() -> None:
    books = ledger(INVOICE)
    assert [0, 100_00] == [value(books, "open_balance", on) for on in ("2026-01-10", "2026-01-11")]


def test_an_invoice_posted_late_is_known_from_the_day_after_its_posting() -> None:
    books = ledger(invoice("I1", "2026-01-10", "2026-02-09", 100_00, posted="2026-01-20"))
    assert [0, 100_00] == [value(books, "open_balance", on) for on in ("2026-01-20", "2026-01-21")]


def test_a_live_decision_knows_the_day_itself() -> None:
    books = ledger(INVOICE)
    assert [0, 100_00] == [value(books, "open_balance", on, live=True) for on in ("2026-01-09", "2026-01-10")]


def test_payments_credit_notes_and_write_offs_lower_what_is_open_from_the_day_after() -> None:
    books = ledger(
        INVOICE,
        payment("P1", "2026-01-20", 30_00, "I1"),
        credit_note("A1", "2026-01-25", 20_00, "I1"),
        write_off("A2", "2026-01-30", 10_00, "I1"),
    )
    days = ("2026-01-20", "2026-01-21", "2026-01-26", "2026-01-31")
    assert [100_00, 70_00, 50_00, 40_00] == [value(books, "open_balance", on) for on in days]


def test_entries_of_one_day_apply_payments_first_then_credit_notes_then_write_offs() -> None:
    books = ledger(
        INVOICE,
        write_off("A0", "2026-01-20", 80_00, "I1"),
        credit_note("A1", "2026-01-20", 50_00, "I1"),
        payment("P1", "2026-01-20", 40_00, "I1"),
    )
    written_off = declared("adjustments", "sum(amount)", Kind.MONEY, where='kind = "write_off"')
    credited = declared("adjustments", "sum(amount)", Kind.MONEY, where='kind = "credit_note"')
    assert (10_00, 50_00, 0) == (
        measured(books, written_off, "2026-02-01").value,
        measured(books, credited, "2026-02-01").value,
        value(books, "open_balance", "2026-02-01"),
    )


def test_the_surplus_of_a_payment_is_unapplied_cash_and_its_applied_part_the_payment() -> None:
    books = ledger(INVOICE, payment("P1", "2026-01-20", 130_00, "I1"))
    paid = measured(books, declared("payments", "sum(amount)", Kind.MONEY), "2026-02-01").value
    assert (0, 30_00, 100_00) == (
        value(books, "open_balance", "2026-02-01"),
        value(books, "unapplied_cash", "2026-02-01"),
        paid,
    )


def test_the_surplus_of_a_credit_note_is_unapplied_cash_that_of_a_write_off_is_dropped() -> None:
    books = ledger(INVOICE, credit_note("A1", "2026-01-20", 110_00, "I1"), write_off("A2", "2026-01-21", 25_00, "I1"))
    assert 10_00 == value(books, "unapplied_cash", "2026-02-01")


def test_an_entry_of_which_nothing_applies_is_in_no_source() -> None:
    books = ledger(
        INVOICE,
        payment("P1", "2026-01-20", 100_00, "I1"),
        payment("P2", "2026-01-21", 5_00, "I1"),
        write_off("A1", "2026-01-22", 5_00, "I1"),
    )
    count = [measured(books, declared(one, "count"), "2026-02-01").entries for one in ("payments", "adjustments")]
    assert [("P1",), ()] == count


def test_a_payment_without_invoice_is_unapplied_cash() -> None:
    books = ledger(INVOICE, payment("P1", "2026-01-20", 7_00))
    fact = measured(books, declared("payments", "count"), "2026-02-01")
    assert (7_00, 0) == (value(books, "unapplied_cash", "2026-02-01"), fact.value)


def test_a_deposit_lowers_the_open_amount_from_the_issue_date_and_is_no_payment() -> None:
    books = ledger(INVOICE, payment("P1", "2026-01-05", 40_00, "I1"))
    paid = measured(books, declared("payments", "count"), "2026-01-11").value
    assert (0, 0, 60_00, 0) == (
        value(books, "open_balance", "2026-01-10"),
        value(books, "unapplied_cash", "2026-01-10"),
        value(books, "open_balance", "2026-01-11"),
        paid,
    )


def test_a_payment_on_the_issue_date_is_no_deposit() -> None:
    books = ledger(INVOICE, payment("P1", "2026-01-10", 40_00, "I1"))
    assert 1_000_000 == measured(books, declared("payments", "count"), "2026-01-11").value


def test_an_applied_part_changes_when_an_earlier_dated_entry_becomes_known() -> None:
    """P2 takes 100 on its own; once P1 of the day before is posted, only 60 is left for it."""
    books = ledger(
        INVOICE,
        payment("P1", "2026-01-20", 40_00, "I1", posted="2026-01-31"),
        payment("P2", "2026-01-21", 100_00, "I1"),
    )
    largest = declared("payments", "max(amount)", Kind.MONEY)
    found = [
        (measured(books, largest, on).value, value(books, "unapplied_cash", on), measured(books, largest, on).entries)
        for on in ("2026-01-31", "2026-02-01")
    ]
    assert [(100_00, 0, ("P2",)), (60_00, 40_00, ("P2",))] == found


def test_overdue_counts_from_the_day_after_due_date_and_grace_and_leaves_disputes_out() -> None:
    books = ledger(INVOICE)
    terms = Circumstances(terms={CUSTOMER: StandingTerms(grace_days=5)})
    overdue = [value(books, "overdue_balance", on, circumstances=terms) for on in ("2026-02-14", "2026-02-15")]
    ungraced = [value(books, "overdue_balance", on) for on in ("2026-02-09", "2026-02-10")]
    assert ([0, 100_00], [0, 100_00]) == (overdue, ungraced)


def test_past_due_counts_without_grace_and_disputed_invoices_too() -> None:
    books = ledger(INVOICE, dispute("D1", "I1", "2026-02-01"))
    terms = Circumstances(terms={CUSTOMER: StandingTerms(grace_days=30)})
    found = [value(books, name, "2026-02-10", circumstances=terms) for name in ("past_due_balance", "overdue_balance")]
    assert [100_00, 0] == found


@pytest.mark.parametrize(
    ("on", "disputed"),
    [("2026-02-01", 0), ("2026-02-02", 100_00), ("2026-02-05", 100_00), ("2026-02-06", 0)],
)
def test_a_dispute_lasts_from_the_day_after_it_opened_through_the_day_it_closed(on: str, disputed: int) -> None:
    books = ledger(INVOICE, dispute("D1", "I1", "2026-02-01", "2026-02-05"))
    still_open = measured(books, declared("disputes", "count", Kind.INTEGER, where="open"), on).value
    assert (disputed, disputed // 100_00) == (value(books, "disputed_balance", on), still_open)


def test_a_dispute_or_promise_about_an_invoice_that_is_not_there_is_nobodys() -> None:
    """As where the invoice was withdrawn after it."""
    books = ledger(INVOICE, dispute("D1", "I9", "2026-02-01"), promise("V1", "I9", "2026-02-01", "2026-02-03"))
    counts = [
        measured(books, declared(of, "count", Kind.INTEGER), "2026-02-10").value for of in ("disputes", "promises")
    ]
    assert ([0, 0], 0) == (counts, value(books, "disputed_balance", "2026-02-10"))


def test_a_dispute_posted_late_is_known_from_the_day_after_its_posting() -> None:
    books = ledger(INVOICE, dispute("D1", "I1", "2026-02-01", posted="2026-02-03"))
    assert [0, 100_00] == [value(books, "disputed_balance", on) for on in ("2026-02-03", "2026-02-04")]


def test_the_oldest_days_past_due_is_of_undisputed_open_invoices_and_0_without_any() -> None:
    books = ledger(
        INVOICE,
        invoice("I2", "2026-01-01", "2026-01-20", 50_00),
        dispute("D1", "I2", "2026-01-15"),
    )
    found = [value(books, "oldest_days_past_due", on, Kind.DAYS) for on in ("2026-01-05", "2026-02-09", "2026-02-20")]
    assert [0, 0, 11] == found


def test_a_bill_clears_the_invoice_on_its_date_and_is_unmatured_through_its_maturity() -> None:
    books = ledger(INVOICE, payment("P1", "2026-02-01", 80_00, "I1", matures="2026-05-01"))
    found = [
        (value(books, "open_balance", on), value(books, "unmatured_bills", on))
        for on in ("2026-02-01", "2026-02-02", "2026-05-01", "2026-05-02")
    ]
    assert [(100_00, 0), (20_00, 80_00), (20_00, 80_00), (20_00, 0)] == found


def test_open_items_say_days_past_due_with_a_sign() -> None:
    books = ledger(
        INVOICE,
        invoice("I2", "2026-01-12", "2026-03-01", 50_00),
        payment("P1", "2026-01-20", 60_00, "I1"),
    )
    items = open_items(books, CUSTOMER, Knowledge(day("2026-02-19")), grace_days=9)
    assert [("I1", 40_00, 10, True), ("I2", 50_00, -10, False)] == [
        (one.invoice_id, one.open_amount, one.days_past_due, one.is_overdue) for one in items
    ]


def test_open_invoices_carry_the_columns_of_the_ledger() -> None:
    books = ledger(INVOICE, payment("P1", "2026-01-20", 60_00, "I1"), dispute("D1", "I1", "2026-02-01"))
    where = "amount = 100 and open_amount <= 40.00 and due_date = 2026-02-09 and days_past_due > 9 and disputed"
    assert ("I1",) == measured(books, declared("open_invoices", "count", where=where), "2026-02-19").entries


def test_money_conditions_are_exact_beyond_the_decimals_of_the_currency() -> None:
    books = ledger(INVOICE)
    found = [
        measured(books, declared("open_invoices", "count", Kind.INTEGER, where=where), "2026-02-19").value
        for where in ("amount > 99.999", "amount > 100.001", "amount = 100.000")
    ]
    assert [1, 0, 1] == found


def test_no_such_customer_is_an_error_with_a_remedy() -> None:
    with pytest.raises(FactError, match="no customer C9") as caught:
        value(ledger(), "open_balance", "2026-01-01", customer="C9")
    assert ("F103", True) == (caught.value.code, bool(caught.value.remedy))


def test_without_entries_balances_are_0_and_ratios_unknown() -> None:
    kinds = {"open_balance": 0, "sales_12m": 0, "unapplied_cash": 0, "days_sales_outstanding_90d": UNKNOWN}
    kinds |= {"months_as_customer": UNKNOWN, "avg_monthly_sales_12m": UNKNOWN, "payment_index_12m": UNKNOWN}
    assert kinds == {name: value(ledger(), name, "2026-01-01") for name in kinds}


def test_a_write_off_of_more_than_was_open_is_told_with_its_dropped_surplus() -> None:
    books = ledger(
        INVOICE,
        payment("P1", "2026-01-20", 70_00, "I1"),
        write_off("A1", "2026-01-21", 30_00, "I1"),
        write_off("A2", "2026-01-22", 5_00, "I1"),
    )
    assert [("A2", 5_00, currency("CNY"))] == list(dropped_write_offs(books))
