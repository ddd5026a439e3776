"""Texts are checked one at a time, and each once."""

from threading import Event, Thread

import pytest

from policy_service.domain.errors import RequestError
from policy_service.services.checks_made import ChecksMade


def refuse() -> str:
    raise AssertionError("checked again")


def test_a_text_is_checked_once() -> None:
    checks: ChecksMade[str] = ChecksMade()
    assert ["green", "green", "red"] == [
        checks.of("one", lambda: "green"),
        checks.of("one", refuse),
        checks.of("another", lambda: "red"),
    ]


def test_a_check_that_fails_is_made_again() -> None:
    checks: ChecksMade[str] = ChecksMade()
    with pytest.raises(AssertionError):
        checks.of("one", refuse)
    assert "green" == checks.of("one", lambda: "green")


def test_while_a_text_is_checked_another_waits_and_one_that_was_checked_is_told_at_once() -> None:
    checks: ChecksMade[str] = ChecksMade(seconds_to_wait=0.01)
    checks.of("known", lambda: "green")
    begun, may_end, found = Event(), Event(), []

    def take_long() -> str:
        begun.set()
        may_end.wait(60)
        return "red"

    thread = Thread(target=lambda: found.append(checks.of("long", take_long)))
    thread.start()
    assert begun.wait(60)
    with pytest.raises(RequestError, match="Another text is being checked"):
        checks.of("short", lambda: "green")
    told = checks.of("known", refuse)
    may_end.set()
    thread.join()
    assert ("green", ["red"], "green") == (told, found, checks.of("short", lambda: "green"))
