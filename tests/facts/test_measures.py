"""Declared facts: every measure on numbers small enough to check by hand."""

import dataclasses

import pytest

from policy_service.domain.errors import FactError
from policy_service.domain.values import MILLION, UNKNOWN, Currency, Kind
from policy_service.facts.measure import Circumstances
from policy_service.language.definitions.dictionary import EntryCondition, LedgerMeasure
from policy_service.language.policy import Parameter
from tests.facts.small_ledgers import credit_note, declared, event, invoice, ledger, measured, payment, write_off

#: Paid 2 days early, 15 late, 60 late: the payments of formulas.md F6 and F7.
THREE_PAYMENTS = ledger(
    invoice("I1", "2026-01-01", "2026-01-31", 10_000_00),
    invoice("I2", "2026-01-01", "2026-01-31", 50_000_00),
    invoice("I3", "2026-01-01", "2026-01-31", 5_000_00),
    payment("P1", "2026-01-29", 10_000_00, "I1"),
    payment("P2", "2026-02-15", 50_000_00, "I2"),
    payment("P3", "2026-04-01", 5_000_00, "I3"),
)


@pytest.mark.parametrize(
    ("written", "kind", "expected"),
    [
        ("count", Kind.INTEGER, 3),
        ("count", Kind.NUMBER, 3 * MILLION),
        ("count_distinct(month)", Kind.INTEGER, 3),
        ("sum(amount)", Kind.MONEY, 65_000_00),
        ("sum(amount)", Kind.NUMBER, 65_000 * MILLION),
        ("sum(days_late)", Kind.DAYS, 73),
        ("mean(days_late)", Kind.NUMBER, 24_333_333),
        ("mean(days_late)", Kind.DAYS, 24),
        ("mean(days_late, weight amount)", Kind.NUMBER, 15_846_154),
        ("mean(amount)", Kind.MONEY, 21_666_67),
        ("mean(amount)", Kind.NUMBER, 21_666_666_667),
        ("min(days_late)", Kind.INTEGER, -2),
        ("max(days_late)", Kind.INTEGER, 60),
        ("min(amount)", Kind.MONEY, 5_000_00),
        ("max(amount)", Kind.MONEY, 50_000_00),
        ("share(amount where days_late <= 0)", Kind.NUMBER, 153_846),
        ("share(days_late where days_late > 15)", Kind.NUMBER, 821_918),
        ("days_since_last", Kind.DAYS, 9),
        ("days_since_first", Kind.DAYS, 71),
    ],
)
def test_each_measure_as_worked_by_hand(written: str, kind: Kind, expected: int) -> None:
    assert expected == measured(THREE_PAYMENTS, declared("payments", written, kind), "2026-04-10").value


def test_a_slope_is_least_squares_per_30_days() -> None:
    """Late by 0, 10 and 5 on days 0, 10 and 20: slope 0.25 a day, 7.5 per 30 days."""
    books = ledger(
        invoice("I1", "2026-01-01", "2026-02-01", 10_00),
        invoice("I2", "2026-01-01", "2026-02-01", 10_00),
        invoice("I3", "2026-01-01", "2026-02-16", 10_00),
        payment("P1", "2026-02-01", 10_00, "I1"),
        payment("P2", "2026-02-11", 10_00, "I2"),
        payment("P3", "2026-02-21", 10_00, "I3"),
    )
    slope = measured(books, declared("payments", "slope(days_late)"), "2026-03-01")
    assert (7_500_000, ("P1", "P2", "P3")) == (slope.value, slope.entries)


def test_a_slope_over_one_date_is_unknown() -> None:
    books = ledger(invoice("I1", "2026-01-01", "2026-02-01", 10_00), invoice("I2", "2026-01-01", "2026-02-01", 20_00))
    assert UNKNOWN == measured(books, declared("invoices", "slope(amount)"), "2026-03-01").value


@pytest.mark.parametrize("written", ["mean(amount)", "min(amount)", "max(amount)", "days_since_last", "slope(amount)"])
def test_without_entries_measures_are_unknown(written: str) -> None:
    assert UNKNOWN == measured(ledger(), declared("payments", written), "2026-03-01").value


@pytest.mark.parametrize("written", ["count", "sum(amount)", "count_distinct(month)"])
def test_without_entries_counts_and_sums_are_0(written: str) -> None:
    assert 0 == measured(ledger(), declared("payments", written), "2026-03-01").value


def test_a_zero_denominator_is_unknown() -> None:
    """Paid 5 early and 5 late: the days late come to 0."""
    books = ledger(
        invoice("I1", "2026-01-01", "2026-02-01", 10_00),
        invoice("I2", "2026-01-01", "2026-02-01", 10_00),
        payment("P1", "2026-01-27", 10_00, "I1"),
        payment("P2", "2026-02-06", 10_00, "I2"),
    )
    found = [
        measured(books, declared("payments", written), "2026-03-01").value
        for written in ("share(days_late where days_late > 0)", "mean(amount, weight days_late)")
    ]
    assert [UNKNOWN, UNKNOWN] == found


@pytest.mark.parametrize(
    ("amounts", "expected"), [((1, 2), 2), ((1, 1, 2), 1), ((1, 2, 2), 2), ((1, 4), 3), ((2, 3), 3)]
)
def test_halves_round_away_from_zero(amounts: tuple[int, ...], expected: int) -> None:
    books = ledger(*(invoice(f"I{n}", "2026-01-01", "2026-02-01", each) for n, each in enumerate(amounts)))
    assert expected == measured(books, declared("invoices", "mean(amount)", Kind.MONEY), "2026-03-01").value


def test_negative_halves_round_away_from_zero() -> None:
    books = ledger(
        invoice("I1", "2026-01-01", "2026-02-01", 10_00),
        invoice("I2", "2026-01-01", "2026-02-01", 10_00),
        payment("P1", "2026-01-31", 10_00, "I1"),
        payment("P2", "2026-01-30", 10_00, "I2"),
    )
    assert -2 == measured(books, declared("payments", "mean(days_late)", Kind.DAYS), "2026-03-01").value


@pytest.mark.parametrize(("on", "expected"), [("2026-01-11", 1), ("2026-01-20", 1), ("2026-01-21", 0)])
def test_a_window_keeps_its_first_day_and_leaves_the_day_itself_out(on: str, expected: int) -> None:
    books = ledger(invoice("I1", "2026-01-10", "2026-02-01", 10_00))
    assert expected == measured(books, declared("invoices", "count", Kind.INTEGER, within=10), on).value


def test_a_window_leaves_the_day_itself_out_of_a_live_decision_too() -> None:
    books = ledger(invoice("I1", "2026-01-10", "2026-02-01", 10_00))
    windowed, every = declared("invoices", "count", within=10), declared("invoices", "count")
    found = [measured(books, one, "2026-01-10", live=True).value for one in (windowed, every)]
    assert [0, MILLION] == found


def test_adjustments_are_told_apart_by_kind() -> None:
    books = ledger(
        invoice("I1", "2026-01-01", "2026-02-01", 100_00),
        credit_note("A1", "2026-01-10", 30_00, "I1"),
        write_off("A2", "2026-01-11", 20_00, "I1"),
    )
    found = [
        measured(books, declared("adjustments", "sum(amount)", Kind.MONEY, where=f"kind {test}"), "2026-03-01").value
        for test in ('= "write_off"', '!= "write_off"')
    ]
    assert [20_00, 30_00] == found


def test_events_are_counted_by_kind_and_value() -> None:
    books = ledger(
        event("E1", "2026-01-01", "rating_change", "BB"),
        event("E2", "2026-01-02", "rating_change", "CC"),
        event("E3", "2026-01-03", "contact"),
    )
    asked = declared("events", "count", Kind.INTEGER, where='kind = "rating_change" and value = "CC"')
    assert (1, ("E2",)) == (measured(books, asked, "2026-02-01").value, measured(books, asked, "2026-02-01").entries)


def test_an_events_value_is_a_number_where_it_is_one() -> None:
    books = ledger(
        event("E1", "2026-01-01", "score", "0.5"),
        event("E2", "2026-01-02", "score", "2"),
        event("E3", "2026-01-03", "score", "none yet"),
    )
    over_one = declared("events", "count", Kind.INTEGER, where="value > 0.5")
    mean = declared("events", "mean(value)")
    assert (1, 1_250_000) == (measured(books, over_one, "2026-02-01").value, measured(books, mean, "2026-02-01").value)


def test_a_condition_may_name_a_parameter() -> None:
    books = ledger(invoice("I1", "2026-01-01", "2026-02-01", 100_00), invoice("I2", "2026-01-01", "2026-02-20", 10_00))
    dials = {
        "slow": Parameter("slow", Kind.DAYS, 10),
        "small": Parameter("small", Kind.MONEY, 10_01),
        "ratio": Parameter("ratio", Kind.NUMBER, 9_500_000),
    }
    found = [
        measured(
            books,
            declared("open_invoices", "count", Kind.INTEGER, where=where),
            "2026-03-01",
            circumstances=Circumstances(parameters=dials),
        ).value
        for where in ("days_past_due > slow", "open_amount < small", "days_past_due < ratio")
    ]
    assert [1, 1, 1] == found


@pytest.mark.parametrize("dials", [{}, {"slow": Parameter("slow", Kind.MONEY, 10_00)}])
def test_a_parameter_missing_or_of_another_kind_is_an_error(dials: dict[str, Parameter]) -> None:
    asked = declared("open_invoices", "count", where="days_past_due > slow")
    with pytest.raises(FactError, match="parameter slow") as caught:
        measured(ledger(), asked, "2026-03-01", circumstances=Circumstances(parameters=dials))
    assert "F105" == caught.value.code


def test_a_column_that_the_source_lacks_is_an_error() -> None:
    asked = declared("open_invoices", "count")
    assert asked.measure is not None
    where = (EntryCondition("promised", ">", 1),)
    wrong = dataclasses.replace(asked, measure=dataclasses.replace(asked.measure, where=where))
    with pytest.raises(FactError, match="no column promised") as caught:
        measured(ledger(), wrong, "2026-03-01")
    assert "F106" == caught.value.code


def test_a_ledger_fact_without_a_measure_is_an_error() -> None:
    asked: LedgerMeasure | None = None
    with pytest.raises(FactError, match="how the fact fact is measured"):
        measured(ledger(), dataclasses.replace(declared("payments", "count"), measure=asked), "2026-03-01")


def test_sums_are_exact_beyond_64_bits_and_a_fact_that_does_not_fit_is_an_error() -> None:
    largest = 2**63 - 2
    books = ledger(
        invoice("I1", "2026-01-01", "2026-02-01", largest),
        invoice("I2", "2026-01-01", "2026-02-01", largest),
        payment("P1", "2026-01-31", 1, "I1"),
    )
    mean = measured(books, declared("invoices", "mean(amount)", Kind.MONEY), "2026-03-01").value
    opened = measured(books, declared("open_invoices", "min(open_amount)", Kind.MONEY), "2026-03-01").value
    with pytest.raises(FactError, match="outside the range") as caught:
        measured(books, declared("invoices", "sum(amount)", Kind.MONEY), "2026-03-01")
    assert (largest, largest - 1, "F104") == (mean, opened, caught.value.code)


def test_a_number_over_money_is_in_major_units_of_a_currency_without_decimals() -> None:
    books = ledger(invoice("I1", "2026-01-01", "2026-02-01", 1500, currency="JPY"), base=Currency("JPY", 0))
    assert 1500 * MILLION == measured(books, declared("invoices", "sum(amount)"), "2026-03-01").value
