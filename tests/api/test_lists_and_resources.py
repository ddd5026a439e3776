"""What holds for every list and every single thing, asked of a service in which something of each has happened."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from policy_service.domain.permissions import Role
from tests.api.house import store_key, store_person
from tests.api.story import Telling, after_the_story

Described = Mapping[str, Any]


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telling]:
    with after_the_story(tmp_path_factory.mktemp("lists")) as told:
        yield told


@pytest.fixture(scope="module")
def everyone(telling: Telling) -> FlaskClient:
    """Give a client of somebody who may do everything."""
    store_person(telling.house, "omni", *Role)
    client = telling.app.test_client()
    key = store_key(telling.house, "omni", requests_per_minute=1_000_000)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


@pytest.fixture(scope="module")
def described(everyone: FlaskClient) -> Described:
    paths: Described = everyone.get("/v1/openapi.json").get_json()["paths"]
    return paths


def address_of(telling: Telling, path: str) -> str:
    """Return an address of that pattern at which the story found something."""
    return telling.addresses[f"GET {path}"].partition("?")[0]


def names_in(operation: Mapping[str, Any], place: str) -> set[str]:
    """Return the names of an operation's parameters that stand there."""
    return {each["name"] for each in operation.get("parameters", ()) if each["in"] == place}


def methods_of(item: Mapping[str, Any]) -> set[str]:
    return {method.upper() for method in item if method != "parameters"}


def lists(described: Described) -> dict[str, set[str]]:
    """Return the pattern of every list, with what can be asked of it."""
    asked = {
        path: {each["name"] for each in item.get("get", {}).get("parameters", ())} for path, item in described.items()
    }
    return {path: names for path, names in asked.items() if "cursor" in names}


def test_a_list_read_item_by_item_is_the_list(telling: Telling, everyone: FlaskClient, described: Described) -> None:
    found = lists(described)
    assert len(found) >= 15
    lengths = {}
    for path in found:
        address = address_of(telling, path)
        whole = everyone.get(address, query_string={"limit": 200}).get_json()
        assert whole["next_cursor"] is None, path
        items, cursor = [], ""
        while cursor is not None and len(items) <= len(whole["items"]):
            page = everyone.get(address, query_string={"limit": 1, "cursor": cursor}).get_json()
            assert len(page["items"]) <= 1, path
            items += page["items"]
            cursor = page["next_cursor"]
        assert whole["items"] == items, path
        lengths[path] = len(items)
    assert [] == [path for path, length in lengths.items() if not length and path not in ("/v1/reviews/due",)]


def test_every_list_has_bounds_and_takes_no_cursor_but_its_own(
    telling: Telling, everyone: FlaskClient, described: Described
) -> None:
    for path in lists(described):
        for asked in ({"limit": 0}, {"limit": 201}, {"cursor": "!"}, {"cursor": "W10"}, {"no-such-filter": "x"}):
            answer = everyone.get(address_of(telling, path), query_string=asked)
            assert answer.status_code == 422, (path, asked)


@pytest.mark.parametrize(
    ("path", "question"),
    [
        ("/v1/decisions", {"type": "review", "customer_id": "C000000001"}),
        ("/v1/people", {"login": "aaron", "name": "Aaron"}),
        ("/v1/people", {"login": "zoe", "name": "Zoe"}),
        ("/v1/keys", {"name": "One more", "scopes": ["orders:read"], "requests_per_minute": 60}),
    ],
)
def test_what_comes_in_between_moves_no_page(everyone: FlaskClient, path: str, question: dict[str, object]) -> None:
    before = everyone.get(path, query_string={"limit": 200}).get_json()["items"]
    first = everyone.get(path, query_string={"limit": 2}).get_json()
    assert 201 == everyone.post(path, json=question).status_code
    rest = everyone.get(path, query_string={"limit": 200, "cursor": first["next_cursor"]}).get_json()["items"]
    known = [each for each in first["items"] + rest if each in before]
    assert before == known
    assert len(first["items"] + rest) - len(before) in (0, 1)


def test_every_question_is_answered_to_head_and_options_too(
    telling: Telling, everyone: FlaskClient, described: Described
) -> None:
    for path, item in described.items():
        if "get" in item:
            address = address_of(telling, path)
            shown, head = everyone.get(address, buffered=True), everyone.head(address, buffered=True)
            assert (shown.status_code, b"") == (head.status_code, head.data), path
            assert shown.headers.get("ETag") == head.headers.get("ETag"), path
            assert head.headers["X-Request-Id"]
        methods = methods_of(item)
        # The story has no other system that sends notices.
        named = {"POST /v1/connections/{name}/notices": "/v1/connections/crm/notices"} | telling.addresses
        options = everyone.options(named[f"{min(methods)} {path}"])
        allowed = {each.strip() for each in options.headers["Allow"].split(",")}
        assert options.status_code == 200
        assert methods | {"OPTIONS"} <= allowed, path


def test_whatever_is_changed_under_if_match_is_read_with_its_etag(
    telling: Telling, everyone: FlaskClient, described: Described
) -> None:
    for path, item in described.items():
        for method in methods_of(item):
            if "If-Match" not in names_in(item[method.lower()], "header"):
                continue
            # What is done to a thing stands below it.
            read = path
            while "get" not in described.get(read, {}):
                read = read[: read.rindex("/")]
            answer = everyone.get(address_of(telling, read))
            assert answer.headers.get("ETag"), (method, path)
