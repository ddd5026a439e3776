"""Customers in the console: found, with their file, their facts, why they stand so, and a review run by hand."""

from collections.abc import Callable
from html import unescape

from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.standing_store import StandingStore
from tests.admin.browser import Browser
from tests.services.decisions.live import answered, asked, keep_override, person, post
from tests.services.house import LEDGER

FILE = "/customers/file/C1"


def reviewed(house: House) -> None:
    """Review C1 and C2: grades A and B."""
    for customer in ("C1", "C2"):
        answered(house, asked(customer, order=None), person("ana", Role.ANALYST))


def test_customers_are_found_by_id_name_grade_and_sector(house: House, manager: Browser) -> None:
    reviewed(house)
    assert "C1" in manager.words("/customers/?search=C1")
    assert "C2" not in manager.words("/customers/?search=C1")
    assert "C2 steel B 800.00 15" in manager.words("/customers/?grade=B")
    assert "C1" not in manager.words("/customers/?grade=B")
    assert "C1 food A 5,000.00 30" in manager.words("/customers/?industry=food")
    assert "No customer fits." in manager.words("/customers/?industry=food&grade=B")


def test_a_stop_that_a_person_set_is_shown_as_an_override(house: House, manager: Browser) -> None:
    reviewed(house)
    keep_override(house, {"stop_credit": "true"}, DecisionType.REVIEW)
    assert "credit stopped override" in manager.words("/customers/?search=C1")
    assert "Credit stopped yes override m.li" in manager.words(FILE)


def test_the_file_says_what_stands_since_when_and_by_which_review(house: House, manager: Browser) -> None:
    reviewed(house)
    page = manager.words(FILE)
    assert "Credit limit 5,000.00 review ana 2025-01-20" in page
    assert "open invoices 1,000.00 1" in page
    assert "Limit left 4,000.00" in page


def test_a_customer_whom_nobody_reviewed_is_said_to_be_one(manager: Browser) -> None:
    assert "Credit stopped no never reviewed" in manager.words(FILE)
    assert "No review of this customer was kept." in manager.words("/customers/why/C1")
    assert "No review of this customer was kept." in manager.words("/customers/lift/C1")


def test_the_habit_tells_the_days_late_of_each_month(house: House, manager: Browser) -> None:
    assert "Nothing was paid in the last 24 months." in manager.words(FILE)
    invoices = "invoice_id,customer_id,issue_date,due_date,amount\nI9,C1,2024-12-01,2024-12-21,1000.00\n"
    payments = "payment_id,date,amount,invoice_id\nP1,2025-01-05,400.00,I9\nP2,2025-01-10,100.00,I9\n"
    post(house, {**LEDGER, "invoices": invoices, "payments": payments}, at=2)
    # Fifteen days late of 400 and twenty of 100: sixteen.
    assert "2025-01 2 500.00 16.0 20 0.0%" in manager.words(FILE)


def test_facts_come_with_the_entries_behind_them(manager: Browser) -> None:
    page = manager.words("/customers/facts/C1?name=open_balance")
    assert "1,000.00 worked out Entries: 1" in page
    assert "invoice I1 2025-01-01 1,000.00" in page


def test_a_day_that_is_none_or_has_not_come_is_refused(manager: Browser) -> None:
    page = manager.open("/customers/facts/C1?as_of=2026-02-31", status=422)
    assert "'2026-02-31' is no day. Write a day that exists" in unescape(page)
    assert "<h1>It cannot be done like that</h1>" in page
    assert "has not come yet" in manager.open("/customers/facts/C1?as_of=2031-01-01", status=422)


def test_why_shows_the_row_that_was_hit_and_what_would_lift_the_grade(house: House, manager: Browser) -> None:
    reviewed(house)
    assert "G2 hit &lt; 100000" in " ".join(manager.words("/customers/why/C2").replace("<", "&lt;").split())
    assert "For the better" in manager.words("/customers/lift/C2")
    assert "up to 100,000.00 91,000.00 A" in manager.words("/customers/lift/C2")
    assert "For the worse" in manager.words("/customers/lift/C1")


def test_a_review_is_run_by_who_may_and_counts(house: House, browser_of: Callable[..., Browser]) -> None:
    manager, viewer = browser_of("mia", Role.CREDIT_MANAGER), browser_of("vic", Role.VIEWER)
    assert '<button class="btn btn-primary">Run a review now' not in viewer.open(FILE)
    assert "may not do this" in viewer.told(FILE, f"{FILE}/review")
    assert "The review is done" in manager.told(FILE, f"{FILE}/review")
    with house.database.reading() as session:
        standing = StandingStore(session).in_force("C1")
    assert standing is not None
    assert ("A", "mia") == (standing.outputs["grade"], standing.proposed_by)


def test_who_may_see_no_customers_sees_none(browser_of: Callable[..., Browser]) -> None:
    administrator = browser_of("ada", Role.ADMIN)
    for path in ("/customers/", FILE, "/overrides/", "/standings/"):
        administrator.open(path, status=403)


def test_an_unknown_customer_is_a_page_that_says_so(manager: Browser) -> None:
    assert "no customer" in manager.open("/customers/file/none", status=404)
