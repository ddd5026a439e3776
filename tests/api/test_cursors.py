"""A list goes on behind any id that a ledger can hold, and behind nothing that no list gave."""

import base64
import json

import pytest

from policy_service.api.paging import PageQuery, cursor_of, position_of
from policy_service.domain.errors import RequestError
from policy_service.domain.lengths import LONGEST_IDENTIFIER


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize("name", ["C1", "客户 一", "A\u3000B", "A\u00a0B", "\u200bC1", "a\tb", "\U0001f600"], ids=ascii)
def test_a_list_goes_on_behind_whatever_an_id_is_written_with(name: str) -> None:
    assert (7, name) == position_of(cursor_of((7, name)), int, str)


def test_the_cursor_of_the_longest_id_is_one_that_may_be_given() -> None:
    PageQuery().load({"cursor": cursor_of(("\U0001f600" * LONGEST_IDENTIFIER, "客" * LONGEST_IDENTIFIER))})


def test_the_first_page_is_behind_nothing() -> None:
    assert position_of("", int, str) is None


@pytest.mark.parametrize(
    "given",
    [
        "x",
        "WyJhIl0",
        "é",
        cursor("7", "C1"),
        cursor(7),
        cursor(7, "C1", "C2"),
        cursor(True, "C1"),
        cursor(7.0, "C1"),
        cursor(2**63, "C1"),
        cursor(7, "a\0b"),
        cursor(7, "\ud800"),
        base64.urlsafe_b64encode(b"[" * 5_000).decode(),
    ],
    ids=range(12),
)
def test_what_no_list_gave_is_refused(given: str) -> None:
    with pytest.raises(RequestError) as refused:
        position_of(given, int, str)
    assert "R415" == refused.value.code
