"""A replay over HTTP proves a record, or shows what another version would have made of it."""

import pytest
from sqlalchemy import update

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.decisions import DecisionRow
from tests.api.asking import problem_of
from tests.api.deciding import REVIEW, analyst, ask, body_of, shop
from tests.api.house import Client
from tests.services.decisions.live import at, enforce
from tests.services.house import policy_with


def path(decision_id: str) -> str:
    return f"/v1/decisions/{decision_id}/replay"


def test_without_a_body_the_record_is_proven(client: Client) -> None:
    made = body_of(ask(shop(client)))
    again = body_of(analyst(client).post(path(made["decision_id"])), 200)
    assert (True, True, made["result"], {}) == (
        again["identical"],
        again["same_version"],
        again["result"],
        again["difference"],
    )


def test_under_another_version_the_difference_is_shown(client: Client, house: House) -> None:
    made = body_of(ask(shop(client), facts={"order_amount": "4000.01"}))
    number = enforce(house, policy_with("order_check", '"> credit_limit"', '"> credit_limit * 2"'), at(hour=12))
    again = body_of(analyst(client).post(path(made["decision_id"]), json={"version": number}), 200)
    assert (False, False) == (again["identical"], again["same_version"])
    assert {"then": "hold", "now": "approve"} == again["difference"]["outcome"]
    assert number == again["result"]["policy"]["version"]


def test_a_record_that_was_changed_in_the_database_is_an_alarm(client: Client, house: House) -> None:
    made = body_of(ask(shop(client)))
    with house.database.writing() as session:
        stored = DecisionStore(session).load(made["decision_id"])
        forged = stored.result.replace(b'"outcome":"approve"', b'"outcome":"decline"')
        session.execute(update(DecisionRow).values(result=forged).where(DecisionRow.decision_id == stored.decision_id))
    again = body_of(analyst(client).post(path(made["decision_id"])), 200)
    assert (False, True, {"then": "decline", "now": "approve"}) == (
        again["identical"],
        again["same_version"],
        again["difference"]["outcome"],
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"version": 9}, 404, "S209"),
        ({"policy": "none"}, 422, "R421"),
        ({"policy": "none", "version": 1}, 404, "S209"),
        ({"version": 0}, 422, "R422"),
        ({"version": 2**63}, 422, "R422"),
        ({"version": "1"}, 422, "R422"),
        ({"rain": 1}, 422, "R422"),
    ],
)
def test_a_version_that_there_is_not_is_refused(
    client: Client, body: dict[str, object], status: int, code: str
) -> None:
    made = body_of(ask(shop(client)))
    problem_of(analyst(client).post(path(made["decision_id"]), json=body), status, code)


def test_a_decision_that_there_is_not_is_not_found(client: Client) -> None:
    problem_of(analyst(client).post(path("none")), 404, "S209")


def test_who_may_not_read_may_not_replay(client: Client) -> None:
    made = body_of(analyst(client).post("/v1/decisions", json=REVIEW))
    problem_of(client.of(Role.ADMIN).post(path(made["decision_id"])), 403, "A403")
    problem_of(client.post(path(made["decision_id"])), 401, "A401")


def test_under_another_version_it_is_a_trial_which_not_everybody_may_do(client: Client, house: House) -> None:
    made = body_of(ask(shop(client)))
    number = enforce(house, policy_with("order_check", '"> credit_limit"', '"> credit_limit * 2"'), at(hour=12))
    viewer = client.of(Role.VIEWER)
    own = made["result"]["policy"]["version"]
    assert body_of(viewer.post(path(made["decision_id"]), json={"version": own}), 200)["identical"]
    problem_of(viewer.post(path(made["decision_id"]), json={"version": number}), 403, "A403")
