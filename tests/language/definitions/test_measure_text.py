"""Measures are read, checked against the columns of their source, and print back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import (
    EntryCondition,
    EntrySource,
    LedgerMeasure,
    Measure,
    MeasureKind,
)
from policy_service.language.definitions.measure_text import (
    fitting_kinds,
    measure_text,
    parameters_of,
    parse_measure,
    parse_within,
    within_text,
)

NUMBERS = {Kind.INTEGER, Kind.DAYS, Kind.NUMBER}
AMOUNTS = {Kind.MONEY, Kind.NUMBER}

READINGS = {
    "count": (EntrySource.DISPUTES, Measure(MeasureKind.COUNT), NUMBERS),
    "count_distinct(month)": (EntrySource.INVOICES, Measure(MeasureKind.COUNT_DISTINCT_MONTH), NUMBERS),
    "sum(amount)": (EntrySource.INVOICES, Measure(MeasureKind.SUM, "amount"), AMOUNTS),
    "sum(days_late)": (EntrySource.PAYMENTS, Measure(MeasureKind.SUM, "days_late"), NUMBERS),
    "mean(days_late)": (EntrySource.PAYMENTS, Measure(MeasureKind.MEAN, "days_late"), NUMBERS),
    "mean(days_late, weight amount)": (EntrySource.PAYMENTS, Measure(MeasureKind.MEAN, "days_late", "amount"), NUMBERS),
    "mean(amount)": (EntrySource.ORDERS, Measure(MeasureKind.MEAN, "amount"), AMOUNTS),
    "min(term_days)": (EntrySource.INVOICES, Measure(MeasureKind.MIN, "term_days"), NUMBERS),
    "max(open_amount)": (EntrySource.OPEN_INVOICES, Measure(MeasureKind.MAX, "open_amount"), AMOUNTS),
    "share(amount where days_late <= 0)": (
        EntrySource.PAYMENTS,
        Measure(MeasureKind.SHARE, "amount", share_of=(EntryCondition("days_late", "<=", 0),)),
        {Kind.NUMBER},
    ),
    "share(open_amount where not disputed and amount > 0.5)": (
        EntrySource.OPEN_INVOICES,
        Measure(
            MeasureKind.SHARE,
            "open_amount",
            share_of=(EntryCondition("disputed", "=", 0), EntryCondition("amount", ">", Decimal("0.5"))),
        ),
        {Kind.NUMBER},
    ),
    "days_since_last": (EntrySource.EVENTS, Measure(MeasureKind.DAYS_SINCE_LAST), NUMBERS),
    "days_since_first": (EntrySource.ORDERS, Measure(MeasureKind.DAYS_SINCE_FIRST), NUMBERS),
    "slope(days_late)": (EntrySource.PAYMENTS, Measure(MeasureKind.SLOPE, "days_late"), NUMBERS),
    "slope(value)": (EntrySource.EVENTS, Measure(MeasureKind.SLOPE, "value"), NUMBERS),
}


@pytest.mark.parametrize(("text", "source", "measure", "kinds"), [(text, *rest) for text, rest in READINGS.items()])
def test_a_measure_is_read_fits_its_types_and_prints_back(
    text: str, source: EntrySource, measure: Measure, kinds: set[Kind]
) -> None:
    assert measure == parse_measure(text, source, NOWHERE)
    assert kinds == fitting_kinds(measure, source)
    assert text == measure_text(measure, source)


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        (" mean( days_late ,weight  amount ) ", "mean(days_late, weight amount)"),
        ("share( amount  where  days_late<=0 )", "share(amount where days_late <= 0)"),
        ("count_distinct( month )", "count_distinct(month)"),
        ("sum (amount)", "sum(amount)"),
    ],
)
def test_spaces_say_nothing(loose: str, strict: str) -> None:
    measure = parse_measure(loose, EntrySource.PAYMENTS, NOWHERE)

    assert strict == measure_text(measure, EntrySource.PAYMENTS)


REFUSALS = {
    "": (EntrySource.PAYMENTS, "L310", "Write one of"),
    "sum": (EntrySource.PAYMENTS, "L310", "Write sum(column)."),
    "sum()": (EntrySource.PAYMENTS, "L310", "Write sum(column)."),
    "sum(amount, days_late)": (EntrySource.PAYMENTS, "L310", "Write sum(column)."),
    "sum(amount * 2)": (EntrySource.PAYMENTS, "L310", "Write sum(column)."),
    "sum(amount": (EntrySource.PAYMENTS, "L310", "Write one of"),
    "count(amount)": (EntrySource.PAYMENTS, "L310", "Write count."),
    "count()": (EntrySource.PAYMENTS, "L310", "Write count."),
    "count_distinct": (EntrySource.PAYMENTS, "L310", "Write count_distinct(month)."),
    "count_distinct(customer)": (EntrySource.PAYMENTS, "L310", "Write count_distinct(month)."),
    "mean(days_late, amount)": (EntrySource.PAYMENTS, "L310", "weight column"),
    "share(amount)": (EntrySource.PAYMENTS, "L310", "where condition"),
    "share(amount where )": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "share(amount where days_late)": (EntrySource.PAYMENTS, "L314", "Compare it"),
    "share(amount where days_lte > 0)": (EntrySource.PAYMENTS, "L312", "days_late"),
    "avrage(days_late)": (EntrySource.PAYMENTS, "L311", "Known are"),
    "means(days_late)": (EntrySource.PAYMENTS, "L311", 'Did you mean "mean"?'),
    "sum(open_amount)": (EntrySource.PAYMENTS, "L312", "amount"),
    "mean(days_late, weight days_past_due)": (EntrySource.PAYMENTS, "L312", "days_late"),
    "max(due_date)": (EntrySource.OPEN_INVOICES, "L313", "Measure one of: amount, open_amount, days_past_due."),
    "sum(disputed)": (EntrySource.OPEN_INVOICES, "L313", "Measure one of"),
    "sum(kind)": (EntrySource.ADJUSTMENTS, "L313", "Measure one of: amount."),
    "sum(open)": (EntrySource.DISPUTES, "L313", "Use count"),
}


@pytest.mark.parametrize(("text", "source", "code", "remedy"), [(text, *rest) for text, rest in REFUSALS.items()])
def test_a_mistake_is_refused_with_its_code_and_remedy(text: str, source: EntrySource, code: str, remedy: str) -> None:
    place = Place("facts.yaml", 3, 7)

    with pytest.raises(PolicyTextError) as caught:
        parse_measure(text, source, place)

    assert (code, place) == (caught.value.code, caught.value.place)
    assert remedy in caught.value.remedy


@given(st.sampled_from(EntrySource), st.text())
def test_any_text_is_read_or_refused_and_nothing_else(source: EntrySource, text: str) -> None:
    assert is_read_or_refused(source, text)


def is_read_or_refused(source: EntrySource, text: str) -> bool:
    try:
        parse_measure(text, source, NOWHERE)
    except PolicyTextError as error:
        return bool(error.remedy)
    return True


@pytest.mark.parametrize(("text", "days"), [("365 days", 365), ("1 day", 1), ("30 days", 30)])
def test_a_window_is_read_and_prints_back(text: str, days: int) -> None:
    assert days == parse_within(text, NOWHERE)
    assert text == within_text(days)


@pytest.mark.parametrize(
    "text", ["365", "0 days", "-5 days", "1 year", "12 months", "1.5 days", "100000 days", "٣ days", "3 days "]
)
def test_a_window_in_other_words_is_refused(text: str) -> None:
    with pytest.raises(PolicyTextError) as caught:
        parse_within(text, NOWHERE)

    assert "L320" == caught.value.code


def test_the_parameters_of_a_measure_are_those_of_its_conditions() -> None:
    measure = LedgerMeasure(
        EntrySource.PAYMENTS,
        parse_measure("share(amount where days_late <= tolerated_days)", EntrySource.PAYMENTS, NOWHERE),
        (EntryCondition("amount", ">", parameter="materiality"), EntryCondition("days_late", "<", 90)),
    )

    assert {"tolerated_days": Kind.DAYS, "materiality": Kind.MONEY} == parameters_of(measure)
