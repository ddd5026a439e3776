"""A fact's line: from its least to its largest value, with gaps where it was not known."""

import datetime as dt

from admin.screens.customers.fact_chart import fact_chart
from policy_service.services.code_book import Plain
from policy_service.services.fact_trend import FactThen
from tests.admin.browser import Browser


def of(*values: Plain) -> list[FactThen]:
    return [FactThen(dt.date(2025, 1, number + 1), value) for number, value in enumerate(values)]


def test_the_line_goes_from_the_least_value_at_the_bottom_to_the_largest_at_the_top() -> None:
    chart = fact_chart(of("10.00", "-5.00", "20.00"))
    assert chart is not None
    assert ("-5.00", "20.00") == (chart.low.item.value, chart.high.item.value)
    heights = [point.y for point in chart.points]
    assert (max(heights), min(heights)) == (heights[1], heights[2])


def test_what_was_not_known_is_a_gap() -> None:
    chart = fact_chart(of("1", "2", None, "unlimited", "3"))
    assert chart is not None
    assert [2, 1] == [len(piece.split()) for piece in chart.pieces]


def test_values_that_never_change_make_a_line() -> None:
    chart = fact_chart(of(3, 3, 3))
    assert chart is not None
    assert 1 == len({point.y for point in chart.points})


def test_words_and_a_single_value_make_none() -> None:
    assert fact_chart(of("food", "steel")) is None
    assert fact_chart(of("nan", "Infinity", "1")) is None
    assert fact_chart(of(None, "1")) is None
    assert fact_chart(of(True, False)) is None


def test_the_facts_of_a_customer_lead_to_the_trend_of_each(manager: Browser) -> None:
    page = manager.open("/customers/facts/C1")
    assert 'href="/customers/facts/C1?name=open_balance&amp;as_of=2025-01-20"' in page
    words = manager.words("/customers/facts/C1?name=open_balance")
    assert "At the last month ends" in words
    assert "2025-01-20 1,000.00 2024-12-31 0.00" in words
    assert 'class="trend"' in manager.open("/customers/facts/C1?name=open_balance")
