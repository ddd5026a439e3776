"""Questions are decided, stored and answered; stored decisions are shown, listed and explained."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from policy_service.api.schemas import DecisionAnswer
from policy_service.domain.instants import instant_text
from policy_service.domain.permissions import Permission, Role
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.house import House
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder
from tests.api.asking import problem_of
from tests.api.deciding import ORDER, REVIEW, analyst, ask, body_of, changed, shop
from tests.api.house import Client, Clock, store_key, store_person
from tests.services.decisions.live import HOUR, at


def test_an_order_is_decided_stored_and_stays_where_the_header_says(client: Client, house: House) -> None:
    answer = ask(shop(client))
    body = body_of(answer)
    with house.database.reading() as session:
        stored = DecisionStore(session).load(body["decision_id"])

    assert f"/v1/decisions/{body['decision_id']}" == answer.headers["Location"]
    assert ("live", "approve", "open") == (body["purpose"], body["outcome"], body["order"]["state"])
    assert stored.result == canonical_bytes(body["result"])
    assert stored.result in answer.get_data()
    assert ("system", answer.headers["X-Request-Id"]) == (stored.asked_by, stored.request_id)
    assert stored.took > 0


def test_an_order_that_is_held_says_why(client: Client) -> None:
    body = body_of(ask(shop(client), facts={"order_amount": "4000.01"}))
    assert ("hold", "held", ["OVER_LIMIT"]) == (
        body["outcome"],
        body["order"]["state"],
        [reason["code"] for reason in body["reasons"]],
    )
    assert {"en": "Over the limit", "zh": "超额"} == body["reasons"][0]["title"]


def test_a_reason_that_no_policy_defines_has_a_title_which_the_record_has_not(
    client: Client,
) -> None:
    body = body_of(ask(shop(client), facts={"order_amount": "100"}, currency="USD"))
    (reason,) = body["reasons"]
    assert ("missing_fact", {"en": "A fact is missing", "zh": "缺少事实"}) == (reason["code"], reason["title"])
    assert ["title" in recorded for recorded in body["result"]["reasons"]] == [False]
    order = body_of(shop(client).get(f"/v1/orders/{body['order']['order_id']}"), 200)
    assert order["reasons"] == body["reasons"]


def test_a_review_that_names_an_order_is_refused_and_leaves_nothing(client: Client) -> None:
    answer = analyst(client).post("/v1/decisions", json={**REVIEW, "order_id": "O1"})
    problem_of(answer, 422, "R425")
    assert [] == body_of(analyst(client).get("/v1/decisions"), 200)["items"]


def test_the_first_order_of_a_customer_names_the_review_before_it(client: Client) -> None:
    body = body_of(ask(shop(client)))
    review = body_of(analyst(client).get(f"/v1/decisions/{body['first_review']}"), 200)
    assert ("review", "live", "5000.00") == (
        review["type"],
        review["purpose"],
        review["result"]["outputs"]["credit_limit"],
    )


def test_a_review_says_what_became_of_the_standing(client: Client) -> None:
    made = body_of(analyst(client).post("/v1/decisions", json=REVIEW))["standing"]
    assert made["in_force"]
    assert made["proposed"] is None
    assert "credit_limit" in made["changed"]


def test_an_escalation_names_the_open_cases(client: Client, clock: Clock) -> None:
    clock.instant += 41 * 24 * HOUR
    body = body_of(shop(client).post("/v1/decisions", json=changed(REVIEW, type="escalation")))
    assert ["collection"] == [case["ladder"] for case in body["cases"]]


def test_an_amount_in_another_currency_is_refused_for_no_code_and_kept_for_one(client: Client) -> None:
    problem_of(ask(shop(client), currency="yuan"), 422, "R422")
    body = body_of(ask(shop(client), currency="USD"))
    assert ("refer", "USD") == (body["outcome"], body["result"]["currency"])


@pytest.mark.parametrize("amount", ["100", 100, "100.0", "100.00"])
def test_an_amount_may_be_text_or_a_whole_number(client: Client, amount: object) -> None:
    assert (
        "100.00"
        == body_of(ask(shop(client), facts={"order_amount": amount}))["result"]["facts"]["order_amount"]["value"]
    )


DRY: dict[str, dict[str, Any]] = {
    "said": {"dry_run": True},
    "substituted facts": {"substitute": {"exposure": "1.00"}},
    "another version": {"version": 1},
    "a policy": {"policy": "house"},
    "a past day": {"as_of": "2025-01-10"},
    "known before": {"known_before": "2025-01-10T00:00:00Z"},
}


@pytest.mark.parametrize("changes", DRY.values(), ids=DRY)
def test_a_dry_run_is_kept_and_sets_nothing(client: Client, house: House, changes: dict[str, Any]) -> None:
    body = body_of(ask(analyst(client), **changes, order_id=None))
    assert ("dry_run", None, None) == (body["purpose"], body["order"], body["standing"])
    with house.database.reading() as session:
        assert 0 == session.scalar(select(func.count()).select_from(AskedOrder))
        assert {"dry_run"} == set(session.scalars(select(DecisionRow.purpose)))


@pytest.mark.parametrize("changes", DRY.values(), ids=DRY)
def test_a_dry_run_needs_its_own_scope(client: Client, changes: dict[str, Any]) -> None:
    problem_of(ask(shop(client), **changes), 403, "A403")


def test_today_as_a_day_is_no_dry_run(client: Client) -> None:
    assert "live" == body_of(ask(shop(client), as_of="2025-01-20"))["purpose"]


def test_a_day_to_come_is_refused(client: Client) -> None:
    problem_of(ask(analyst(client), as_of="2025-01-21"), 422, "R424")


def test_a_live_order_without_an_id_is_refused(client: Client) -> None:
    problem_of(ask(shop(client), order_id=None), 422, "R425")


@pytest.mark.parametrize(
    ("role", "question", "status"),
    [
        (Role.SYSTEM, ORDER, 201),
        (Role.SYSTEM, REVIEW, 403),
        (Role.ANALYST, REVIEW, 201),
        (Role.APPROVER, ORDER, 403),
        (Role.APPROVER, {**ORDER, "dry_run": True}, 201),
        (Role.VIEWER, ORDER, 403),
        (Role.ADMIN, ORDER, 403),
    ],
)
def test_each_question_needs_its_own_permission(
    client: Client, role: Role, question: dict[str, Any], status: int
) -> None:
    assert status == client.of(role).post("/v1/decisions", json=question).status_code


def test_a_key_that_may_only_ask_asks_and_reads_nothing(client: Client, house: House) -> None:
    store_person(house, "till", Role.ANALYST)
    till = client.with_key(store_key(house, "till", scopes=(Permission.DECISIONS_ASK.value,)))
    decision_id = body_of(ask(till))["decision_id"]
    problem_of(till.get(f"/v1/decisions/{decision_id}"), 403, "A403")
    problem_of(till.post("/v1/decisions", json=REVIEW), 403, "A403")


def test_a_question_sent_twice_under_one_key_is_decided_once(client: Client, house: House) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first, again = (shop(client).post("/v1/decisions", json=ORDER, headers=headers) for _ in range(2))
    assert (first.data, first.headers["Location"]) == (again.data, again.headers["Location"])
    with house.database.reading() as session:
        orders = DecisionStore(session).page(decision_type="order").decisions
    assert 1 == len(orders)
    problem_of(shop(client).post("/v1/decisions", json=REVIEW, headers=headers), 422, "S223")


def test_what_is_refused_leaves_nothing(client: Client, house: House) -> None:
    ask(shop(client))
    problem_of(ask(shop(client), facts={"order_amount": "7"}), 409, "R431")
    with house.database.reading() as session:
        assert 2 == session.scalar(select(func.count()).select_from(DecisionRow))


def test_a_stored_decision_is_shown_with_all_that_is_known_of_it(client: Client, house: House) -> None:
    asked = ask(shop(client), explain=True)
    body = body_of(asked)
    shown = body_of(analyst(client).get(f"/v1/decisions/{body['decision_id']}?explain=true"), 200)

    assert (body["result"], body["explanation"]) == (shown["result"], shown["explanation"])
    assert ("order", "live", "C1", "O1", "2025-01-20") == tuple(
        shown[key] for key in ("type", "purpose", "customer_id", "order_id", "as_of")
    )
    assert {"id": "house", "version": 1, "hash": body["result"]["policy"]["hash"]} == shown["policy"]
    assert ("system", asked.headers["X-Request-Id"]) == (shown["asked_by"], shown["request_id"])
    assert ("worker-1", 2) == (shown["chain"]["writer"], shown["chain"]["sequence"])


def test_without_explain_nothing_is_explained(client: Client) -> None:
    body = body_of(ask(shop(client)))
    shown = body_of(analyst(client).get(f"/v1/decisions/{body['decision_id']}"), 200)
    assert (None, None) == (body["explanation"], shown["explanation"])


def test_a_decision_that_there_is_not_is_not_found(client: Client) -> None:
    problem_of(analyst(client).get("/v1/decisions/none"), 404, "S209")


def test_decisions_are_listed_the_newest_first_page_by_page(client: Client) -> None:
    for number in range(5):
        ask(shop(client), order_id=f"O{number}")
    reader, found, cursor = analyst(client), list[str](), ""
    while True:
        page = body_of(reader.get("/v1/decisions", query_string={"limit": 2, "cursor": cursor, "type": "order"}), 200)
        found += [item["order_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert ["O4", "O3", "O2", "O1", "O0"] == found


FILTERS: dict[str, tuple[dict[str, object], int]] = {
    "customer": ({"customer_id": "C1"}, 4),
    "another customer": ({"customer_id": "C3"}, 0),
    "order": ({"order_id": "O2"}, 1),
    "type": ({"type": "review"}, 1),
    "purpose": ({"purpose": "dry_run"}, 1),
    "outcome": ({"outcome": "hold"}, 1),
    "policy": ({"policy": "house", "version": 1}, 4),
    "another version": ({"version": 2}, 0),
    "who asked": ({"asked_by": "analyst"}, 1),
    "since": ({"since": instant_text(at(hour=12))}, 1),
    "before": ({"before": instant_text(at(hour=12))}, 3),
}


def test_every_filter_keeps_what_fits(client: Client, clock: Clock) -> None:
    ask(shop(client))
    ask(shop(client), order_id="O2", facts={"order_amount": "9999"})
    clock.instant = at(hour=12)
    ask(analyst(client), order_id=None, dry_run=True)
    reader = analyst(client)
    counts = {
        name: len(body_of(reader.get("/v1/decisions", query_string=query), 200)["items"])
        for name, (query, _) in FILTERS.items()
    }
    assert {name: count for name, (_, count) in FILTERS.items()} == counts


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "type=refund",
        "purpose=none",
        "outcome=maybe",
        "since=yesterday",
        "rain=1",
        "version=-1",
    ],
)
def test_a_list_that_cannot_be_is_refused(client: Client, query: str) -> None:
    problem_of(analyst(client).get(f"/v1/decisions?{query}"), 422, "R422")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00", "客户"])
def test_a_cursor_that_no_list_gave_is_refused(client: Client, cursor: str) -> None:
    problem_of(analyst(client).get("/v1/decisions", query_string={"cursor": cursor}), 422, "S213")


def test_every_answer_is_what_its_decision_is(client: Client) -> None:
    """An amount nobody knows is referred; a category that no row mentions is no fault."""
    unknown = body_of(ask(shop(client), facts={"order_amount": "unknown", "channel": "phone"}))
    assert ("refer", "BY_PHONE") == (unknown["outcome"], unknown["reasons"][0]["code"])
    assert json.loads(json.dumps(unknown))["result"]["facts"]["order_amount"]["value"] is None


@pytest.mark.parametrize(
    ("asks", "question"),
    [
        (shop, ORDER),
        (analyst, REVIEW),
        (shop, changed(REVIEW, type="escalation")),
        (analyst, changed(ORDER, dry_run=True)),
    ],
    ids=["order", "review", "escalation", "dry run"],
)
def test_an_answer_is_in_the_form_of_its_schema(
    client: Client, clock: Clock, asks: Callable[[Client], Client], question: dict[str, Any]
) -> None:
    clock.instant += 41 * 24 * HOUR
    body = body_of(asks(client).post("/v1/decisions", json={**question, "explain": True}))
    assert set(DecisionAnswer().fields) == set(body)
    assert body == DecisionAnswer().dump(body)
