"""The description of the endpoints is valid, complete, and fits them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from policy_service.storage.database import Database
from tests.api.asking import PROBLEM_KEYS
from tests.api.whole import whole_app
from tests.services.decisions.live import open_house

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give an application whose database nobody looks at."""
    house = open_house(Database(f"sqlite:///{tmp_path_factory.mktemp('openapi') / 'none.db'}"))
    yield whole_app(house)
    house.close()


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/v1/openapi.json")
    assert (200, "application/json") == (answer.status_code, answer.mimetype)
    found: dict[str, Any] = answer.get_json()
    return found


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return every operation with its name."""
    return [
        (f"{method} {path}", {**operation, "parameters": item.get("parameters", []) + operation.get("parameters", [])})
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def has_example(document: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Return whether a body can be written from the examples: of it, or of all that it must hold."""
    schema = resolved(document, schema)
    if {"example", "examples", "default", "enum"} & schema.keys() or schema.get("type") == "boolean":
        return True
    if "properties" in schema:
        needed = schema.get("required", ())
        return all(has_example(document, schema["properties"][name]) for name in needed)
    return "items" in schema and has_example(document, schema["items"])


def without_example(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """Return what has to be sent and has no example."""
    contents = operation.get("requestBody", {}).get("content", {})
    bodies = [
        kind
        for kind, content in contents.items()
        if not ({"example", "examples"} & content.keys() or has_example(document, content["schema"]))
    ]
    return bodies + [
        each["name"]
        for each in operation["parameters"]
        if each.get("required") and "example" not in {**each, **each.get("schema", {})}
    ]


def test_it_is_valid_openapi_3_1_and_says_what_it_is(document: dict[str, Any]) -> None:
    assert [] == [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)]
    assert ("3.1.0", "Credit policy service") == (document["openapi"], document["info"]["title"])
    assert document["info"]["description"]
    assert [{"url": "/", "description": "This service"}] == document["servers"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        part: Any = document
        for key in reference.removeprefix("#/").split("/"):
            part = part[key]
        assert part


def test_it_names_every_path_under_v1(document: dict[str, Any], app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1/")} - {"/v1/openapi.json"}
    assert len(rules) == len(document["paths"])


def test_every_operation_has_a_name_a_tag_a_summary_and_needs_a_key(document: dict[str, Any]) -> None:
    found = operations(document)
    names = [operation["operationId"] for _, operation in found]
    assert len(set(names)) == len(names)
    assert {"type": "http", "scheme": "bearer"}.items() <= document["components"]["securitySchemes"]["bearer"].items()
    tags = {tag["name"] for tag in document["tags"]}
    for name, operation in found:
        assert operation["summary"], name
        assert set(operation["tags"]) <= tags, name
        assert [{"bearer": []}] == operation["security"], name


def test_every_operation_can_be_tried_by_its_examples(document: dict[str, Any]) -> None:
    assert [] == [(name, lacks) for name, each in operations(document) if (lacks := without_example(document, each))]


def test_problems_are_described_as_they_are_answered(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        refusals = {status: each for status, each in operation["responses"].items() if status >= "4"}
        assert {"401", "403", "429"} <= set(refusals), name
        for each in refusals.values():
            assert ["application/problem+json"] == list(each["content"]), name
    assert set(document["components"]["schemas"]["Problem"]["properties"]) == PROBLEM_KEYS | {"errors"}


def test_two_applications_describe_themselves_alike(app: Flask, document: dict[str, Any]) -> None:
    other = whole_app(app.extensions["tests.house"])
    assert document == other.test_client().get("/v1/openapi.json").get_json()
