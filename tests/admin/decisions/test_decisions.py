"""Decisions in the console: found, explained with the row that was hit, decided again, and proved."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.models.decisions import DecisionRow
from tests.admin.browser import Browser
from tests.services.decisions.live import answered, asked, at, enforce, person
from tests.services.house import policy_with


@pytest.fixture
def held(house: House) -> str:
    """Give the id of a decision that holds an order, which a review came before."""
    return answered(house, asked(order="100000", order_id="O1"), person("sam", Role.SALES)).given.decision_id


def test_decisions_are_found_by_everything_said_of_them(house: House, held: str, manager: Browser) -> None:
    answered(house, asked("C2", order="100", order_id="O2"), person("sue", Role.SALES))
    # Of an order and the review that came before it.
    both = {"customer=C1", "person=sam", "customer=C1&version=1&policy=house", "customer=C1&day=2025-01-20"}
    assert [2] * 4 == [manager.open(f"/decisions/?{query}").count("/decisions/decision/") for query in sorted(both)]
    alone = {"order=O1", "type=order&outcome=hold", "customer=C1&type=order&purpose=live"}
    for query in alone:
        page = manager.open(f"/decisions/?{query}")
        assert (held in page, 1) == (True, page.count("/decisions/decision/"))
    for query in ("day=2025-01-21", "version=9", "outcome=decline"):
        assert "No decision fits." in manager.words(f"/decisions/?{query}")


def test_a_decision_shows_its_reasons_and_the_row_that_was_hit_beside_the_facts(held: str, manager: Browser) -> None:
    page = manager.words(f"/decisions/decision/{held}")
    assert "Over the limit OVER_LIMIT · order_check O2" in page
    assert "was no 101,000.00" in page
    assert "O2 hit - > credit_limit ✓ fits" in page
    assert "Amount of the order" not in page
    assert "as it was written" in page
    assert "/customers/file/C1" in manager.open(f"/decisions/decision/{held}")


def test_what_would_change_it_is_exact(held: str, manager: Browser) -> None:
    assert "down to 4,000.00 96,000.00 approved" in manager.words(f"/decisions/lift/{held}")


def test_replayed_under_its_own_version_it_is_identical(held: str, manager: Browser) -> None:
    assert "Identical to the last byte" in manager.words(f"/decisions/replay/{held}")


def test_replayed_under_another_version_the_difference_is_shown(house: House, held: str, manager: Browser) -> None:
    enforce(house, policy_with("standing", "credit_limit: 5000", "credit_limit: 500000"), since=at(hour=10))
    enforce(house, policy_with("order_check", '"> credit_limit"', '"> credit_limit * 1000"'), since=at(hour=11))
    page = manager.words(f"/decisions/replay/{held}?under=house:3")
    assert "It would come out otherwise: approved instead of on hold." in page
    assert "order_check O2 otherwise" in page


def test_another_version_is_for_who_may_try_out(held: str, browser_of: Callable[..., Browser]) -> None:
    collector = browser_of("col", Role.COLLECTOR)
    assert "Identical" in collector.words(f"/decisions/replay/{held}")
    collector.open(f"/decisions/replay/{held}?under=house:1", status=403)


def test_an_altered_record_is_told(house: House, held: str, manager: Browser) -> None:
    assert "Every record is as it was written" in manager.words(f"/decisions/chain/{held}")
    with house.database.writing() as session:
        session.execute(update(DecisionRow).where(DecisionRow.decision_id == held).values(asked_by="nobody"))
    assert "it was altered" in manager.words(f"/decisions/decision/{held}")
    assert "Not everything is as it was written" in manager.words(f"/decisions/chain/{held}")


def test_the_whole_chain_is_for_who_may_see_the_audit(held: str, browser_of: Callable[..., Browser]) -> None:
    sales = browser_of("sue", Role.SALES)
    assert "Read the whole chain" not in sales.words(f"/decisions/decision/{held}")
    sales.open(f"/decisions/chain/{held}", status=403)


def test_who_may_see_no_decisions_sees_none(held: str, browser_of: Callable[..., Browser]) -> None:
    administrator = browser_of("ada", Role.ADMIN)
    for path in ("/decisions/", f"/decisions/decision/{held}", f"/decisions/replay/{held}"):
        administrator.open(path, status=403)
