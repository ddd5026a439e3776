"""What two people could do at once to one thing is done once, where they name what they had read."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import pytest
from werkzeug.test import TestResponse

from policy_service.domain.permissions import Role
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from tests.api.asking import problem_of
from tests.api.house import Client, Clock, store_person
from tests.services.decisions.live import TODAY, act, at, enforce
from tests.services.house import policy_with

MINUTE: Final = 60 * 1_000_000
REASON: Final = {"reason": "Balance sheet seen"}
NOTE: Final = {"note": "Balance sheet seen"}
FEBRUARY_1: Final = dt.date(2025, 2, 1)


def a_standing(client: Client, house: House, clock: Clock) -> str:
    """Return the address of a standing that waits for a credit manager."""
    needs_a_manager = policy_with("standing", "credit_limit: 5000", "credit_limit: 5000, approval_role: credit_manager")
    enforce(house, needs_a_manager, act().at - 1)
    client.of(Role.ANALYST).post("/v1/decisions", json={"type": "review", "customer_id": "C1"})
    (found,) = client.of(Role.VIEWER).get("/v1/standings?state=proposed").json["items"]
    return f"/v1/standings/{found['standing_id']}"


def an_override(client: Client, house: House, clock: Clock) -> str:
    """Return the address of an override that waits for a second person."""
    asked = {
        "customer_id": "C1",
        "decision_type": "review",
        "outputs": {"credit_limit": "900000"},
        "reason": "Bank guarantee",
        "expires_on": TODAY.isoformat(),
    }
    given = client.of(Role.CREDIT_MANAGER).post("/v1/overrides", json=asked)
    assert '"1"' == given.headers["ETag"]
    return f"/v1/overrides/{given.json['override_id']}"


def a_case(client: Client, house: House, clock: Clock) -> str:
    """Return the address of a case with a step that waits for the head of finance."""
    needs_a_word = policy_with("collection", "owner: sales,", "owner: sales, approval: finance_head,")
    enforce(house, needs_a_word, act().at - 1)
    store_person(house, "sam", Role.SALES)
    for day in (dt.date(2025, 1, 31), FEBRUARY_1):
        run_day(house, day, act(day, "mia", 6))
    clock.instant = at(FEBRUARY_1, 12)
    (case,) = client.of(Role.VIEWER).get("/v1/cases").json["items"]
    return f"/v1/cases/{case['case_id']}"


def a_key(client: Client, house: House, clock: Clock) -> str:
    """Return the address of a key of the analyst's."""
    made = client.of(Role.ANALYST).post("/v1/keys", json={"name": "Web shop", "scopes": ["keys:own"]})
    assert '"1"' == made.headers["ETag"]
    return f"/v1/keys/{made.json['key_id']}"


def a_person(client: Client, house: House, clock: Clock) -> str:
    """Return the address of a person who is an analyst, and proposed to become an approver."""
    client.as_("eve", Role.ANALYST)
    client.as_("bo", Role.ADMIN).post("/v1/people/eve/roles/approver")
    return "/v1/people/eve"


class Doing(NamedTuple):
    """What somebody does to a thing, and in which role."""

    thing: Callable[[Client, House, Clock], str]
    role: Role
    what: str
    body: Mapping[str, Any] | None = None
    method: str = "POST"


DOINGS: Final = (
    Doing(a_standing, Role.CREDIT_MANAGER, "/approval", NOTE),
    Doing(a_standing, Role.CREDIT_MANAGER, "/rejection", NOTE),
    Doing(an_override, Role.FINANCE_HEAD, "/confirmation"),
    Doing(an_override, Role.FINANCE_HEAD, "/rejection", REASON),
    Doing(an_override, Role.CREDIT_MANAGER, "/end", REASON),
    Doing(a_case, Role.COLLECTOR, "/notes", {"text": "Called"}),
    Doing(a_case, Role.COLLECTOR, "/contacts", {"channel": "phone"}),
    Doing(a_case, Role.COLLECTOR, "/promises", {"invoice_id": "I1", "promised": "2025-02-10"}),
    Doing(a_case, Role.COLLECTOR, "/disputes", {"invoice_id": "I1"}),
    Doing(a_case, Role.COLLECTOR, "/assignment", {"assigned_to": "sam"}),
    Doing(a_case, Role.COLLECTOR, "/deadline", {"deadline": "2025-02-20", "reason": "On holiday"}),
    Doing(a_case, Role.FINANCE_HEAD, "/steps/{number}/approval", {"approved": True, **REASON}),
    Doing(a_case, Role.FINANCE_HEAD, "/steps/{number}/approval", {"approved": False, **REASON}),
    Doing(a_key, Role.ANALYST, "", None, "DELETE"),
    Doing(a_key, Role.ANALYST, "/rotation", {}),
    Doing(a_person, Role.ADMIN, "/roles/collector"),
    Doing(a_person, Role.ADMIN, "/roles/approver/agreement"),
    Doing(a_person, Role.ADMIN, "/roles/analyst", None, "DELETE"),
)
NAMES: Final = [f"{doing.method} {doing.thing.__name__}{doing.what}" for doing in DOINGS]


def do(client: Client, doing: Doing, address: str, tag: str | None) -> TestResponse:
    if "{number}" in doing.what:
        (step,) = client.of(Role.VIEWER).get(address).json["steps"]
        doing = doing._replace(what=doing.what.format(number=step["number"]))
    headers = {} if tag is None else {"If-Match": tag}
    more = {} if doing.body is None else {"json": doing.body}
    return client.of(doing.role).open(address + doing.what, method=doing.method, headers=headers, **more)


def tag_of(client: Client, doing: Doing, address: str) -> str:
    return client.of(doing.role).get(address).headers["ETag"]


@pytest.mark.parametrize("doing", DOINGS, ids=NAMES)
def test_what_names_another_revision_is_not_done(client: Client, house: House, clock: Clock, doing: Doing) -> None:
    address = doing.thing(client, house, clock)
    before = client.of(doing.role).get(address)
    problem_of(do(client, doing, address, '"77"'), 412, "S208")
    problem_of(do(client, doing, address, "3"), 400, "R414")
    after = client.of(doing.role).get(address)
    assert (before.headers["ETag"], before.json) == (after.headers["ETag"], after.json)


@pytest.mark.parametrize("doing", DOINGS, ids=NAMES)
def test_what_names_the_revision_that_was_read_is_done_once(
    client: Client, house: House, clock: Clock, doing: Doing
) -> None:
    address = doing.thing(client, house, clock)
    tag = tag_of(client, doing, address)
    done = do(client, doing, address, tag)
    assert done.status_code in (200, 201), done.json
    assert tag != tag_of(client, doing, address)
    made_another = doing.what == "/rotation"
    assert ('"1"' if made_another else tag_of(client, doing, address)) == done.headers["ETag"]
    problem_of(do(client, doing, address, tag), 412, "S208")


@pytest.mark.parametrize("doing", DOINGS, ids=NAMES)
def test_what_names_no_revision_is_done_whoever_came_before(
    client: Client, house: House, clock: Clock, doing: Doing
) -> None:
    address = doing.thing(client, house, clock)
    done = do(client, doing, address, None)
    assert done.status_code in (200, 201), done.json


def test_of_two_who_follow_up_what_they_read_the_second_is_told(client: Client, house: House, clock: Clock) -> None:
    address = a_case(client, house, clock)
    ada, bo = client.as_("ada", Role.COLLECTOR), client.as_("bo", Role.COLLECTOR)
    read = {"If-Match": ada.get(address).headers["ETag"]}
    promise = {"invoice_id": "I1", "promised": "2025-02-10"}
    first = ada.post(f"{address}/promises", json=promise, headers=read)
    assert 201 == first.status_code
    problem_of(bo.post(f"{address}/promises", json=promise, headers=read), 412, "S208")
    again = {"If-Match": first.headers["ETag"]}
    assert 201 == bo.post(f"{address}/notes", json={"text": "Seen"}, headers=again).status_code
    assert ["promise", "note"] == [note["kind"] for note in bo.get(address).json["notes"]]


def test_a_key_is_not_changed_by_being_used(client: Client, clock: Clock) -> None:
    analyst = client.of(Role.ANALYST)
    made = analyst.post("/v1/keys", json={"name": "Web shop", "scopes": ["keys:own"]}).json
    address = f"/v1/keys/{made['key_id']}"
    before = analyst.get(address)
    clock.instant += 2 * MINUTE
    with client.with_key(made["key"]).get("/v1/keys") as used:
        assert 200 == used.status_code
    after = analyst.get(address)
    assert before.json["last_used_at"] != after.json["last_used_at"]
    assert before.headers["ETag"] == after.headers["ETag"]
