"""Whatever is sent, the answer is a decision or a problem with a code; never a fault of the server."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_service.app import MAX_BODY
from policy_service.domain.errors import EngineFault, FactError, Place
from policy_service.services.decide import Question
from tests.api.asking import ORDER, ask, problem_of, send

DEEP = 100_000
NOT_JSON = {
    "nothing": b"",
    "half an object": b'{"type": "order"',
    "text behind the object": b"{} {}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "another encoding": '{"customer_id": "顾客"}'.encode("gb18030"),
    "UTF-16": '{"type": "order"}'.encode("utf-16"),
    "deep lists": b"[" * DEEP,
    "deep closed lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * (DEEP // 4),
    "an integer of 5,000 digits": b'{"facts": {"order_amount": ' + b"9" * 5_000 + b"}}",
    "NaN": b'{"facts": {"order_amount": NaN}}',
    "Infinity": b'{"facts": {"order_amount": -Infinity}}',
    "a number beyond floats": b'{"facts": {"order_amount": 1e400}}',
    "equal keys": b'{"type": "order", "type": "review", "customer_id": "C000000001"}',
    "equal keys further inside": b'{"facts": {"order_amount": "1", "order_amount": "2"}}',
    "a lone surrogate": b'{"customer_id": "\\ud800"}',
    "a raw surrogate": b'{"customer_id": "\xed\xa0\x80"}',
    "a comment": b'{"type": "order" /* now */}',
    "single quotes": b"{'type': 'order'}",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_a_body_that_is_no_strict_json_is_refused(client: FlaskClient, body: bytes) -> None:
    assert problem_of(send(client, body), 400, "H400")["remedy"]


MISFITS: dict[str, dict[str, Any]] = {
    "no type": {"type": None},
    "an unknown type": {"type": "refund"},
    "a type that is a list": {"type": ["order"]},
    "no customer": {"customer_id": None},
    "an empty customer": {"customer_id": ""},
    "a customer that is a number": {"customer_id": 1},
    "a customer of 101 characters": {"customer_id": "C" * 101},
    "a customer with NUL": {"customer_id": "C1\x00"},
    "a customer with an escape": {"customer_id": "C1\x1b[2J"},
    "an unknown key": {"policy": "another"},
    "a day without dashes": {"as_of": "20260101"},
    "a week": {"as_of": "2026-W01-1"},
    "a time": {"as_of": "2026-01-01T00:00:00"},
    "a day that does not exist": {"as_of": "2026-02-30"},
    "a day that is a number": {"as_of": 20260101},
    "facts that are a list": {"facts": ["order_amount"]},
    "a fact that is a list": {"facts": {"order_amount": ["1"]}},
    "a fact that is an object": {"facts": {"order_amount": {"value": "1"}}},
    "a fact that is null": {"facts": {"order_amount": None}},
    "a fact with NUL": {"facts": {"order_amount": "1\x00"}},
    "a fact of 201 characters": {"facts": {"order_amount": "1" * 201}},
    "a name with a space": {"facts": {"order_amount ": "1"}},
    "a name with a line behind it": {"facts": {"order_amount\n": "1"}},
    "101 facts": {"facts": {f"fact_{number}": "1" for number in range(101)}},
    "explain as a text": {"explain": "yes"},
    "explain as a list": {"explain": [True]},
}


@pytest.mark.parametrize("changes", MISFITS.values(), ids=MISFITS)
def test_a_body_that_does_not_fit_the_schema_names_the_field(client: FlaskClient, changes: dict[str, Any]) -> None:
    errors = problem_of(ask(client, **changes), 422, "R422")["errors"]
    assert set(changes) <= set(errors["json"])  # type: ignore[index]


@pytest.mark.parametrize("body", [b"[]", b"null", b'"order"', b"1", b"true"])
def test_a_body_that_is_no_object_is_refused(client: FlaskClient, body: bytes) -> None:
    problem_of(send(client, body), 422, "R422")


@pytest.mark.parametrize("amount", [5000.5, 0.1, 1e3, -1.0])
def test_a_json_fraction_is_refused_with_the_form_to_use(client: FlaskClient, amount: float) -> None:
    errors = problem_of(ask(client, facts={"order_amount": amount}), 422, "R422")["errors"]
    assert "Give a text such as '200000.50'" in str(errors)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"customer_id": "nobody"}, 404, "R404"),
        ({"customer_id": "' OR 1=1 --"}, 404, "R404"),
        ({"customer_id": "../../etc/passwd"}, 404, "R404"),
        ({"customer_id": "客户"}, 404, "R404"),
        ({"facts": {}}, 422, "R409"),
        ({"facts": None}, 422, "R409"),
        ({"facts": {"order_amount": "1", "exposure": "0"}}, 422, "R402"),
        ({"facts": {"order_amount": "1", "credit_limit": "9"}}, 422, "R402"),
        ({"facts": {"order_amount": "1", "колесо": "9"}}, 422, "R402"),
        ({"facts": {"order_amount": "1,000.00"}}, 422, "R402"),
        ({"facts": {"order_amount": "1e3"}}, 422, "R402"),
        ({"facts": {"order_amount": "٣"}}, 422, "R402"),
        ({"facts": {"order_amount": "0.001"}}, 422, "R402"),
        ({"facts": {"order_amount": "-1"}}, 422, "R402"),
        ({"facts": {"order_amount": -1}}, 422, "R402"),
        ({"facts": {"order_amount": 10**40}}, 422, "R402"),
        ({"facts": {"order_amount": "unlimited"}}, 422, "R402"),
        ({"facts": {"order_amount": True}}, 422, "R402"),
        ({"facts": {"order_amount": ""}}, 422, "R402"),
    ],
)
def test_a_question_that_cannot_be_answered_has_its_own_code(
    client: FlaskClient, changes: dict[str, Any], status: int, code: str
) -> None:
    assert problem_of(ask(client, **changes), status, code)["remedy"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json", ""])
def test_a_body_of_another_media_type_is_refused(client: FlaskClient, content_type: str) -> None:
    problem_of(send(client, json.dumps(ORDER), content_type), 415, "H415")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/v+json"])
def test_json_by_another_spelling_is_accepted(client: FlaskClient, content_type: str) -> None:
    assert send(client, json.dumps(ORDER), content_type).status_code == 200


def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_not(client: FlaskClient) -> None:
    spaces = " " * (MAX_BODY - len(json.dumps(ORDER)))
    assert send(client, json.dumps(ORDER) + spaces).status_code == 200
    problem_of(send(client, json.dumps(ORDER) + spaces + " "), 413, "H413")


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/decisions/", "/v1/decisions/1", "/v2/decisions", "/%00", "/客户"])
def test_a_path_that_does_not_exist_is_a_problem(client: FlaskClient, path: str) -> None:
    problem_of(client.get(path), 404, "H404")


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_another_method_is_told_which_are_allowed(client: FlaskClient, method: str) -> None:
    answer = getattr(client, method)("/v1/decisions")
    problem_of(answer, 405, "H405")
    assert {each.strip() for each in answer.headers["Allow"].split(",")} == {"OPTIONS", "POST"}


def test_a_fault_of_the_service_shows_nothing_of_its_inside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Question) -> None:
        raise RuntimeError("secret at line 7")

    monkeypatch.setattr(app.extensions["policy_service.decisions"].decider, "decide", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    body = problem_of(ask(app.test_client()), 500, "H500")
    assert "secret" not in str(body)
    assert "RuntimeError" not in str(body)


def test_a_fault_of_an_engine_is_a_problem_with_its_code(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Question) -> None:
        raise EngineFault("E001", "A result is outside the range of values.", remedy="Look at the policy.")

    monkeypatch.setattr(app.extensions["policy_service.decisions"].decider, "decide", fail)
    problem_of(ask(app.test_client()), 500, "E001")


def test_a_customer_fact_that_cannot_be_read_names_its_place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Question) -> None:
        raise FactError(
            "F102", "“x” is no money.", place=Place("customers", row="C1", cell="net_worth"), remedy="Mend."
        )

    monkeypatch.setattr(app.extensions["policy_service.decisions"].decider, "decide", fail)
    body = problem_of(ask(app.test_client()), 422, "F102")
    assert body["detail"] == "customers row C1 cell net_worth: “x” is no money."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from([*ORDER, "explain"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, JSON), st.dictionaries(st.text(max_size=12) | st.just("order_amount"), JSON, max_size=3))
def test_no_json_is_a_fault_of_the_server(
    client: FlaskClient, changes: dict[str, object], facts: dict[str, object]
) -> None:
    answer = send(client, json.dumps({**ORDER, "facts": facts, **changes}))
    assert answer.status_code in (200, 400, 404, 422)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_bytes_are_a_fault_of_the_server(client: FlaskClient, data: st.DataObject) -> None:
    body = json.dumps(ORDER).encode()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 6)))
    answer = send(client, body[:start] + data.draw(st.binary(max_size=6)) + body[end:])
    assert answer.status_code in (200, 400, 404, 422)
