"""Proposed standings in the console: shown beside what is in force, agreed to or refused by who may."""

from collections.abc import Callable, Iterator

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.standing_store import StandingStore, StoredStanding
from tests.admin.browser import Browser
from tests.services.decisions.live import answered, asked, furnish, open_house, person
from tests.services.house import policy_with

OF_THE_HEAD = policy_with("standing", "grace_days: 5}", "grace_days: 5, approval_role: finance_head}")


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    """Give a house in which a review of an analyst has proposed a standing that the head of finance has to agree to."""
    made = open_house(Database(sqlite_url))
    furnish(made, OF_THE_HEAD)
    answered(made, asked(order=None), person("ana", Role.ANALYST))
    yield made
    made.close()


@pytest.fixture
def page(house: House) -> str:
    """Give the page of the proposed standing."""
    with house.database.reading() as session:
        proposed = StandingStore(session).proposed("C1")
    assert proposed is not None
    return f"/standings/standing/{proposed.standing_id}"


def latest(house: House) -> StoredStanding:
    """Return the customer's standing that was proposed last."""
    with house.database.reading() as session:
        return StandingStore(session).load(StandingStore(session).page(customer_id="C1", limit=1)[0].standing_id)


def test_it_is_agreed_to_by_who_has_authority(house: House, browser_of: Callable[..., Browser], page: str) -> None:
    head = browser_of("finn", Role.FINANCE_HEAD)
    assert "C1 A – 5,000.00 head of finance you ana" in head.words("/standings/")
    assert "waits for: head of finance" in head.words("/customers/file/C1")
    told = head.told(page, f"{page}/approve", {"revision": "1", "note": "Balance sheet seen"})
    assert "The standing is in force." in told
    with house.database.reading() as session:
        standing = StandingStore(session).in_force("C1")
    assert standing is not None
    assert ("5000.00", "finn") == (standing.outputs["credit_limit"], standing.decided_by)


def test_it_is_refused_and_what_was_in_force_stays(house: House, browser_of: Callable[..., Browser], page: str) -> None:
    head = browser_of("finn", Role.FINANCE_HEAD)
    assert "is refused" in head.told(page, f"{page}/reject", {"revision": "1", "note": "Sheet is two years old"})
    assert "No standing waits." in head.words("/standings/")
    with house.database.reading() as session:
        assert StandingStore(session).proposed("C1") is None


def test_who_lacks_the_authority_is_offered_no_form_and_cannot_send_one(
    house: House, manager: Browser, page: str
) -> None:
    assert "Let it count" not in manager.open(page)
    assert "waits for a finance_head" in manager.told(page, f"{page}/approve", {"revision": "1", "note": "I like it"})
    with house.database.reading() as session:
        assert StandingStore(session).proposed("C1") is not None


def test_whoever_ran_the_review_does_not_settle_it(browser_of: Callable[..., Browser], page: str) -> None:
    ana = browser_of("ana", Role.FINANCE_HEAD)
    assert "You ran the review" in ana.words(page)
    assert "ran the review that proposes" in ana.told(page, f"{page}/approve", {"revision": "1", "note": "My own"})
