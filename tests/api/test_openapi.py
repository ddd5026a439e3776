"""The description of the endpoints fits them."""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from policy_service.api.schemas import DecisionAnswer, DecisionQuestion
from policy_service.app import close_app, create_app
from policy_service.settings import Settings
from tests.api.asking import PROBLEM_KEYS, ask


def description(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/v1/openapi.json")
    assert (200, "application/json") == (answer.status_code, answer.mimetype)
    return answer.get_json()


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(client: FlaskClient) -> None:
    document = description(client)
    assert (document["openapi"], document["info"]["title"]) == ("3.1.0", "Credit policy service")
    for reference in references(document):
        part: Any = document
        for key in reference.removeprefix("#/").split("/"):
            part = part[key]
        assert part


def test_it_names_every_path_under_v1(client: FlaskClient, app: Flask) -> None:
    rules = {str(rule) for rule in app.url_map.iter_rules() if str(rule).startswith("/v1/")}
    assert rules - {"/v1/openapi.json"} == set(description(client)["paths"])


def test_its_example_of_a_question_can_be_asked(client: FlaskClient) -> None:
    properties = description(client)["components"]["schemas"]["DecisionQuestion"]["properties"]
    question = {name: each["example"] for name, each in properties.items() if "example" in each}
    assert question.keys() >= {"type", "customer_id", "facts"}
    assert ask(client, **question).status_code == 200


def test_a_question_and_an_answer_have_the_fields_of_their_schemas(client: FlaskClient) -> None:
    schemas = description(client)["components"]["schemas"]
    assert set(DecisionQuestion().fields) == set(schemas["DecisionQuestion"]["properties"])
    assert set(DecisionAnswer().fields) == set(ask(client).get_json()) == set(schemas["DecisionAnswer"]["properties"])


def test_problems_are_described_as_they_are_answered(client: FlaskClient) -> None:
    document = description(client)
    responses = document["paths"]["/v1/decisions"]["post"]["responses"]
    assert {"200", "400", "404", "415", "422"} <= set(responses)
    for status in ("400", "404", "415", "422"):
        assert list(responses[status]["content"]) == ["application/problem+json"]
    assert set(document["components"]["schemas"]["Problem"]["properties"]) == PROBLEM_KEYS | {"errors"}


def test_two_applications_describe_themselves_alike(client: FlaskClient, settings_of_a_service: Settings) -> None:
    other = create_app(settings_of_a_service)
    close_app(other)
    assert other.test_client().get("/v1/openapi.json").data == client.get("/v1/openapi.json").data
