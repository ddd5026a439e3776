"""The daily run reviews whom the calendar or an event asks for, once, on the right day."""

import datetime as dt
from typing import Any

import pytest

from policy_service.domain.entries import Customer
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.services.daily_run.reviews import review_comes_with_order
from policy_service.services.decisions.deciding import Asked, decide
from policy_service.services.house import House
from policy_service.services.standings_in_force.applying import apply_review
from policy_service.storage.review_task_store import ReviewTaskStore
from policy_service.storage.standing_store import StandingStore
from tests.facts.small_ledgers import event, invoice
from tests.services.daily_run.diary import counted, days, faults, ladder_policy, open_books, run, run_all
from tests.services.daily_run.reviewing import FIRST, STANDING, policy, push, reviewed
from tests.services.decisions.live import act, answered, asked, enforce
from tests.services.house import RULE_SETS

ONE_INVOICE: dict[str, Any] = {"invoices": [{"id": "I1", "issued": "2025-02-20", "due": "2025-06-01"}]}


def comes_with_order(house: House, day: dt.date) -> bool:
    """Return whether an order of that day would bring a review of C1."""
    with house.database.reading() as session:
        return review_comes_with_order(session, "C1", day)


def review(house: House, day: dt.date = FIRST, customer: str = "C1") -> None:
    """Review a customer by hand."""
    with house.database.writing() as session:
        given = decide(house, session, Asked(DecisionType.REVIEW, customer), act(day, "mia"))
        apply_review(house, session, given, Role.FINANCE_HEAD, act(day, "mia"))


def test_a_review_is_made_on_the_day_that_the_last_one_named(house: House) -> None:
    open_books(house, ONE_INVOICE, policy())
    review(house)
    run_all(house, days("2025-03-01", "2025-03-12"))
    assert [FIRST, dt.date(2025, 3, 11)] == reviewed(house)
    assert {dt.date(2025, 3, 11): 1} == counted(house, "reviews")


def test_a_review_of_a_missed_day_is_made_as_of_that_day(house: House) -> None:
    open_books(house, ONE_INVOICE, policy())
    review(house)
    run_all(house, [FIRST, dt.date(2025, 3, 23)])
    assert [FIRST, dt.date(2025, 3, 11), dt.date(2025, 3, 21)] == reviewed(house)


def test_who_was_never_reviewed_waits_for_the_first_order(house: House) -> None:
    open_books(house, ONE_INVOICE, policy())
    run_all(house, days("2025-03-01", "2025-03-03"))
    assert [] == reviewed(house)
    assert not comes_with_order(house, dt.date(2025, 3, 3))


def test_without_next_review_days_no_review_follows(house: House) -> None:
    open_books(house, ONE_INVOICE, ladder_policy(standing=STANDING.replace(", next_review_days: 10", "")))
    review(house)
    run_all(house, [FIRST, dt.date(2025, 3, 15)])
    assert [FIRST] == reviewed(house)


def test_an_event_brings_a_review_on_the_first_morning_it_is_known_and_restarts_the_count(house: House) -> None:
    noted = [{"date": "2025-03-04", "kind": "insolvency_notice"}, {"date": "2025-03-05", "kind": "contact"}]
    open_books(house, {**ONE_INVOICE, "events": noted}, policy())
    review(house)
    run_all(house, days("2025-03-01", "2025-03-16"))
    assert [FIRST, dt.date(2025, 3, 5), dt.date(2025, 3, 15)] == reviewed(house)


def test_an_event_counts_when_it_was_posted(house: House) -> None:
    late = [{"date": "2025-03-02", "kind": "insolvency_notice", "posted": "2025-03-06"}]
    open_books(house, {**ONE_INVOICE, "events": late}, policy())
    review(house)
    run_all(house, days("2025-03-01", "2025-03-08"))
    assert [FIRST, dt.date(2025, 3, 7)] == reviewed(house)


def test_an_event_that_comes_with_a_later_posting_counts_the_next_morning(house: House) -> None:
    open_books(house, ONE_INVOICE, policy())
    review(house)
    run_all(house, days("2025-03-01", "2025-03-04"))
    push(house, event("E9", "2025-02-01", "insolvency_notice"))
    run_all(house, days("2025-03-05", "2025-03-07"))
    assert [FIRST, dt.date(2025, 3, 5)] == reviewed(house)


def test_an_event_from_before_the_first_day_brings_no_review(house: House) -> None:
    old = [{"date": "2025-02-01", "kind": "insolvency_notice"}]
    open_books(house, {**ONE_INVOICE, "events": old}, policy())
    review(house)
    run_all(house, days("2025-03-02", "2025-03-04"))
    assert [FIRST] == reviewed(house)


def test_an_event_the_policy_does_not_name_brings_no_review(house: House) -> None:
    noted = [{"date": "2025-03-04", "kind": "insolvency_notice"}]
    open_books(house, {**ONE_INVOICE, "events": noted}, policy("review_on: [rating_change]"))
    review(house)
    run_all(house, days("2025-03-01", "2025-03-07"))
    assert [FIRST] == reviewed(house)


def test_two_causes_on_one_day_are_one_review(house: House) -> None:
    noted = [{"date": "2025-03-10", "kind": "insolvency_notice"}]
    open_books(house, {**ONE_INVOICE, "events": noted}, policy())
    review(house)
    run_all(house, days("2025-03-09", "2025-03-13"))
    assert [FIRST, dt.date(2025, 3, 11)] == reviewed(house)


def test_a_customer_without_an_order_for_four_hundred_days_waits_for_the_next_one(house: House) -> None:
    last = {"id": "I1", "issued": "2024-01-31", "due": "2025-06-01"}
    open_books(house, {"invoices": [last]}, policy())
    review(house)
    # The last order is 400 days before 6 March, and 405 before the day the review named.
    run_all(house, days("2025-03-09", "2025-03-13"))
    assert [FIRST] == reviewed(house)
    assert comes_with_order(house, dt.date(2025, 3, 14))
    push(house, invoice("I2", "2025-03-14", "2025-06-01", 100))
    run_all(house, days("2025-03-14", "2025-03-16"))
    assert not comes_with_order(house, dt.date(2025, 3, 16))
    assert [FIRST, dt.date(2025, 3, 15)] == reviewed(house)


@pytest.mark.parametrize(("issued", "is_reviewed"), [("2024-02-05", True), ("2024-02-04", False)])
def test_four_hundred_days_are_counted_to_the_day(house: House, issued: str, is_reviewed: bool) -> None:
    open_books(house, {"invoices": [{"id": "I1", "issued": issued, "due": "2025-06-01"}]}, policy())
    review(house)
    run_all(house, days("2025-03-10", "2025-03-11"))
    assert is_reviewed == (reviewed(house) == [FIRST, dt.date(2025, 3, 11)])


def test_an_event_of_an_idle_customer_is_not_forgotten(house: House) -> None:
    last = {"id": "I1", "issued": "2024-01-01", "due": "2025-06-01"}
    noted = [{"date": "2025-03-04", "kind": "insolvency_notice"}]
    nothing_next = ladder_policy(
        standing=STANDING.replace(", next_review_days: 10", ""),
        policy=f"{RULE_SETS['policy']}review_on: [insolvency_notice]\n",
    )
    open_books(house, {"invoices": [last], "events": noted}, nothing_next)
    review(house)
    run_all(house, days("2025-03-01", "2025-03-06"))
    assert [FIRST] == reviewed(house)
    assert comes_with_order(house, dt.date(2025, 3, 7))
    push(house, invoice("I2", "2025-03-07", "2025-06-01", 100))
    run_all(house, days("2025-03-07", "2025-03-10"))
    assert [FIRST, dt.date(2025, 3, 8)] == reviewed(house)


@pytest.mark.parametrize(
    ("noted", "is_reviewed"), [([{"date": "2025-03-04", "kind": "insolvency_notice"}], True), ([], False)]
)
def test_an_event_that_a_fault_keeps_from_bringing_a_review_brings_it_later(
    house: House, noted: list[dict[str, str]], is_reviewed: bool
) -> None:
    """A fault alone brings none."""
    faulty = ladder_policy(
        ('{past_due_balance: "> 3000"}', '{net_worth: "< 0"}'),
        standing=STANDING,
        policy=f"{RULE_SETS['policy']}review_on: [insolvency_notice]\n",
    )
    open_books(house, {**ONE_INVOICE, "events": noted}, faulty)
    review(house)
    push(house, Customer("C1", attributes={"net_worth": "much"}, valid_from=dt.date(2025, 3, 3)))
    run_all(house, days("2025-03-01", "2025-03-05"))
    assert [FIRST] == reviewed(house)
    push(house, Customer("C1", attributes={"net_worth": "9000"}, valid_from=dt.date(2025, 3, 3)))
    run_all(house, days("2025-03-06", "2025-03-07"))
    assert [FIRST, *([dt.date(2025, 3, 6)] if is_reviewed else [])] == reviewed(house)


def test_a_referred_review_is_repeated_after_thirty_days_with_an_order(house: House) -> None:
    open_books(house, ONE_INVOICE, policy())
    review(house)
    # Without a net worth no row of the grading matches.
    push(house, Customer("C1", attributes={}, valid_from=dt.date(2025, 3, 5)))
    run_all(house, days("2025-03-09", "2025-03-12"))
    assert [FIRST, dt.date(2025, 3, 11)] == reviewed(house)
    assert {dt.date(2025, 3, 11): 1} == counted(house, "reviews_referred")
    # It waits for a person, but nothing went wrong.
    assert [] == faults(house)
    with house.database.reading() as session:
        assert ReviewTaskStore(session).open_of("C1") is not None
        standing = StandingStore(session).in_force("C1")
        assert standing is not None
        assert FIRST == standing.reviewed_on

    run(house, dt.date(2025, 4, 14))
    assert 2 == len(reviewed(house))
    assert [False, True] == [comes_with_order(house, day) for day in (dt.date(2025, 4, 9), dt.date(2025, 4, 10))]
    push(house, invoice("I2", "2025-04-15", "2025-06-01", 100))
    run_all(house, days("2025-04-15", "2025-04-17"))
    assert [FIRST, dt.date(2025, 3, 11), dt.date(2025, 4, 16)] == reviewed(house)


def test_a_rise_beyond_the_authority_of_the_company_stays_proposed(house: House) -> None:
    open_books(house, ONE_INVOICE, policy())
    push(house, Customer("C1", attributes={"net_worth": "9000"}, valid_from=dt.date(2025, 1, 1)))
    review(house)
    grown = Customer("C1", attributes={"net_worth": "250000"}, valid_from=dt.date(2025, 3, 5))
    push(house, grown)
    larger = STANDING.replace("next_review_days: 10}", "next_review_days: 10, approval_role: credit_manager}")
    enforce(house, ladder_policy(standing=larger), since=act(dt.date(2025, 3, 6)).at)
    run_all(house, days("2025-03-10", "2025-03-11"))
    with house.database.reading() as session:
        proposed = StandingStore(session).proposed("C1")
    assert proposed is not None
    assert "5000.00" == proposed.outputs["credit_limit"]


def test_an_order_brings_the_review_whose_day_has_come_before_the_run_does(house: House) -> None:
    """The review of 1 March named the 11th; an order of the 11th at five finds it made."""
    open_books(house, ONE_INVOICE, policy())
    review(house)
    run_all(house, days("2025-03-01", "2025-03-10"))
    day = dt.date(2025, 3, 11)
    made = [answered(house, asked(order="100", order_id=f"O{hour}"), day=day, hour=hour) for hour in (4, 5)]
    run(house, day)
    assert [True, False] == [one.first_review is not None for one in made]
    assert [FIRST, day] == reviewed(house)
