"""A fact at the last month ends is what it was known to be then."""

import datetime as dt

import pytest

from policy_service.domain.errors import RequestError
from policy_service.facts.knowledge import Knowledge
from policy_service.services.credit_file import facts_of_customer
from policy_service.services.customer_facts import FactsAsked
from policy_service.services.fact_trend import MONTHS, fact_trend
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.decisions.live import act, furnish, open_house


@pytest.fixture
def house(database: Database) -> House:
    made = open_house(database)
    furnish(made)
    return made


def test_a_fact_is_told_of_the_last_month_ends_and_of_now(house: House) -> None:
    by = act(dt.date(2025, 3, 21))
    with house.database.reading() as session:
        trend = fact_trend(house, session, "C2", "open_balance", by)
        now = facts_of_customer(
            house, session, FactsAsked("C2", Knowledge(by_day(), includes_day=True), names=("open_balance",)), by
        )
    assert MONTHS + 1 == len(trend)
    assert (dt.date(2024, 3, 31), dt.date(2025, 2, 28), by_day()) == (trend[0].day, trend[-2].day, trend[-1].day)
    assert ("0.00", "300.00") == (trend[-2].value, trend[-1].value)
    assert now.facts[0].value == trend[-1].value


def test_a_fact_of_the_standing_has_no_trend(house: House) -> None:
    with house.database.reading() as session:
        assert () == fact_trend(house, session, "C1", "credit_limit", act())


def test_the_name_of_no_fact_is_refused(house: House) -> None:
    with house.database.reading() as session, pytest.raises(RequestError) as refused:
        fact_trend(house, session, "C1", "no_such", act())
    assert "R494" == refused.value.code


def by_day() -> dt.date:
    return dt.date(2025, 3, 21)
