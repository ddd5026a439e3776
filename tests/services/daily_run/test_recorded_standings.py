"""A standing that another system recorded counts for so long, then the daily run reviews the customer."""

import datetime as dt
from typing import Any

from policy_service.domain.entries import RecordedStanding
from policy_service.services.house import House
from policy_service.storage.settings_store import SettingsStore
from policy_service.storage.standing_store import StandingStore, StoredStanding
from tests.facts.small_ledgers import invoice
from tests.services.daily_run.diary import days, open_books, run_all
from tests.services.daily_run.reviewing import FIRST, policy, push, reviewed
from tests.services.decisions.live import answered, asked


def recorded(house: House, since: str, *, last_order: str = "2025-02-20", **more: Any) -> None:
    """Keep the books of C1, whose standing another system recorded, under the policy."""
    invoices = [{"id": "I1", "issued": last_order, "due": "2025-06-01"}]
    open_books(house, {"invoices": invoices, **more}, policy())
    push(house, RecordedStanding("C1", dt.date.fromisoformat(since), "A", 900_00, 30), at=2)


def settle(house: House, recorded_days: int) -> None:
    """Let the company say for how long a recorded standing counts."""
    with house.database.writing() as session:
        store = SettingsStore(session)
        store.hold("recorded_standing_days")
        store.settle("recorded_standing_days", str(recorded_days))


def in_force(house: House, customer: str = "C1") -> StoredStanding | None:
    """Return what a review made of the customer."""
    with house.database.reading() as session:
        return StandingStore(session).in_force(customer)


def test_a_recorded_standing_is_reviewed_once_it_is_half_a_year_old(house: House) -> None:
    """Of 4 September: 180 days later is 3 March."""
    recorded(house, "2024-09-04")
    run_all(house, days("2025-03-01", "2025-03-05"))
    assert [dt.date(2025, 3, 3)] == reviewed(house)
    standing = in_force(house)
    assert standing
    assert ("5000.00", dt.date(2025, 3, 13)) == (standing.outputs["credit_limit"], standing.review_on)


def test_the_company_says_how_old_a_recorded_standing_may_become(house: House) -> None:
    recorded(house, "2025-02-25")
    settle(house, 5)
    run_all(house, days("2025-03-01", "2025-03-03"))
    assert [dt.date(2025, 3, 2)] == reviewed(house)


def test_an_order_is_decided_under_a_recorded_standing_and_brings_no_review(house: House) -> None:
    recorded(house, "2024-01-01")
    made = answered(house, asked(order="100", order_id="O1"), day=FIRST)
    assert (None, []) == (made.first_review, reviewed(house))


def test_an_idle_customer_with_a_recorded_standing_is_reviewed_after_its_next_order(house: House) -> None:
    recorded(house, "2024-01-01", last_order="2024-01-20")
    run_all(house, days("2025-03-01", "2025-03-03"))
    assert [] == reviewed(house)
    push(house, invoice("I2", "2025-03-03", "2025-06-01", 100))
    run_all(house, days("2025-03-04", "2025-03-06"))
    assert [dt.date(2025, 3, 4)] == reviewed(house)


def test_an_event_brings_the_first_review_of_a_recorded_standing(house: House) -> None:
    recorded(house, "2025-02-25", events=[{"date": "2025-03-04", "kind": "insolvency_notice"}])
    run_all(house, days("2025-03-01", "2025-03-07"))
    assert [dt.date(2025, 3, 5)] == reviewed(house)


def test_a_standing_that_is_recorded_for_later_is_not_reviewed_before(house: House) -> None:
    recorded(house, "2025-03-10")
    settle(house, 0)
    run_all(house, days("2025-03-01", "2025-03-11"))
    assert [dt.date(2025, 3, 10)] == reviewed(house)
