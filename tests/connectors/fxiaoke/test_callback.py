"""A callback is taken if Fxiaoke has just sent it, and never twice."""

import json
from base64 import b64decode, b64encode
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.fxiaoke.callback import (
    MOST_BYTES,
    WINDOW,
    Callback,
    CallbackKeys,
    CallbackRefused,
    Fault,
    HeardHere,
    read_callback,
)
from tests.connectors.fxiaoke.sealing import ENCODING_KEY, MESSAGE, STAMP, TOKEN, padded, plain_of, sealed, signed

KEYS: Final = CallbackKeys.read(TOKEN, ENCODING_KEY)
NOW: Final = int(STAMP) * 1000
#: The vector of the protocol's text, of which nothing was computed here.
VECTOR: Final = {
    "nonce": "n1",
    "timeStamp": STAMP,
    "content": "4j/AuRx71kQlxVlzbpsMWAgOBUmp/IpSU/prPiUYYZez5VIDSLCJQYoKYUx1cHcM5tl7/BlWbsZMNZFmuCXLQg==",
    "sig": "085338544ccad55324ab7cfad9758b713913e8ba",
}
GOOD: Final = json.dumps(VECTOR).encode()


def fault_of(body: bytes, now: int = NOW, heard: HeardHere | None = None) -> Fault:
    with pytest.raises(CallbackRefused) as refused:
        read_callback(body, KEYS, now, heard or HeardHere())
    assert str(refused.value) == str(CallbackRefused(Fault.FORGED))
    return refused.value.fault


def test_the_vector_of_the_protocol_is_taken() -> None:
    assert Callback("Message", '{"k":1}') == read_callback(GOOD, KEYS, NOW, HeardHere())


def test_what_tests_seal_is_the_vector() -> None:
    assert VECTOR == json.loads(signed(sealed(padded(plain_of(MESSAGE)))))


def test_a_time_stamp_may_be_a_number() -> None:
    body = json.dumps(VECTOR | {"timeStamp": int(STAMP)}).encode()
    assert "Message" == read_callback(body, KEYS, NOW, HeardHere()).kind


@pytest.mark.parametrize("name", ["nonce", "content", "sig", "timeStamp"])
def test_what_was_changed_on_the_way_is_forged(name: str) -> None:
    changed = VECTOR | {name: VECTOR[name].replace(VECTOR[name][2:4], "77", 1) if name != "nonce" else "n2"}
    assert Fault.FORGED == fault_of(json.dumps(changed).encode())


def test_what_another_token_signed_is_forged() -> None:
    assert Fault.FORGED == fault_of(signed(VECTOR["content"], token="another"))  # noqa: S106  # nobody's


def test_what_was_heard_before_is_refused() -> None:
    heard = HeardHere()
    read_callback(GOOD, KEYS, NOW, heard)
    assert Fault.REPLAYED == fault_of(GOOD, heard=heard)


def test_what_was_heard_before_is_refused_as_long_as_its_stamp_is_fresh() -> None:
    heard = HeardHere()
    read_callback(GOOD, KEYS, NOW - WINDOW, heard)
    assert Fault.REPLAYED == fault_of(GOOD, NOW + WINDOW, heard)
    assert Fault.STALE == fault_of(GOOD, NOW + WINDOW + 1, heard)


@pytest.mark.parametrize("late", [WINDOW + 1, -WINDOW - 1])
def test_a_stamp_far_from_now_is_stale(late: int) -> None:
    assert Fault.STALE == fault_of(GOOD, NOW + late)


@pytest.mark.parametrize("stamp", ["170000000000", "1700000000000.", "１７00000000000", "-700000000000", ""])
def test_a_stamp_that_is_no_thirteen_digits_is_stale(stamp: str) -> None:
    assert Fault.STALE == fault_of(signed(VECTOR["content"], stamp=stamp))


@pytest.mark.parametrize("size", [0, 16, 33, 48])
def test_content_that_is_cut_off_is_refused(size: int) -> None:
    cut = b64encode(b64decode(VECTOR["content"])[:size]).decode()
    assert Fault.CUT_OFF == fault_of(signed(cut))


@pytest.mark.parametrize(
    "block",
    [
        plain_of(MESSAGE).ljust(64, b"\0"),
        plain_of(MESSAGE).ljust(64, b"\x21"),
        plain_of(MESSAGE).ljust(63, b"\x02") + b"\x03",
    ],
)
def test_wrong_padding_is_refused(block: bytes) -> None:
    assert Fault.PADDING == fault_of(signed(sealed(block)))


@pytest.mark.parametrize("plain", [b"", b"0123456789abcdef", plain_of(MESSAGE)[:-1], plain_of(MESSAGE) + b"x"])
def test_a_message_of_another_length_than_it_says_is_refused(plain: bytes) -> None:
    assert Fault.LENGTH == fault_of(signed(sealed(padded(plain))))


@pytest.mark.parametrize("message", ["", "[]", '{"type":"Message"}', '{"type":1,"content":""}', "[" * 20_000])
def test_what_is_no_message_is_refused(message: str) -> None:
    assert Fault.NO_MESSAGE == fault_of(signed(sealed(padded(plain_of(message)))))


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{}", b'{"nonce":1}', b"[" * 60_000])
def test_what_is_no_callback_is_refused(body: bytes) -> None:
    assert Fault.UNREADABLE == fault_of(body)


def test_content_that_is_no_base64_is_refused() -> None:
    assert Fault.UNREADABLE == fault_of(signed("4j/A-uRx"))


def test_a_body_that_is_too_large_is_not_even_read() -> None:
    assert Fault.TOO_LARGE == fault_of(GOOD.ljust(MOST_BYTES + 1))


def test_what_is_refused_is_not_remembered() -> None:
    heard = HeardHere()
    fault_of(signed(sealed(padded(b""))), heard=heard)
    fault_of(GOOD, NOW + WINDOW + 1, heard)
    assert "Message" == read_callback(GOOD, KEYS, NOW, heard).kind


def test_a_full_memory_takes_nothing_new_until_what_it_holds_is_stale() -> None:
    heard = HeardHere(most=2)
    assert heard.is_first("a", 10, 0)
    assert heard.is_first("b", 20, 0)
    assert not heard.is_first("c", 20, 10)
    assert heard.is_first("c", 20, 11)
    assert not heard.is_first("b", 20, 11)


@given(st.binary(max_size=200))
def test_whatever_is_sent_only_the_callback_itself_is_taken(body: bytes) -> None:
    fault_of(body)


@pytest.mark.parametrize("key", ["", "AAEC", ENCODING_KEY[:-1], ENCODING_KEY + "A", "-" * 43])
def test_a_key_that_is_none_is_refused_at_once(key: str) -> None:
    with pytest.raises(ConnectorError, match=r"\[X127\]") as refused:
        CallbackKeys.read(TOKEN, key)
    assert not key or key not in str(refused.value)


def test_a_key_with_its_last_character_is_the_same_key() -> None:
    assert KEYS == CallbackKeys.read(TOKEN, ENCODING_KEY + "=")


def test_keys_are_not_shown() -> None:
    assert "CallbackKeys()" == repr(KEYS)
