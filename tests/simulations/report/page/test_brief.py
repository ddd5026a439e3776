"""The brief of a report, which stands beside a draft, says of its run what the whole report says."""

import datetime as dt

import pytest

from simulations.report.contents import report_of
from simulations.report.page.brief import brief_of
from simulations.report.page.run_told import days_of
from simulations.report.page.writing import page_of
from tests.simulations.report.page.pages import CONFIRMED, compared_policies, shipped


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_window_ends_with_its_last_day_as_in_the_report(language: str) -> None:
    report = {**report_of(compared_policies(), CONFIRMED), "customers": [], "customers_changed": 0}
    first, last = brief_of(report, shipped(), language).window
    page = page_of(compared_policies(), CONFIRMED, language)
    assert {"en": f"{first} to {last}, ", "zh": f"{first} 至 {last}，"}[language] in page


def test_the_last_day_is_the_one_before_the_end_that_a_report_says() -> None:
    window = {"from": "2025-11-24", "to": "2026-03-01"}
    assert (dt.date(2025, 11, 24), dt.date(2026, 2, 28)) == days_of(window)
