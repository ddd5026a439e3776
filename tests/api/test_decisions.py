"""The endpoint decides orders, reviews and escalations as the services do."""

import json
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from policy_service.api.decisions import open_desk
from policy_service.services.decide import Decider, Question
from policy_service.services.record import canonical_bytes
from tests.api.asking import ask


def desk_decider(app: Flask) -> Decider:
    return app.extensions["policy_service.decisions"].decider


def test_an_order_is_decided_with_its_reasons_and_the_result_as_recorded(client: FlaskClient, app: Flask) -> None:
    body = ask(client).get_json()
    decided = desk_decider(app).decide(Question("C000000001", date(2026, 1, 1), {"order_amount": "5000.00"}))

    assert decided.order
    assert body["result"] == json.loads(canonical_bytes(decided.order.result))
    assert body["outcome"] == body["result"]["outcome"] == decided.order.chain.outcome
    assert body["reasons"] == body["result"]["reasons"]
    assert body["explanation"] is None


@pytest.mark.parametrize(("decision_type", "rule_set"), [("review", "grading"), ("escalation", "collection")])
def test_reviews_and_escalations_need_no_order(client: FlaskClient, decision_type: str, rule_set: str) -> None:
    answer = ask(client, type=decision_type, facts=None)
    body = answer.get_json()
    assert answer.status_code == 200
    assert (decision_type, None) == (body["result"]["type"], body["outcome"])
    assert rule_set in body["result"]["hits"]


def test_equal_questions_get_equal_bytes_and_ids(client: FlaskClient) -> None:
    first, second = ask(client), ask(client)
    assert first.data == second.data
    assert ask(client, as_of="2025-12-31").get_json()["decision_id"] != first.get_json()["decision_id"]


def test_an_explanation_names_rows_cells_and_values(client: FlaskClient) -> None:
    explained = ask(client, explain=True).get_json()["explanation"]["order_check"]
    cells = {cell["column"]: cell["value"] for row in explained["rows"] for cell in row["cells"]}
    assert cells["order_amount"] == "5000.00"
    assert {row["row"] for row in explained["rows"]} >= {"O10", "O20", "O30"}


def test_an_explained_review_shows_the_points(client: FlaskClient) -> None:
    body = ask(client, type="review", facts=None, explain=True).get_json()
    points = [one["points"] for one in body["explanation"]["grading"]["points"]]
    assert len(points) == 9
    assert all(each is None or float(each) >= 0 for each in points)


def test_without_a_day_the_day_after_the_last_entry_counts(client: FlaskClient, app: Flask) -> None:
    default_day = app.extensions["policy_service.decisions"].default_day
    assert ask(client, as_of=None).get_json()["result"]["as_of"] == default_day.isoformat()


@pytest.mark.parametrize("amount", ["5000", 5000, "5000.0", "5000.00"])
def test_an_amount_may_be_text_or_a_whole_number(client: FlaskClient, amount: object) -> None:
    assert ask(client, facts={"order_amount": amount}).data == ask(client).data


def test_an_amount_nobody_knows_is_referred(client: FlaskClient) -> None:
    body = ask(client, facts={"order_amount": "unknown"}).get_json()
    assert ("refer", "missing_fact") == (body["outcome"], body["reasons"][0]["code"])


def test_reasons_carry_their_wording_in_both_languages(client: FlaskClient) -> None:
    reasons = [
        reason for number in range(1, 13) for reason in ask(client, customer_id=f"C{number:09}").get_json()["reasons"]
    ]
    assert reasons
    assert all(reason["title"]["en"] and reason["title"]["zh"] for reason in reasons)


def test_a_policy_may_be_put_behind_the_desk_by_hand(app: Flask) -> None:
    other = Flask("other")
    open_desk(other, desk_decider(app), date(2026, 1, 1))
    assert other.extensions["policy_service.decisions"].default_day == date(2026, 1, 1)


def test_the_service_says_that_it_is_up(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
