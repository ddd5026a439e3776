"""Whatever is sent, the answer is what was asked for or a problem with a code; never a fault of the server."""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from policy_service.api import people
from policy_service.api.describing import OPEN
from policy_service.domain.errors import EngineFault, FactError, Place, PolicyServiceError, SettingsError
from policy_service.domain.permissions import Role
from policy_service.storage.errors import StorageError, Unavailable
from tests.api.asking import problem_of
from tests.api.house import MAX_BODY, Client
from tests.examples import examples

HOUSE_IS_EMPTY = True
DEEP = 100_000
BO = {"login": "bo", "name": "Bo"}
NOT_JSON = {
    "nothing": b"",
    "half an object": b'{"login": "bo"',
    "text behind the object": b"{} {}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "another encoding": '{"name": "顾客"}'.encode("gb18030"),
    "UTF-16": '{"login": "bo"}'.encode("utf-16"),
    "deep lists": b"[" * DEEP,
    "deep closed lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * (DEEP // 4),
    "an integer of 5,000 digits": b'{"name": ' + b"9" * 5_000 + b"}",
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "a number beyond floats": b'{"name": 1e400}',
    "equal keys": b'{"login": "bo", "login": "cy", "name": "Bo"}',
    "equal keys further inside": b'{"name": {"a": "1", "a": "2"}}',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a raw surrogate": b'{"name": "\xed\xa0\x80"}',
    "a comment": b'{"login": "bo" /* now */}',
    "single quotes": b"{'login': 'bo'}",
}


@pytest.fixture
def everyone(client: Client) -> Client:
    """Give a client of somebody who may do everything."""
    return client.of(*Role)


def send(client: FlaskClient, body: bytes | str, content_type: str = "application/json") -> TestResponse:
    """Send a body as it is."""
    return client.post("/v1/people", data=body, content_type=content_type)


def addresses_that_take_json(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Yield the method and an address of every operation with a JSON body; notices say nothing of what is wrong."""
    for path, operations in client.get("/v1/openapi.json").get_json()["paths"].items():
        for method, operation in operations.items():
            if method == "parameters" or operation["x-scope"] == OPEN:
                continue
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                yield method, re.sub(r"{[^}]*}", "1", path)


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_a_body_that_is_no_strict_json_is_refused(everyone: Client, body: bytes) -> None:
    assert problem_of(send(everyone, body), 400, "H400")["remedy"]


@pytest.mark.parametrize("name", ["half an object", "deep lists", "NaN", "equal keys", "a lone surrogate"])
def test_no_address_takes_a_body_that_is_no_strict_json(everyone: Client, name: str) -> None:
    asked = list(addresses_that_take_json(everyone))
    assert len(asked) >= 5
    for method, path in asked:
        answer = everyone.open(path, method=method, data=NOT_JSON[name], content_type="application/json")
        assert (400, "H400") == (answer.status_code, answer.get_json(force=True)["code"]), (method, path)


def test_no_address_takes_what_is_no_object_or_has_an_unknown_key(everyone: Client) -> None:
    for method, path in addresses_that_take_json(everyone):
        for body in ([], None, "x", 1, {"no such key": 1}):
            answer = everyone.open(path, method=method, data=json.dumps(body), content_type="application/json")
            assert (422, "R422") == (answer.status_code, answer.get_json(force=True)["code"]), (method, path, body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("name", ""),
        ("name", 1),
        ("name", ["Bo"]),
        ("name", "B" * 201),
        ("name", "Bo\x00"),
        ("name", "Bo\x1b[2J"),
        ("name", "Bo\u2028"),
        ("login", None),
        ("login", {"a": 1}),
        ("email", "a\nb"),
        ("admin", True),
    ],
)
def test_a_body_that_does_not_fit_the_schema_names_the_field(everyone: Client, field: str, value: object) -> None:
    errors = problem_of(everyone.post("/v1/people", json={**BO, field: value}), 422, "R422")["errors"]
    assert {field} == set(errors["json"])  # type: ignore[index]


def test_who_sends_a_field_or_a_filter_that_is_not_known_is_told_which_are(everyone: Client) -> None:
    body = problem_of(everyone.post("/v1/people", json={**BO, "mail": "bo@example.com"}), 422, "R422")["errors"]
    query = problem_of(everyone.get("/v1/people?login=bo"), 422, "R422")["errors"]
    assert {"json": {"mail": ["Unknown field. Known are: email, login, name."]}} == body
    assert {"query": {"login": ["Unknown field. Known are: cursor, limit."]}} == query


def test_an_unknown_field_of_an_item_is_told_the_fields_of_items(client: Client) -> None:
    entry = {"table": "payments", "cells": {}, "key": "P1"}
    answer = client.of(Role.SYSTEM).post("/v1/ledger/entries", json={"entries": [entry]})
    errors = problem_of(answer, 422, "R422")["errors"]
    assert {"json": {"entries": {"0": {"key": ["Unknown field. Known are: cells, table."]}}}} == errors


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json", ""])
def test_a_body_of_another_media_type_is_refused(everyone: Client, content_type: str) -> None:
    problem_of(send(everyone, json.dumps(BO), content_type), 415, "H415")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/v+json"])
def test_json_by_another_spelling_is_accepted(everyone: Client, content_type: str) -> None:
    assert 201 == send(everyone, json.dumps(BO), content_type).status_code


def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_not(everyone: Client) -> None:
    spaces = " " * (MAX_BODY - len(json.dumps(BO)))
    assert 201 == send(everyone, json.dumps(BO) + spaces).status_code
    problem_of(send(everyone, json.dumps(BO) + spaces + " "), 413, "H413")


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/people/", "/v1/people/1/x", "/v2/people", "/%00", "/客户"])
def test_a_path_that_does_not_exist_is_a_problem(client: Client, path: str) -> None:
    assert f"There is nothing at {unquote(path)!r}." == problem_of(client.get(path), 404, "H404")["detail"]


@pytest.mark.parametrize("languages", ["zh-CN,zh;q=0.9,en;q=0.5", "zh-CN,en;q=0.5"])
def test_a_problem_is_said_in_chinese_to_who_asks_for_it(everyone: Client, languages: str) -> None:
    asked = everyone.get("/v1/nowhere", headers={"Accept-Language": languages})
    assert "可用的路径见 /v1/openapi.json。" == asked.get_json()["remedy"]
    assert ("zh", "Accept-Language") == (asked.headers["Content-Language"], asked.headers["Vary"])


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_another_method_is_told_which_are_allowed(client: Client, method: str) -> None:
    answer = getattr(client, method)("/v1/people")
    refused = problem_of(answer, 405, "H405")
    assert f"The address '/v1/people' does not take {method.upper()}." == refused["detail"]
    assert {"GET", "HEAD", "OPTIONS", "POST"} == {each.strip() for each in answer.headers["Allow"].split(",")}


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let adding a person fail."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(people, "add_person", fail)


def test_a_fault_of_the_service_shows_nothing_of_its_inside(
    everyone: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, RuntimeError("secret at line 7"))
    answer = everyone.post("/v1/people", json=BO, headers={"X-Request-Id": "seventeen"})
    body = str(problem_of(answer, 500, "H500"))
    assert "secret" not in body
    assert "RuntimeError" not in body
    logged = "".join(capsys.readouterr())
    assert "seventeen" in logged
    assert "secret at line 7" in logged


ADMINISTRATION = "Look after it."


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (EngineFault("E001", "A result is outside the range of values.", remedy=ADMINISTRATION), 500, "E001"),
        (SettingsError("S101", "No rules folder at /secret.", remedy=ADMINISTRATION), 500, "S101"),
        (StorageError("S203", "The database /secret lacks tables.", remedy=ADMINISTRATION), 500, "S203"),
        (StorageError("S212", "A text is too long.", remedy=ADMINISTRATION), 422, "S212"),
        (Unavailable("S202", "The host /secret does not answer.", remedy=ADMINISTRATION), 503, "S202"),
    ],
)
def test_an_error_has_the_status_of_its_kind_and_what_is_the_installations_own_stays_in_the_log(
    everyone: Client, monkeypatch: pytest.MonkeyPatch, error: PolicyServiceError, status: int, code: str
) -> None:
    failing(monkeypatch, error)
    answer = everyone.post("/v1/people", json=BO)
    assert "secret" not in str(problem_of(answer, status, code))
    assert (status == 503) == ("Retry-After" in answer.headers)


def test_a_fact_that_cannot_be_read_names_its_place(everyone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("customers", row="C1", cell="net_worth")
    failing(monkeypatch, FactError("F102", "“x” is no money.", place=place, remedy="Mend."))
    body = problem_of(everyone.post("/v1/people", json=BO), 422, "F102")
    assert "customers row C1 cell net_worth: “x” is no money." == body["detail"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
BODIES = {
    "/v1/people": ("login", "name", "email"),
    "/v1/keys": ("name", "scopes", "requests_per_minute", "expires_at"),
    "/v1/settings/release_authority/proposals": ("value", "note"),
    "/v1/settings/approvers_needed/proposals": ("value", "note"),
}


@settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(sorted(BODIES)), st.data())
def test_no_json_is_a_fault_of_the_server(everyone: Client, path: str, data: st.DataObject) -> None:
    body = data.draw(st.dictionaries(st.sampled_from(BODIES[path]), JSON))
    answer = everyone.post(path, data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (201, 400, 409, 422)


@settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_no_bytes_are_a_fault_of_the_server(everyone: Client, data: st.DataObject) -> None:
    body = json.dumps(BO).encode()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 6)))
    answer = send(everyone, body[:start] + data.draw(st.binary(max_size=6)) + body[end:])
    assert answer.status_code in (201, 400, 409, 422)


@settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_address_is_a_fault_of_the_server(everyone: Client, name: str, value: str) -> None:
    for path in (f"/v1/people/{name}", f"/v1/keys/{name}", f"/v1/settings/{name}/proposals/{value}"):
        answer = everyone.delete(path) if "proposals" in path else everyone.get(path)
        assert answer.status_code in (200, 308, 404, 405, 422), path
    answer = everyone.get("/v1/audit", query_string={"person": value, "cursor": name})
    assert answer.status_code in (200, 422)


def test_nothing_is_logged_of_what_was_sent(
    app: Flask, everyone: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    everyone.post("/v1/people", json={**BO, "name": "a name nobody logs"})
    assert "nobody logs" not in "".join(capsys.readouterr())
