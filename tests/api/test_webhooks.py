"""Webhooks over HTTP: made with a secret shown once, changed by revision, tried out, dead letters sent again."""

from collections.abc import Mapping, Sequence

import pytest
from standardwebhooks import Webhook

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.announcing import EVENT_TYPES, announce
from policy_service.services.house import House
from policy_service.storage.outbox import Attempt, Outbox
from policy_service.storage.webhook_store import WebhookStore
from tests.api.asking import problem_of
from tests.api.house import Client, Clock

WEBHOOKS = "/v1/webhooks"
#: An address, so that nobody is asked for a name.
URL = "https://93.184.216.34/events"
NEW: Mapping[str, object] = {"url": URL, "event_types": ["order.held", "order.released"]}
REFUSED: Sequence[tuple[Mapping[str, object], str]] = (
    ({"url": "http://93.184.216.34/"}, "R471"),
    ({"url": "https://93.184.216.34:22/"}, "R471"),
    ({"url": "https://user@93.184.216.34/"}, "R471"),
    ({"url": "https://no-such-host.invalid/"}, "R472"),
    ({"url": "https://127.0.0.1/"}, "R473"),
    ({"url": "https://169.254.169.254/latest/meta-data"}, "R473"),
    ({"url": "https://[::1]/"}, "R473"),
    ({"url": "https://2130706433/"}, "R473"),
    ({"url": ""}, "R422"),
    ({"url": "https://93.184.216.34/\n"}, "R422"),
    ({"url": None}, "R422"),
    ({"event_types": []}, "R422"),
    ({"event_types": ["order.eaten"]}, "R422"),
    ({"event_types": "order.held"}, "R422"),
    ({"secret": "mine"}, "R422"),
)


@pytest.fixture
def admin(client: Client) -> Client:
    return client.of(Role.ADMIN)


@pytest.fixture
def made(admin: Client) -> str:
    """Give the id of a webhook."""
    return str(admin.post(WEBHOOKS, json=NEW).get_json()["webhook_id"])


def dead(house: House, webhook_id: str) -> int:
    """Store an event for the webhook that was given up; return its number."""
    with house.database.writing() as session:
        announce(house, session, Act("ada", 1), "order.held", "orders/1", {})
        (waiting,) = Outbox(session).take(webhook_id, "process", 1, 2, 1)
        Outbox(session).record("process", [Attempt(waiting.number, "dead", None, 500, "It answered 500.")], 2)
        Outbox(session).let_go("process", [waiting.number])
    return waiting.number


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(admin: Client) -> None:
    answer = admin.post(WEBHOOKS, json=NEW)
    body = answer.get_json()
    assert (201, '"1"', f"{WEBHOOKS}/{body['webhook_id']}") == (
        answer.status_code,
        answer.headers["ETag"],
        answer.headers["Location"],
    )
    assert Webhook(body.pop("secret"))
    assert {**NEW, "is_active": True, "switched_off_because": "", "created_by": "admin"}.items() <= body.items()
    read = admin.get(answer.headers["Location"])
    assert (200, '"1"', body) == (read.status_code, read.headers["ETag"], read.get_json())
    assert [body] == admin.get(WEBHOOKS).get_json()["items"]


def test_the_same_request_sent_again_makes_no_second_one(admin: Client) -> None:
    header = {"Idempotency-Key": "once"}
    first = admin.post(WEBHOOKS, json=NEW, headers=header)
    again = admin.post(WEBHOOKS, json=NEW, headers=header)
    assert (201, first.data) == (again.status_code, again.data)
    assert 1 == len(admin.get(WEBHOOKS).get_json()["items"])


def test_what_events_are_not_sent_to_is_refused(admin: Client) -> None:
    for change, code in REFUSED:
        problem_of(admin.post(WEBHOOKS, json={**NEW, **change}), 422, code)
    assert [] == admin.get(WEBHOOKS).get_json()["items"]


def test_every_type_of_event_can_be_asked_for(admin: Client) -> None:
    answer = admin.post(WEBHOOKS, json={"url": URL, "event_types": list(EVENT_TYPES)})
    assert sorted(EVENT_TYPES) == answer.get_json()["event_types"]


def test_a_change_names_the_revision_it_is_made_against(admin: Client, made: str) -> None:
    address = f"{WEBHOOKS}/{made}"
    problem_of(admin.patch(address, json={"is_active": False}), 428, "R413")
    changed = admin.patch(address, json={"is_active": False}, headers={"If-Match": '"1"'})
    assert (200, '"2"', False) == (changed.status_code, changed.headers["ETag"], changed.get_json()["is_active"])
    problem_of(admin.patch(address, json={"is_active": True}, headers={"If-Match": '"1"'}), 412, "S208")
    moved = admin.patch(address, json={"event_types": ["day.run"]}, headers={"If-Match": '"2"'})
    assert ["day.run"] == moved.get_json()["event_types"]
    refused = admin.patch(address, json={"url": "https://10.0.0.1/"}, headers={"If-Match": '"3"'})
    problem_of(refused, 422, "R473")
    assert URL == admin.get(address).get_json()["url"]


def test_switching_it_on_again_forgets_why_it_was_off(admin: Client, house: House, made: str) -> None:
    with house.database.writing() as session:
        WebhookStore(session).switch_off(made, "It answered 410 Gone.")
    address = f"{WEBHOOKS}/{made}"
    assert "It answered 410 Gone." == admin.get(address).get_json()["switched_off_because"]
    on = admin.patch(address, json={"is_active": True}, headers={"If-Match": '"2"'}).get_json()
    assert (True, "") == (on["is_active"], on["switched_off_because"])


def test_a_new_secret_signs_beside_the_old_one_for_a_day(admin: Client, house: House, made: str, clock: Clock) -> None:
    with house.database.reading() as session:
        (old,) = WebhookStore(session).secrets(made, clock.instant)
    answer = admin.post(f"{WEBHOOKS}/{made}/secret", headers={"If-Match": '"1"'})
    new = answer.get_json()["secret"]
    assert (200, '"2"') == (answer.status_code, answer.headers["ETag"])
    day = 24 * 3600 * 1_000_000
    with house.database.reading() as session:
        assert (new, old) == WebhookStore(session).secrets(made, clock.instant)
        assert (new,) == WebhookStore(session).secrets(made, clock.instant + day)
    assert old != new


def test_a_webhook_that_is_taken_away_takes_its_events_along(admin: Client, house: House, made: str) -> None:
    number = dead(house, made)
    address = f"{WEBHOOKS}/{made}"
    problem_of(admin.delete(address, headers={"If-Match": '"7"'}), 412, "S208")
    assert 204 == admin.delete(address, headers={"If-Match": '"1"'}).status_code
    problem_of(admin.get(address), 404, "S209")
    problem_of(admin.post(f"{WEBHOOKS}/deliveries/{number}/redelivery"), 404, "S209")


def test_a_try_waits_for_this_webhook_alone(admin: Client, made: str) -> None:
    other = admin.post(WEBHOOKS, json=NEW).get_json()["webhook_id"]
    answer = admin.post(f"{WEBHOOKS}/{made}/test")
    body = answer.get_json()
    assert (202, "webhook.test", "waiting", 0) == (
        answer.status_code,
        body["event_type"],
        body["state"],
        body["attempts"],
    )
    assert [body] == admin.get(f"{WEBHOOKS}/{made}/deliveries").get_json()["items"]
    assert [] == admin.get(f"{WEBHOOKS}/{other}/deliveries").get_json()["items"]


def test_a_webhook_that_is_off_cannot_be_tried(admin: Client, made: str) -> None:
    admin.patch(f"{WEBHOOKS}/{made}", json={"is_active": False}, headers={"If-Match": '"1"'})
    problem_of(admin.post(f"{WEBHOOKS}/{made}/test"), 422, "R474")


def test_a_dead_letter_is_sent_again_and_one_that_waits_is_not(admin: Client, house: House, made: str) -> None:
    number = dead(house, made)
    listed = admin.get(f"{WEBHOOKS}/{made}/deliveries?state=dead").get_json()["items"]
    assert [(number, 500, "It answered 500.")] == [
        (each["number"], each["last_status"], each["last_error"]) for each in listed
    ]
    again = admin.post(f"{WEBHOOKS}/deliveries/{number}/redelivery")
    assert (202, "set_aside", 0) == (again.status_code, again.get_json()["state"], again.get_json()["attempts"])
    problem_of(admin.post(f"{WEBHOOKS}/deliveries/{number}/redelivery"), 409, "R475")
    assert [] == admin.get(f"{WEBHOOKS}/{made}/deliveries?state=dead").get_json()["items"]


def test_deliveries_come_in_pages_the_latest_first(admin: Client, house: House, made: str) -> None:
    with house.database.writing() as session:
        for number in range(5):
            announce(house, session, Act("ada", 1), "order.held", f"orders/{number}", {})
    first = admin.get(f"{WEBHOOKS}/{made}/deliveries?limit=3").get_json()
    rest = admin.get(f"{WEBHOOKS}/{made}/deliveries?limit=3&cursor={first['next_cursor']}").get_json()
    numbers = [each["number"] for each in (*first["items"], *rest["items"])]
    assert (5, sorted(numbers, reverse=True), None) == (len(numbers), numbers, rest["next_cursor"])


def test_what_is_not_there_is_a_problem(admin: Client) -> None:
    for address in ("none", "none/deliveries", "none/deliveries?cursor=%00", "x" * 300, "%00"):
        assert admin.get(f"{WEBHOOKS}/{address}").status_code in (404, 422)
    for number in ("0", "9" * 18, "9" * 30, "-1", "1.5"):
        assert 404 == admin.post(f"{WEBHOOKS}/deliveries/{number}/redelivery").status_code


def test_the_audit_trail_tells_who_did_what_and_no_secret(admin: Client, client: Client, made: str) -> None:
    admin.post(f"{WEBHOOKS}/{made}/secret", headers={"If-Match": '"1"'})
    trail = client.of(Role.AUDITOR).get("/v1/audit?subject_kind=webhook")
    assert 200 == trail.status_code
    assert {"created", "secret_rotated"} <= {each["act"] for each in trail.get_json()["items"]}
    assert b"whsec_" not in trail.data
