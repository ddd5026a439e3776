"""Differences and their bands, figure by figure."""

import pytest

from simulations.accounting.kpis import Figure
from simulations.comparison.differences import differences, less
from simulations.comparison.intervals import intervals


@pytest.mark.parametrize(
    ("candidate", "baseline", "difference"),
    [
        (5, 7, -2),
        (0.5, 0.25, 0.25),
        ("2026-03-01", "2026-02-27", 2),
        (None, 1, None),
        (1, None, None),
        ({"A": 2, "B": 1}, {"A": 1, "C": 4}, {"A": 1, "B": 1, "C": -4}),
        ({"X": {"orders": 1, "amount": 9}}, {}, {"X": {"orders": 1, "amount": 9}}),
        ({}, {"X": {"orders": 1, "amount": 9}}, {"X": {"orders": -1, "amount": -9}}),
    ],
)
def test_a_difference_is_candidate_less_baseline(candidate: Figure, baseline: Figure, difference: Figure) -> None:
    assert difference == less(candidate, baseline)


def test_why_a_difference_is_missing_is_said_of_the_side_that_lacks_the_figure() -> None:
    found = differences({"sales": None, "null_reasons": {"sales": "No."}}, {"sales": 3, "null_reasons": {}})
    assert {"sales": None, "null_reasons": {"sales": "Of the baseline: No."}} == found


def test_bands_are_the_tenth_and_the_hundred_and_ninetieth_of_two_hundred() -> None:
    draws = [({"sales": 0, "null_reasons": {}}, {"sales": n, "null_reasons": {}}) for n in range(200, 0, -1)]
    assert {"sales": (10, 190)} == intervals({"sales": 1, "null_reasons": {}}, draws)


def test_draws_without_a_figure_say_nothing_of_it_and_a_name_that_does_not_occur_is_nothing() -> None:
    def of(dso: float | None, reasons: Figure) -> dict[str, Figure]:
        return {"dso": dso, "reasons": reasons, "null_reasons": {}}

    none = of(0.0, {})
    draws = [(none, of(None, {})), (none, of(2.0, {"X": {"orders": 3, "amount": 9}}))]
    found = intervals(of(1.0, {"X": {"orders": 1, "amount": 2}}), draws)
    assert {"dso": (2.0, 2.0), "reasons": {"X": {"orders": (0, 3), "amount": (0, 9)}}} == found
    assert {"dso": None, "reasons": {}} == intervals(of(None, {}), draws)
