"""The description of the endpoints is valid, complete, and fits them; its examples were asked and answered."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from policy_service.api.description import EXAMPLES
from policy_service.ledger.columns import Table
from policy_service.storage.database import Database
from tests.api.asking import PROBLEM_KEYS
from tests.api.story import told, written
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


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what is sent and what is answered when all goes well: which of them, in which form, and what is said."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", kind, content
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items() if status < "4" else ():
            yield status, kind, content


def strangers(document: dict[str, Any], schema: dict[str, Any], value: object, place: str = "") -> Iterator[str]:
    """Yield the keys of a value that its schema does not name."""
    schema = resolved(document, schema)
    for each in value if isinstance(value, list) else ():
        yield from strangers(document, schema.get("items", {}), each, f"{place}[]")
    properties = schema.get("properties")
    if properties is None or not isinstance(value, dict):
        return
    yield from (f"{place}.{name}" for name in value.keys() - properties.keys())
    for name in value.keys() & properties.keys():
        yield from strangers(document, properties[name], value[name], f"{place}.{name}")


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


def test_every_operation_has_a_name_a_tag_a_summary_and_says_whether_it_needs_a_key(document: dict[str, Any]) -> None:
    found = operations(document)
    names = [operation["operationId"] for _, operation in found]
    assert len(set(names)) == len(names)
    assert {"type": "http", "scheme": "bearer"}.items() <= document["components"]["securitySchemes"]["bearer"].items()
    tags = {tag["name"] for tag in document["tags"]}
    assert all(tag.replace(" ", "").isalpha() for tag in tags), tags
    for name, operation in found:
        assert operation["summary"], name
        assert set(operation["tags"]) <= tags, name
        assert ([] if operation["x-scope"] == "open" else [{"bearer": []}]) == operation["security"], name


def test_every_operation_can_be_tried_by_its_examples(document: dict[str, Any]) -> None:
    assert [] == [(name, lacks) for name, each in operations(document) if (lacks := without_example(document, each))]


def test_the_examples_are_what_the_application_is_asked_and_answers(tmp_path: Path) -> None:
    """After a change: python -m tests.api.story."""
    assert EXAMPLES.read_text(encoding="utf-8") == written(told(tmp_path))


def test_every_operation_shows_what_it_is_sent_and_what_it_answers(document: dict[str, Any]) -> None:
    found = [(name, *each) for name, operation in operations(document) for each in contents(operation)]
    assert len(found) > 140
    assert [] == [each[:3] for each in found if "example" not in each[3]]


def test_every_example_fits_its_schema_and_holds_nothing_that_it_does_not_name(document: dict[str, Any]) -> None:
    wrong = []
    for name, operation in operations(document):
        for which, _, content in contents(operation):
            schema = {**content["schema"], "components": document["components"]}
            wrong += [
                (name, which, error.message) for error in Draft202012Validator(schema).iter_errors(content["example"])
            ]
            wrong += [(name, which, each) for each in strangers(document, content["schema"], content["example"])]
    assert [] == wrong


def test_every_problem_has_an_example_of_its_status(document: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            for content in answer["content"].values() if status >= "4" else ():
                reference = content["examples"]["problem"]["$ref"]
                shown = document["components"]["examples"][reference.rpartition("/")[2]]["value"]
                assert shown["status"] == int(status), name
                assert Draft202012Validator(schema).is_valid(shown)


def test_every_schema_has_a_name_of_its_own(app: Flask, document: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole_app(app.extensions["tests.house"])
    assert [] == [name for name in document["components"]["schemas"] if name[-1].isdigit()]


def test_an_upload_names_the_part_of_every_table(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/imports"]["post"]["requestBody"]["content"]["multipart/form-data"]
    parts = resolved(document, content["schema"])["properties"]
    files = {name for name, each in parts.items() if each.get("format") == "binary"}
    assert {table.value for table in Table} | {"file"} == files
    assert {"mapping", "differing"} == parts.keys() - files


def test_problems_are_described_as_they_are_answered(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        refusals = {status: each for status, each in operation["responses"].items() if status >= "4"}
        assert {"403", "429"} | ({"401"} if operation["security"] else set()) <= set(refusals), name
        for each in refusals.values():
            assert ["application/problem+json"] == list(each["content"]), name
    assert set(document["components"]["schemas"]["Problem"]["properties"]) == PROBLEM_KEYS | {"errors"}


def test_two_applications_describe_themselves_alike(app: Flask, document: dict[str, Any]) -> None:
    other = whole_app(app.extensions["tests.house"])
    assert document == other.test_client().get("/v1/openapi.json").get_json()


@pytest.mark.parametrize(
    "path", ["/v1/orders/{order_id}/amendments", "/v1/orders/{order_id}/decision", "/v1/cases/{case_id}/promises"]
)
def test_what_creates_at_a_revision_takes_both_headers(document: dict[str, Any], path: str) -> None:
    named = {each["name"] for each in document["paths"][path]["post"]["parameters"] if each["in"] == "header"}
    assert {"If-Match", "Idempotency-Key"} == named
