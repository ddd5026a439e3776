"""What would change a stored decision, asked over HTTP."""

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.house import Client
from tests.services.decisions.live import enforce
from tests.services.house import policy_with

ORDER: dict[str, object] = {"type": "order", "customer_id": "C1", "order_id": "O1", "facts": {"order_amount": "100.00"}}


def _decided(client: Client, question: dict[str, object] = ORDER) -> str:
    answer = client.of(Role.ANALYST).post("/v1/decisions", json=question)
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["decision_id"])


def _turning(client: Client, decision_id: str, of: str = ""):  # type: ignore[no-untyped-def]
    return client.of(Role.VIEWER).get(f"/v1/decisions/{decision_id}/turning-points", query_string={"of": of})


def test_the_amount_at_which_an_order_would_no_longer_be_approved_is_told_to_the_cent(client: Client) -> None:
    told = _turning(client, _decided(client)).get_json()
    by_fact = {(point["fact"], point["direction"]): point for point in told["points"]}
    limit = next(point for point in told["points"] if point["fact"] == "credit_limit")
    assert (told["of"], told["now"], told["undecided"]) == ("outcome", "approve", [])
    assert by_fact["order_amount", "above"]["becomes"] == "hold"
    assert by_fact["order_amount", "above"]["reasons"] == ["OVER_LIMIT"]
    assert limit["becomes"] in ("hold", "refer")


def test_asking_for_just_that_amount_is_held_and_a_cent_less_is_not(client: Client) -> None:
    """What is told is true: the service itself says so when it is asked."""
    point = next(
        point
        for point in _turning(client, _decided(client)).get_json()["points"]
        if (point["fact"], point["direction"]) == ("order_amount", "above")
    )
    whole, _, cents = point["turns_at"].partition(".")
    at = int(whole) * 100 + int(cents or 0)

    def outcome(amount: int, order_id: str) -> str:
        facts = {"order_amount": f"{amount // 100}.{amount % 100:02}"}
        asked = ORDER | {"facts": facts, "order_id": order_id, "dry_run": True}
        answer = client.of(Role.ANALYST).post("/v1/decisions", json=asked)
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["outcome"])

    assert (outcome(at - 1, "O1"), outcome(at, "O1")) == ("approve", "hold")


def test_what_would_lift_the_grade_is_told(client: Client) -> None:
    decision_id = _decided(client, {"type": "review", "customer_id": "C2", "facts": {}})
    told = _turning(client, decision_id).get_json()
    assert (told["of"], told["now"]) == ("grade", "B")
    assert [(point["fact"], point["turns_at"], point["becomes"]) for point in told["points"]] == [
        ("net_worth", "100000.00", "A")
    ]


def test_what_would_take_a_fact_of_the_customer_below_nothing_comes_last(client: Client, house: House) -> None:
    of_debtors = '  - {id: O4, when: {net_worth: "< 0"}, then: {outcome: hold}, reason: OVER_LIMIT}\n  - {id: O3,'
    enforce(house, policy_with("order_check", "  - {id: O3,", of_debtors), 5)
    points = _turning(client, _decided(client)).get_json()["points"]
    told = [(point["fact"], point["direction"]) for point in points]
    # Forty times as much of an order is the larger change, and one that somebody can make.
    assert told.index(("order_amount", "above")) < told.index(("net_worth", "below")) == len(told) - 1
    assert "-0.01" == points[-1]["turns_at"]


@pytest.mark.parametrize(("of", "code"), [("colour", "R491")])
def test_what_a_decision_does_not_set_cannot_be_asked_about(client: Client, of: str, code: str) -> None:
    answer = _turning(client, _decided(client), of)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


def test_a_decision_that_is_not_there_has_no_turning_points(client: Client) -> None:
    assert _turning(client, "nothing").status_code == 404
