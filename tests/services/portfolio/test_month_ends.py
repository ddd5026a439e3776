"""Days of sales and collection effectiveness at month ends, on the worked numbers of formulas.md."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pytest

from policy_service.facts.quotients import Missing
from policy_service.services.portfolio.month_ends import MonthEnd, days_sales_now, month_ends
from policy_service.services.portfolio.months import Flow, Months, add_flow, added_up, no_flows, stored

#: The last full month before it is March, with 31 days after 28.
APRIL = dt.date(2026, 4, 10)


def flows(**of: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    """Return flows by kind of these amounts by day, as they come back from being stored."""
    made, months = no_flows(1), Months.until(APRIL)
    for name, amounts in of.items():
        numbers = np.array([dt.date.fromisoformat(day).toordinal() - 719163 for day in amounts], dtype=np.int64)
        owners, values = np.zeros(len(amounts), dtype=np.intp), np.array(list(amounts.values()), dtype=np.int64)
        add_flow(made, Flow[name], owners, numbers, values, months)
    return added_up([stored(made[0])])


def march(**of: Mapping[str, int]) -> MonthEnd:
    """Return the last month end."""
    return month_ends(APRIL, flows(**of))[-1]


def test_the_last_thirteen_full_months_are_shown_the_earliest_first() -> None:
    ends = month_ends(APRIL, flows())
    assert (13, dt.date(2025, 3, 1), dt.date(2026, 3, 1)) == (len(ends), ends[0].month, ends[-1].month)


def test_f1_simple_days_of_sales_are_those_of_the_last_three_months() -> None:
    """450,000 of 1,350,000 in a quarter are 30 days where it has 90: January to March of a common year has."""
    sold = {"2026-01-05": 400_000_00, "2026-02-05": 450_000_00, "2026-03-05": 500_000_00}
    end = march(SOLD=sold, SETTLED={"2026-03-20": 900_000_00})
    assert (450_000_00, 30.0) == (end.open_balance, end.days_sales.simple)


def test_f2_days_of_sales_counted_back_by_calendar_months() -> None:
    sold = {"2026-01-05": 700_000_00, "2026-02-05": 800_000_00, "2026-03-05": 900_000_00}
    end = march(SOLD=sold, SETTLED={"2026-03-20": 300_000_00})
    assert (2_100_000_00, 76.71) == (end.open_balance, pytest.approx(end.days_sales.count_back, abs=0.005))


def test_f2_the_month_of_the_day_counts_back_as_far_as_it_has_come() -> None:
    """Ten days of April, and of the 200 of March the half."""
    now = days_sales_now(APRIL, flows(SOLD={"2026-03-05": 200, "2026-04-05": 100}), 200, 300)
    assert (10 + 15.5, 60.0) == (now.count_back, now.simple)


def test_f5_collection_effectiveness_of_a_month() -> None:
    """500,000 and sales of 900,000; 450,000 is left of which 330,000 is not due."""
    end = march(
        SOLD={"2026-02-05": 500_000_00, "2026-03-05": 900_000_00},
        SETTLED={"2026-03-20": 950_000_00},
        FELL_DUE={"2026-03-10": 1_070_000_00},
        SETTLED_OF_DUE={"2026-03-20": 950_000_00},
    )
    assert (450_000_00, 120_000_00) == (end.open_balance, end.past_due)
    assert end.collection_effectiveness == pytest.approx(88.79, abs=0.005)


def test_f5_nothing_to_collect_is_told_and_is_not_zero() -> None:
    assert isinstance(march().collection_effectiveness, Missing)


def test_what_is_of_later_than_the_day_is_in_no_month() -> None:
    assert added_up([]) == flows(SOLD={"2026-04-11": 5})


def test_a_balance_of_more_than_a_year_of_sales_says_so() -> None:
    found = march(SOLD={"2019-01-01": 500, "2026-03-05": 100}).days_sales.count_back
    assert Missing("The open balance is more than the sales of the last twelve months.") == found


def test_sums_of_the_largest_amounts_are_exact() -> None:
    largest = no_flows(1)
    largest[0, Flow.SOLD, 3] = 2**63 - 1
    largest[0, Flow.SETTLED, 3] = -(2**63)
    added = added_up([stored(largest[0])] * 3)
    assert (3 * (2**63 - 1), -3 * 2**63) == (added[Flow.SOLD][3], added[Flow.SETTLED][3])
