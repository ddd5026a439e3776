"""What processes say to each other arrives as it was sent, and nothing larger than agreed is read."""

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import PolicyServiceError
from policy_service.services.wanted_worker import is_wanted
from simulations.warm.asking import ImpactAsked
from simulations.warm.client import impact
from simulations.warm.messages import receive, send

ENOUGH = 2**20
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=8
)


def refusal(said: bytes, most: int = ENOUGH) -> str:
    one, other = socket.socketpair()
    with one, other:
        one.sendall(said)
        with pytest.raises(PolicyServiceError) as error:
            receive(other, most)
    return error.value.code


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_a_message_arrives_as_it_was_sent(message: dict[str, object]) -> None:
    one, other = socket.socketpair()
    with one, other:
        send(one, message, ENOUGH)
        assert message == receive(other, ENOUGH)


@pytest.mark.parametrize("said", [b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x03{]}", b"\x00\x00\x00\x02\xff\xff"])
def test_what_is_no_message_is_not_understood(said: bytes) -> None:
    assert "R567" == refusal(said)


def test_a_message_that_says_it_is_too_large_is_not_read() -> None:
    assert "R564" == refusal(b"\xff\xff\xff\xff")


def test_a_message_that_is_too_large_is_not_sent() -> None:
    one, other = socket.socketpair()
    with one, other, pytest.raises(PolicyServiceError, match="100 are taken"):
        send(one, {"text": "x" * 200}, 100)


def test_whoever_asks_a_worker_that_is_not_there_has_it_begun(tmp_path: Path) -> None:
    asked = ImpactAsked("li", "draft", "{}", None, {})
    with pytest.raises(PolicyServiceError) as error:
        impact(tmp_path, asked)
    wanted = (tmp_path / "worker.wanted").stat().st_mtime
    assert ("R560", True, False) == (
        error.value.code,
        is_wanted(tmp_path, wanted + 60),
        is_wanted(tmp_path, wanted + 3_600),
    )
