"""JSON is read strictly and written alike every time."""

import json

import pytest
from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st

from policy_service.api.strict_json import StrictJson

PROVIDER = StrictJson(Flask(__name__))
INTEGERS = st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert PROVIDER.loads(PROVIDER.dumps(value)) == value


@given(VALUES)
def test_other_writers_are_understood(value: object) -> None:
    assert PROVIDER.loads(json.dumps(value, indent=1)) == value


@given(st.dictionaries(st.text(), INTEGERS))
def test_the_order_of_keys_changes_nothing(value: dict[str, int]) -> None:
    assert PROVIDER.dumps(dict(reversed(value.items()))) == PROVIDER.dumps(value)


def test_a_byte_order_mark_is_named() -> None:
    with pytest.raises(ValueError, match="begins with a byte order mark; leave it out"):
        PROVIDER.loads(b"\xef\xbb\xbf{}")


def test_equal_keys_in_different_objects_are_no_fault() -> None:
    assert PROVIDER.loads('[{"a": 1}, {"a": {"a": 2}}]') == [{"a": 1}, {"a": {"a": 2}}]


@pytest.mark.parametrize("text", ['{"a": 1, "\\u0061": 2}', '[[{"b": {"a": 1, "a": 1}}]]'])
def test_equal_keys_are_refused_however_they_are_written(text: str) -> None:
    with pytest.raises(ValueError, match="'a' stands twice"):
        PROVIDER.loads(text)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 304])
@pytest.mark.parametrize("address", ["", "/v1/decisions/0198c1", "/v1/orders/SO%2F1?x=a b", "/v1/orders/订单 1", "//x"])
def test_headers_are_sent_as_the_library_would_send_them(status: int, address: str) -> None:
    answers = [PROVIDER.response(["订单"]), Response(PROVIDER.dumps(["订单"]), mimetype="application/json")]
    for answer in answers:
        answer.status_code = status
        answer.headers.update({"Location": address} if address else {})
    ours, theirs = (answer.get_wsgi_headers({}).to_wsgi_list() for answer in answers)
    assert theirs == ours
