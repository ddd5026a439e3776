"""What happened under a version is worked out behind the scenes: from its decisions, and from the ledger."""

import datetime as dt

import pytest

from policy_service.services.house import House
from policy_service.storage.policy_store import PolicyStore
from policy_service.storage.prediction_store import Happened, PredictionStore
from policy_service.storage.simulation_store import SimulatedText
from simulations.jobs.work import look_back
from simulations.predictions.looking_back import periods
from tests.api.house import Clock
from tests.services.decisions.live import answered, asked, at, enforce
from tests.services.house import house_policy, policy_with

BEGAN, LATER = dt.date(2025, 1, 20), dt.date(2025, 2, 10)
OTHER = policy_with("standing", "credit_limit: 5000", "credit_limit: 4000")


@pytest.fixture
def number(house: House) -> int:
    """Return the number of a version that began on a day, with a prediction, and has decided two orders."""
    number = enforce(house, OTHER, since=at(BEGAN, 0))
    with house.database.writing() as session:
        version = PolicyStore(session).version("house", number)
        PredictionStore(session).keep(version, SimulatedText("job", "ab" * 32, 1), "{}", 1)
    answered(house, asked(order="100", order_id="N1"), day=BEGAN)
    answered(house, asked(order="90000", order_id="N2"), day=LATER - dt.timedelta(1))
    return number


def looked(house: House, number: int, day: dt.date = LATER) -> tuple[Happened, ...]:
    """Return what happened, looked at on a day."""
    look_back(house, Clock(at(day)))
    with house.database.reading() as session:
        return PredictionStore(session).months("house", number)


def test_each_month_has_the_orders_that_the_version_decided_in_it(house: House, number: int) -> None:
    months = looked(house, number)
    assert [(BEGAN, dt.date(2025, 2, 1)), (dt.date(2025, 2, 1), LATER)] == [(one.begins, one.ends) for one in months]
    decided = [one.figures["decided"] for one in months]
    assert [(1, 0), (0, 1)] == [(one["orders"]["approve"], one["orders"]["hold"]) for one in decided]
    assert [10_000, 9_000_000] == [sum(one["amounts"].values()) for one in decided]


def test_an_order_that_is_asked_about_again_counts_once(house: House, number: int) -> None:
    answered(house, asked(order="90000", order_id="N2"), day=LATER - dt.timedelta(1), hour=12)
    assert 1 == looked(house, number)[1].figures["decided"]["orders"]["hold"]


def test_the_rest_is_what_the_ledger_says(house: House, number: int) -> None:
    ledger = looked(house, number)[0].figures["ledger"]
    assert ("CNY", int) == (ledger["currency"], type(ledger["open_balance_end"]))


def test_it_is_looked_at_once_a_day(house: House, number: int) -> None:
    looked(house, number)
    answered(house, asked(order="100", order_id="N3"), day=LATER - dt.timedelta(1), hour=13)
    again = looked(house, number)[1].figures["decided"]["orders"]
    tomorrow = looked(house, number, LATER + dt.timedelta(1))[1].figures["decided"]["orders"]
    assert (0, 1) == (again["approve"], tomorrow["approve"])


def test_after_its_end_it_is_looked_at_once_more(house: House, number: int) -> None:
    looked(house, number)
    enforce(house, house_policy(), since=at(LATER + dt.timedelta(1), 0))
    assert LATER + dt.timedelta(1) == looked(house, number, LATER + dt.timedelta(5))[1].ends
    assert LATER + dt.timedelta(1) == looked(house, number, LATER + dt.timedelta(9))[1].ends


def test_months_begin_and_end_with_the_period() -> None:
    assert [
        (dt.date(2025, 1, 31), dt.date(2025, 2, 1)),
        (dt.date(2025, 2, 1), dt.date(2025, 3, 1)),
        (dt.date(2025, 3, 1), dt.date(2025, 3, 2)),
    ] == list(periods(dt.date(2025, 1, 31), dt.date(2025, 3, 2)))
