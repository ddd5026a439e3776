"""A prediction is set beside what happened by the days of each period, and says what cannot be told from it."""

import datetime as dt

import pytest

from policy_service.storage.prediction_store import Happened
from simulations.predictions.comparing import COMPARED, NOT_COMPARED, Doubt, Said, compared
from simulations.report.page.figures import GROUPS
from simulations.search.figures import UNITS
from tests.simulations.predictions.summaries import DAY, figures, line, summary


def month(days: int = 30, begins: dt.date = DAY, **told: int) -> Happened:
    """Return what happened in a period of so many days."""
    return Happened(begins, begins + dt.timedelta(days), figures(**told))


def test_a_flow_is_predicted_by_the_days_of_the_period() -> None:
    judged = compared(summary(), [month(30), month(31, dt.date(2025, 2, 1))])
    assert [30, 31] == [pair.predicted for pair in line(judged, "sales").pairs]


def test_a_ratio_is_predicted_as_it_is() -> None:
    assert [365] == [pair.predicted for pair in line(compared(summary(), [month()]), "dso_simple").pairs]


def test_a_decision_is_compared_as_a_share_of_what_was_asked_for() -> None:
    judged = compared(summary(candidate={"held_amount": 50, "order_amount": 200}), [month(orders=100, held=10)])
    assert [(0.25, 0.1)] == [(pair.predicted, pair.happened) for pair in line(judged, "held_amount").pairs]


def test_a_balance_is_predicted_as_it_was_at_the_ends_of_months() -> None:
    judged = compared(summary(candidate={"open_balance_end": 9}), [month()])
    assert [365] == [pair.predicted for pair in line(judged, "open_balance_end").pairs]


@pytest.mark.parametrize(("sales", "said"), [(30, Said.WITHIN), (29, Said.BELOW), (31, Said.ABOVE)])
def test_what_happened_is_told_within_or_beyond_the_months_simulated(sales: int, said: Said) -> None:
    assert [said] == [pair.said for pair in line(compared(summary(), [month(sales=sales)]), "sales").pairs]


def test_of_a_month_that_was_simulated_in_part_nothing_is_taken_for_a_bound() -> None:
    told = summary()
    cut = [{**one, "candidate": {**one["candidate"], "sales": 1}} for one in told["timeline"][-1:]]
    judged = compared({**told, "timeline": [*told["timeline"][:-1], *cut]}, [month(sales=30)])
    assert 30 == line(judged, "sales").low


def test_too_short_a_time_is_not_judged() -> None:
    judged = compared(summary(), [month(27, sales=1)])
    assert (Said.UNSAID, True) == (line(judged, "sales").pairs[0].said, Doubt.TOO_SHORT in judged.doubts)


def test_shares_of_few_orders_are_said_to_be_thin() -> None:
    judged = compared(summary(), [month(orders=29)])
    assert [True, False] == [line(judged, name).pairs[0].is_thin for name in ("held_amount", "sales")]


def test_orders_that_were_never_asked_about_here_raise_a_doubt() -> None:
    elsewhere = Happened(DAY, dt.date(2025, 2, 1), figures() | {"ledger": {**figures()["ledger"], "orders": 120}})
    judged = compared(summary(), [elsewhere])
    assert (20, True) == (judged.periods[0].asked_elsewhere, Doubt.ASKED_ELSEWHERE in judged.doubts)


def test_what_is_unknown_stays_unknown() -> None:
    judged = compared(summary(candidate={"on_time_share": None}), [month(on_time_share=None)])
    assert [(None, None)] == [(pair.predicted, pair.happened) for pair in line(judged, "on_time_share").pairs]


def test_before_the_first_day_is_over_there_is_nothing_to_compare() -> None:
    assert () == compared(summary(), []).lines


def test_every_figure_of_a_report_is_compared_or_said_not_to_be() -> None:
    shown = {shown.name for group in GROUPS.values() for shown in group if shown.name in UNITS}
    named = {each.name for each in COMPARED} | {name for names in NOT_COMPARED.values() for name in names}
    # Of orders by decision only the amounts: their numbers say the same.
    assert {"approved", "held", "prepaid", "referred", "declined"} == shown - named
