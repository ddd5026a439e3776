"""The audit trail in the console: what was done, found by its parts, and the check of the chains."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.audit import note
from policy_service.services.house import House
from tests.admin.browser import Browser
from tests.api.house import Clock

TRAIL = "/audit/"


@pytest.fixture
def auditor(browser_of: Callable[..., Browser], house: House, clock: Clock) -> Browser:
    """Give the browser of an auditor, after two acts of others."""
    with house.database.writing() as session:
        note(house, session, Act("ada", clock(), note="New shop"), "created", "key", "key-1", {"scopes": 3})
        note(house, session, Act("ben", clock()), "changed", "person", "eva")
    return browser_of("aud", Role.AUDITOR)


def test_what_was_done_stands_there_the_latest_first(auditor: Browser) -> None:
    words = auditor.words(TRAIL)
    assert "ben changed person: eva" in words
    assert "ada made New shop API key: key-1" in words
    assert words.index("person: eva") < words.index("API key: key-1")


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("person=ada", True),
        ("person=ben", False),
        ("act=created&subject_kind=key&subject_id=key-1", True),
        ("since=2025-01-20&until=2025-01-20", True),
        ("since=2025-01-20&until=9999-12-31", True),
        ("since=2025-01-21", False),
        ("until=2025-01-19", False),
    ],
)
def test_it_is_found_by_person_subject_day_and_act(auditor: Browser, asked: str, is_found: bool) -> None:
    assert is_found == ("API key: key-1" in auditor.words(f"{TRAIL}?{asked}"))


@pytest.mark.parametrize("asked", ["since=20.1.2025", "until=yesterday"])
def test_a_day_that_cannot_be_read_is_no_filter_left_out(auditor: Browser, asked: str) -> None:
    auditor.open(f"{TRAIL}?{asked}", status=422)


def test_the_check_says_that_nothing_was_altered(auditor: Browser) -> None:
    assert "Every record is as it was written." in auditor.send(TRAIL, "/audit/check", status=200).text


def test_the_check_finds_a_record_that_was_altered(auditor: Browser, house: House) -> None:
    with house.database.writing() as session:
        session.execute(text("UPDATE audit_events SET person = 'zoe' WHERE person = 'ada'"))
    answer = auditor.send(TRAIL, "/audit/check", status=200).text
    assert "the record is not what was written" in answer


def test_who_may_not_read_it_does_not_find_it(browser_of: Callable[..., Browser]) -> None:
    ada = browser_of("ada", Role.ADMIN)
    assert "/audit/" not in ada.open("/")
    ada.open(TRAIL, status=403)
