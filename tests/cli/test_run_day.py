"""A day is run from the command line by a named person, with a report a person or a program reads."""

import json
from collections.abc import Iterator

import pytest

from policy_service.domain.entries import Customer
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.api.house import store_person
from tests.cli.running import policy, refusal
from tests.services.daily_run.test_reviews import push
from tests.services.decisions.live import furnish, open_house
from tests.services.house import policy_with


@pytest.fixture(autouse=True)
def house(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Give a house with people, over the database that the commands find."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DEFAULT_POLICY", "house")
    made = open_house(Database(sqlite_url))
    furnish(made, policy_with("collection", '{past_due_balance: "> 3000"}', '{net_worth: "< 0"}'))
    store_person(made, "mia", Role.CREDIT_MANAGER)
    store_person(made, "sam", Role.SALES)
    yield made
    made.close()


def test_a_day_is_run_once_and_reported_each_time() -> None:
    first = policy("run-day", "--as-of", "2025-02-01", "--as", "mia")
    assert 0 == first.exit_code, first.err
    assert "2025-02-01: 3 customers, under house version 1." in first.out
    assert "collection.L1 (1 customer)" in first.out
    assert first.out == policy("run-day", "--as-of", "2025-02-01", "--as", "mia").out
    assert "Nothing happened." in policy("run-day", "--as-of", "2025-02-02", "--as", "mia").out


def test_what_happened_on_days_that_are_made_up_for_is_told() -> None:
    """The ladder climbed on the first, which nobody ran: not nothing has happened."""
    policy("run-day", "--as-of", "2025-01-31", "--as", "mia")
    late = policy("run-day", "--as-of", "2025-02-03", "--as", "mia")
    made_up = [line.split() for line in late.out.splitlines() if line.strip().startswith("2025-0")][:3]
    assert [day for day, *_ in made_up] == ["2025-01-31", "2025-02-01", "2025-02-02"]
    assert " ".join(made_up[1]).startswith("2025-02-01 notices 1, ladder steps 1, cases opened 1")
    assert made_up[2][1:] == ["nothing"]
    assert late.out == policy("run-day", "--as-of", "2025-02-03", "--as", "mia").out


def test_the_report_is_there_for_programs() -> None:
    ran = policy("run-day", "--as-of", "2025-02-01", "--as", "mia", "--json")
    report = json.loads(ran.out)
    assert ("2025-02-01", {"collection.L1": 1}, 0) == (report["day"], report["notices"], report["fault_count"])


def test_a_customer_whose_day_could_not_be_finished_is_named(house: House) -> None:
    push(house, Customer("C2", attributes={"net_worth": "much"}))
    ran = policy("run-day", "--as-of", "2025-02-01", "--as", "mia")
    assert 1 == ran.exit_code
    assert "not finished C2" in ran.out


def test_a_day_that_cannot_be_run_is_refused() -> None:
    refusal(policy("run-day", "--as-of", "2999-01-01", "--as", "mia"), "R451")
    policy("run-day", "--as-of", "2025-02-02", "--as", "mia")
    refusal(policy("run-day", "--as-of", "2025-02-01", "--as", "mia"), "R452")


def test_who_may_not_run_the_day_is_turned_away() -> None:
    refusal(policy("run-day", "--as-of", "2025-02-01", "--as", "sam"), "A403")
    refusal(policy("run-day", "--as-of", "2025-02-01", "--as", "nobody"), "A402")
