"""Conditions on ledger entries compare one column with one value, are checked against the source, and print back."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import EntryCondition, EntrySource
from policy_service.language.definitions.entry_columns import ENTRY_COLUMNS
from policy_service.language.definitions.entry_conditions import conditions_text, parse_conditions

READINGS = {
    "days_past_due > 15": (EntrySource.OPEN_INVOICES, EntryCondition("days_past_due", ">", 15)),
    "days_past_due>=hold_after_days": (
        EntrySource.OPEN_INVOICES,
        EntryCondition("days_past_due", ">=", parameter="hold_after_days"),
    ),
    "disputed": (EntrySource.OPEN_INVOICES, EntryCondition("disputed", "=", 1)),
    "not disputed": (EntrySource.OPEN_INVOICES, EntryCondition("disputed", "=", 0)),
    "disputed = false": (EntrySource.OPEN_INVOICES, EntryCondition("disputed", "=", 0)),
    "disputed != false": (EntrySource.OPEN_INVOICES, EntryCondition("disputed", "=", 1)),
    "due_date < 1970-01-11": (EntrySource.OPEN_INVOICES, EntryCondition("due_date", "<", 10)),
    "open_amount >= 100.50": (EntrySource.OPEN_INVOICES, EntryCondition("open_amount", ">=", Decimal("100.5"))),
    "days_late <= -3": (EntrySource.PAYMENTS, EntryCondition("days_late", "<=", -3)),
    "kind = write_off": (EntrySource.ADJUSTMENTS, EntryCondition("kind", "=", "write_off")),
    'kind != "credit_note"': (EntrySource.ADJUSTMENTS, EntryCondition("kind", "!=", "credit_note")),
    "open": (EntrySource.DISPUTES, EntryCondition("open", "=", 1)),
    "broken": (EntrySource.PROMISES, EntryCondition("broken", "=", 1)),
    "not broken": (EntrySource.PROMISES, EntryCondition("broken", "=", 0)),
    "kind = 拒付": (EntrySource.EVENTS, EntryCondition("kind", "=", "拒付")),
    'value = "A and B"': (EntrySource.EVENTS, EntryCondition("value", "=", "A and B")),
    "value > 7.5": (EntrySource.EVENTS, EntryCondition("value", ">", Decimal("7.5"))),
    "value < worst_rating": (EntrySource.EVENTS, EntryCondition("value", "<", parameter="worst_rating")),
    "not let_through": (EntrySource.ORDERS, EntryCondition("let_through", "=", 0)),
}


@pytest.mark.parametrize(("text", "source", "expected"), [(text, *rest) for text, rest in READINGS.items()])
def test_a_condition_is_read(text: str, source: EntrySource, expected: EntryCondition) -> None:
    assert (expected,) == parse_conditions(text, source, NOWHERE)


def test_conditions_are_joined_by_and() -> None:
    expected = (EntryCondition("kind", "=", "write_off"), EntryCondition("amount", ">", Decimal(500)))

    assert expected == parse_conditions("kind = write_off and amount > 500.00", EntrySource.ADJUSTMENTS, NOWHERE)


def test_an_and_inside_quotes_joins_nothing() -> None:
    assert 1 == len(parse_conditions('kind = "this and that"', EntrySource.EVENTS, NOWHERE))


REFUSALS = {
    "days_late > 5": (EntrySource.OPEN_INVOICES, "L312", '"days_past_due"'),
    "term_days > 5": (EntrySource.ADJUSTMENTS, "L312", "Known are: kind, amount."),
    "open_amont > 5": (EntrySource.OPEN_INVOICES, "L312", 'Did you mean "open_amount"?'),
    "": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "days_late": (EntrySource.PAYMENTS, "L314", "Compare it"),
    "not days_late": (EntrySource.PAYMENTS, "L314", "Compare it"),
    "days_late >": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "days_late > > 5": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "days_late == 5": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "5 < days_late": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "days_late > 5 or amount > 7": (EntrySource.PAYMENTS, "L314", 'Only "and"'),
    "days_late > 5 and": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "days_late > 5 amount > 7": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "days_late > 5; drop": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "days_late > 1e3": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "days_late > 1,000": (EntrySource.PAYMENTS, "L314", "Write conditions"),
    "broken and not": (EntrySource.PROMISES, "L314", "Write conditions"),
    "kind < write_off": (EntrySource.ADJUSTMENTS, "L315", "= or !="),
    "broken > true": (EntrySource.PROMISES, "L315", "= or !="),
    "value > abc and value < 'x'": (EntrySource.EVENTS, "L314", "Write conditions"),
    'value > "B"': (EntrySource.EVENTS, "L315", "= or !="),
    "days_late > 5.5": (EntrySource.PAYMENTS, "L316", "whole number"),
    "days_late > 99999999999": (EntrySource.PAYMENTS, "L316", "whole number"),
    'days_late > "5"': (EntrySource.PAYMENTS, "L316", "a number"),
    "days_late > 2026-01-01": (EntrySource.PAYMENTS, "L316", "a number"),
    "days_late = null": (EntrySource.PAYMENTS, "L316", "a number"),
    "amount < unlimited": (EntrySource.PAYMENTS, "L316", "a number"),
    "promised < 5": (EntrySource.PROMISES, "L316", "a day"),
    "promised < 2026-02-30": (EntrySource.PROMISES, "L316", "calendar"),
    "broken = yes": (EntrySource.PROMISES, "L316", "true or false"),
    "kind = 5": (EntrySource.ADJUSTMENTS, "L316", "in quotes"),
    "kind = null": (EntrySource.EVENTS, "L316", "in quotes"),
    "kind = writeoff": (EntrySource.ADJUSTMENTS, "L316", 'Did you mean "write_off"?'),
}


@pytest.mark.parametrize(("text", "source", "code", "remedy"), [(text, *rest) for text, rest in REFUSALS.items()])
def test_a_mistake_is_refused_with_its_code_and_remedy(text: str, source: EntrySource, code: str, remedy: str) -> None:
    place = Place("facts.yaml", 3, 7)

    with pytest.raises(PolicyTextError) as caught:
        parse_conditions(text, source, place)

    assert (code, place) == (caught.value.code, caught.value.place)
    assert remedy in caught.value.remedy


@st.composite
def written_conditions(draw: st.DrawFn) -> tuple[EntrySource, tuple[EntryCondition, ...]]:
    source = draw(st.sampled_from(EntrySource))
    columns = draw(st.lists(st.sampled_from(sorted(ENTRY_COLUMNS[source])), min_size=1, max_size=4))
    return source, tuple(draw(condition(source, column)) for column in columns)


def condition(source: EntrySource, column: str) -> st.SearchStrategy[EntryCondition]:
    operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    parameter = st.builds(EntryCondition, st.just(column), operators, st.none(), st.just("hold_after_days"))
    equality = st.sampled_from(["=", "!="])
    match ENTRY_COLUMNS[source][column]:
        case Kind.BOOLEAN:
            return st.builds(EntryCondition, st.just(column), st.just("="), st.integers(0, 1))
        case Kind.CATEGORY if source is EntrySource.ADJUSTMENTS:
            texts = st.sampled_from(["credit_note", "write_off"])
            return st.builds(EntryCondition, st.just(column), equality, texts)
        case Kind.CATEGORY:
            return st.builds(EntryCondition, st.just(column), equality, st.text())
        case Kind.DATE:
            days = st.dates().map(lambda day: (day - date(1970, 1, 1)).days)
            return parameter | st.builds(EntryCondition, st.just(column), operators, days)
        case Kind.MONEY:
            amounts = st.decimals(-(10**12), 10**12, places=3)
            return parameter | st.builds(EntryCondition, st.just(column), operators, amounts)
        case _:
            return parameter | st.builds(EntryCondition, st.just(column), operators, st.integers(-9999, 9999))


@given(written_conditions())
def test_what_is_printed_is_read_back(drawn: tuple[EntrySource, tuple[EntryCondition, ...]]) -> None:
    source, conditions = drawn
    text = conditions_text(conditions, source)

    assert conditions == parse_conditions(text, source, NOWHERE)
    assert text == conditions_text(parse_conditions(text, source, NOWHERE), source)


@given(st.sampled_from(EntrySource), st.text())
def test_any_text_is_read_or_refused_and_nothing_else(source: EntrySource, text: str) -> None:
    assert is_read_or_refused(source, text)


def is_read_or_refused(source: EntrySource, text: str) -> bool:
    try:
        parse_conditions(text, source, NOWHERE)
    except PolicyTextError as error:
        return bool(error.remedy)
    return True


@pytest.mark.parametrize(("short", "long"), [("amount > 100", "amount  >100.00"), ("amount = 0", "amount = -0.0")])
def test_one_meaning_has_one_text(short: str, long: str) -> None:
    assert short == conditions_text(parse_conditions(long, EntrySource.PAYMENTS, NOWHERE), EntrySource.PAYMENTS)
