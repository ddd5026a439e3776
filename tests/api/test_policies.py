"""Policies over HTTP: from the draft to what orders are decided by, each step by whom it takes."""

import hashlib
from typing import Any

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.instants import instant_text
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.policy_life.settling import settle_states
from tests.api.asking import problem_of
from tests.api.house import Client, Clock
from tests.api.policy_calls import (
    GENEROUS,
    HOUSE,
    POLICIES,
    approved,
    at,
    body_of,
    drafted,
    files,
    if_match,
    ready,
    step,
    submitted,
)
from tests.services.policy_life.test_submitting import settle

ORDER = {"type": "order", "customer_id": "C1", "order_id": "O1", "facts": {"order_amount": "5500"}}
HOUR = 3_600_000_000


def decided_by(client: Client, order_id: str) -> tuple[str, int]:
    """Return the outcome of an order that only the new version lets through, and the version it was decided by."""
    body = body_of(client.of(Role.SYSTEM).post("/v1/decisions", json={**ORDER, "order_id": order_id}), 201)
    return body["outcome"], body["result"]["policy"]["version"]


def test_a_version_goes_from_draft_to_decisions(client: Client) -> None:
    assert ("hold", 1) == decided_by(client, "O1")
    draft = drafted(client, order_check=GENEROUS)
    assert ("draft", None, ["analyst"]) == (draft["state"], draft["submission"], draft["hands"])
    version = approved(client, submitted(client, draft))
    assert ("approved", 1) == (version["state"], len(version["submission"]["approvals"]))
    assert ("hold", 1) == decided_by(client, "O2")
    live = body_of(step(client, version, "activation"))
    assert ("active", None) == (live["state"], live["effective_until"])
    assert ("approve", 2) == decided_by(client, "O3")
    shown = body_of(client.of(Role.VIEWER).get(HOUSE))
    assert (2, [], []) == (shown["active"]["number"], shown["scheduled"], shown["drafts"])


def test_a_version_scheduled_decides_from_its_very_instant(client: Client, clock: Clock) -> None:
    begins = clock.instant + HOUR
    version = body_of(
        step(client, ready(client, order_check=GENEROUS), "schedule", effective_from=instant_text(begins))
    )
    assert ("scheduled", instant_text(begins)) == (version["state"], version["effective_from"])
    clock.instant = begins - 2
    assert ("hold", 1) == decided_by(client, "O1")
    clock.instant = begins
    assert ("approve", 2) == decided_by(client, "O2")
    shown = body_of(client.of(Role.VIEWER).get(at(version)))
    assert "active" == shown["state"]
    for instant, number in ((begins - 1, 1), (begins, 2)):
        query = {"at": instant_text(instant)}
        found = body_of(client.of(Role.VIEWER).get(f"{HOUSE}/effective", query_string=query))
        assert number == found["version"]["number"]


def test_a_day_begins_where_the_company_is(client: Client) -> None:
    version = body_of(step(client, ready(client), "schedule", effective_on="2031-01-01"))
    assert "2030-12-31T16:00:00.000000Z" == version["effective_from"]
    problem_of(step(client, version, "schedule", effective_on="2020-01-01"), 422, "R467")
    off = client.of(Role.CREDIT_MANAGER).delete(f"{at(version)}/schedule")
    assert ("approved", None) == (body_of(off)["state"], body_of(off)["effective_from"])


@pytest.mark.parametrize(
    "said", [{}, {"effective_on": "2031-01-01", "effective_from": "2031-01-01T00:00:00Z"}, {"effective_on": "soon"}]
)
def test_a_schedule_names_one_instant(client: Client, said: dict[str, str]) -> None:
    problem_of(step(client, ready(client), "schedule", **said), 422, "R422")


def test_the_way_back_and_the_end(client: Client) -> None:
    strict = body_of(step(client, ready(client), "activation"))
    body_of(step(client, ready(client, order_check=GENEROUS), "activation"))
    assert ("approve", 3) == decided_by(client, "O1")
    answer = step(client, strict, "rollback", note="too generous")
    back = body_of(answer, 201)
    assert (4, "active", 2, strict["sha256"]) == (back["number"], back["state"], back["based_on"], back["sha256"])
    assert answer.headers["Location"] == at(back)
    assert 4 == decided_by(client, "O2")[1]
    problem_of(step(client, back, "retirement", note="we stop"), 409, "R469")
    gone = body_of(step(client, back, "retirement", note="we stop", confirm=True))
    assert "retired" == gone["state"]
    problem_of(client.of(Role.SYSTEM).post("/v1/decisions", json={**ORDER, "order_id": "O3"}), 422, "R421")
    assert body_of(client.of(Role.VIEWER).get(f"{HOUSE}/effective"))["version"] is None


def test_a_retirement_to_come_is_taken_back(client: Client) -> None:
    first = {"policy_id": "house", "number": 1}
    ends = body_of(step(client, first, "retirement", note="we stop", confirm=True, effective_on="2031-01-01"))
    assert ends["retires_at"] == ends["effective_until"] == "2030-12-31T16:00:00.000000Z"
    kept = body_of(client.of(Role.CREDIT_MANAGER).delete(f"{at(first)}/retirement"))
    assert (None, None) == (kept["retires_at"], kept["effective_until"])


def test_an_approval_needs_the_hash_of_what_is_approved(client: Client) -> None:
    version = submitted(client, drafted(client))
    problem_of(step(client, version, "approvals", Role.APPROVER, sha256="0" * 64), 409, "R464")
    for said in ({}, {"sha256": version["sha256"].upper()}, {"sha256": f"{version['sha256']}\n"}, {"sha256": 1}):
        problem_of(step(client, version, "approvals", Role.APPROVER, **said), 422, "R422")


def test_the_second_pair_of_eyes_is_another_person_whatever_key_they_come_with(client: Client) -> None:
    one = client.as_("zoe", Role.CREDIT_MANAGER, Role.APPROVER, Role.EMERGENCY)
    draft = body_of(one.post(f"{HOUSE}/versions", json={"files": files()}), 201)
    version = body_of(one.post(f"{at(draft)}/submission", json={"note": "x"}, headers=if_match(draft)))
    again = client.as_("zoe")
    for who in (one, again):
        problem_of(who.post(f"{at(draft)}/approvals", json={"sha256": version["sha256"]}), 403, "R465")
        said = {"sha256": version["sha256"], "note": "urgent"}
        problem_of(who.post(f"{at(draft)}/bypass", json=said), 403, "R465")
    assert "submitted" == body_of(client.of(Role.VIEWER).get(at(draft)))["state"]


def test_a_bypass_is_marked(client: Client) -> None:
    version = submitted(client, drafted(client))
    problem_of(step(client, version, "bypass", Role.EMERGENCY, sha256=version["sha256"]), 422, "R422")
    said = {"sha256": version["sha256"], "note": "the shop stands still"}
    problem_of(step(client, version, "bypass", Role.APPROVER, **said), 403, "A403")
    through = body_of(step(client, version, "bypass", Role.EMERGENCY, **said))
    assert ("approved", True) == (through["state"], through["is_bypass"])
    assert through["submission"]["approvals"][0]["is_bypass"]


@pytest.mark.parametrize("word", ["changes-wanted", "rejection"])
def test_a_version_given_back_is_a_draft(client: Client, word: str) -> None:
    version = submitted(client, drafted(client))
    back = body_of(step(client, version, word, Role.APPROVER, note="why so much?"))
    assert ("draft", None) == (back["state"], back["submission"])
    problem_of(step(client, version, word, Role.APPROVER, note="again"), 409, "R463")
    problem_of(step(client, version, word, Role.APPROVER), 422, "R422")


def test_steps_and_comments_are_listed_in_pages(client: Client) -> None:
    version = submitted(client, drafted(client))
    said = step(client, version, "comments", Role.VIEWER, note="为什么？\nPlease say.")
    assert "submitted" == body_of(said, 201)["state"]
    steps, cursor = [], ""
    for _ in range(4):
        query = {"limit": 1, "cursor": cursor}
        page = body_of(client.of(Role.VIEWER).get(f"{at(version)}/steps", query_string=query))
        steps += [(one["step"], one["person"]) for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [("draft", "analyst"), ("submitted", "credit-manager"), ("comment", "viewer")] == steps


def test_a_check_says_problems_with_places_findings_and_cases(client: Client) -> None:
    wrong = files(standing="decision_table: standing\nhit_policy: unique\nrows:\n  - {id: S1, when: {grad: A}}\n")
    draft = body_of(client.of(Role.ANALYST).post(f"{HOUSE}/versions", json={"files": wrong}), 201)
    assert draft["sha256"] is None
    found = body_of(client.of(Role.VIEWER).post(f"{at(draft)}/check"))
    assert (False, []) == (found["is_green"], found["findings"])
    assert all(one["code"] and one["message"] and one["remedy"] for one in found["problems"])
    assert "standing.yaml" in {one["place"]["file"] for one in found["problems"]}
    good = body_of(client.of(Role.VIEWER).post(f"{at(drafted(client))}/check"))
    assert (True, [], False) == (good["is_green"], good["problems"], good["counts_affected"])
    assert {"note", "warning"} >= {one["severity"] for one in good["findings"]}


def test_a_check_counts_whom_findings_concern(client: Client) -> None:
    found = body_of(client.of(Role.VIEWER).post(f"{at(drafted(client))}/check?affected=true"))
    assert found["counts_affected"]
    counted = [one["affected"] for one in found["findings"] if one["affected"]]
    assert all(one["customers"] >= 0 and "." in one["exposure"] for one in counted)


def test_a_red_draft_is_not_handed_in(client: Client) -> None:
    broken = files(order_check="rows: [")
    draft = body_of(client.of(Role.ANALYST).post(f"{HOUSE}/versions", json={"files": broken}), 201)
    answer = client.of(Role.CREDIT_MANAGER).post(f"{at(draft)}/submission", json={"note": "x"}, headers=if_match(draft))
    problem_of(answer, 422, "R461")


def test_a_comparison_reads_in_two_languages(client: Client) -> None:
    draft = drafted(client, 7777)
    found = body_of(client.of(Role.VIEWER).get(f"{at(draft)}/diff"))
    assert 1 == found["against"]
    (change,) = found["changes"]
    assert "standing row S1, credit_limit: 5,000 -> 7,777" == change["en"]
    assert "规则集 standing，S1 行，credit_limit：由 5,000 改为 7,777" == change["zh"]
    assert ("5,000", "7,777") == (change["old"], change["new"])
    assert [] == body_of(client.of(Role.VIEWER).get(f"{at(draft)}/diff?against={draft['number']}"))["changes"]
    problem_of(client.of(Role.VIEWER).get(f"{HOUSE}/versions/1/diff"), 404, "S209")


def test_the_text_is_the_one_its_hash_is_of(client: Client) -> None:
    draft = drafted(client)
    found = body_of(client.of(Role.VIEWER).get(f"{at(draft)}/text"))
    assert draft["sha256"] == found["sha256"] == hashlib.sha256(found["text"].encode()).hexdigest()


def test_what_is_settled_later_does_not_touch_what_was_submitted(client: Client, house: House) -> None:
    settle(house, "approvers_needed", "2")
    version = submitted(client, drafted(client))
    settle(house, "approvers_needed", "1")
    assert "submitted" == approved(client, version)["state"]
    problem_of(step(client, version, "approvals", Role.APPROVER, sha256=version["sha256"]), 409, "R463")
    second = client.as_("second", Role.APPROVER).post(f"{at(version)}/approvals", json={"sha256": version["sha256"]})
    assert "approved" == body_of(second)["state"]


def test_policies_and_versions_come_in_pages(client: Client) -> None:
    for limit in (6000, 7000):
        drafted(client, limit)
    listed = body_of(client.of(Role.VIEWER).get(POLICIES))
    assert ["house"] == [one["policy_id"] for one in listed["items"]]
    assert [3, 2] == [one["number"] for one in listed["items"][0]["drafts"]]
    page = body_of(client.of(Role.VIEWER).get(f"{HOUSE}/versions?limit=2"))
    assert [3, 2] == [one["number"] for one in page["items"]]
    query: dict[str, Any] = {"cursor": page["next_cursor"]}
    rest = body_of(client.of(Role.VIEWER).get(f"{HOUSE}/versions", query_string=query))
    assert ([1], None) == ([one["number"] for one in rest["items"]], rest["next_cursor"])
    problem_of(client.of(Role.VIEWER).get(f"{POLICIES}?cursor=zzz"), 422, "R415")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("nowhere", "S209"),
        ("house/versions/9", "S209"),
        ("house/versions/99999999999999999999", "H404"),
        ("nowhere/versions", "S209"),
        ("nowhere/effective", "S209"),
        ("house/versions/9/files", "S209"),
        ("house/versions/9/steps", "S209"),
        ("house/versions/9/text", "S209"),
        ("a" * 61, "H404"),
    ],
)
def test_what_is_not_there_is_not_found(client: Client, path: str, code: str) -> None:
    problem_of(client.of(Role.VIEWER).get(f"{POLICIES}/{path}"), 404, code)


def test_words_settled_meanwhile_change_no_answer(client: Client, house: House, clock: Clock) -> None:
    begins = clock.instant + HOUR
    version = body_of(
        step(client, ready(client, order_check=GENEROUS), "schedule", effective_from=instant_text(begins))
    )
    clock.instant = begins
    before = decided_by(client, "O1")
    with house.database.writing() as session:
        settle_states(house, session, Act("clock", clock.instant))
    assert before == decided_by(client, "O2") == ("approve", 2)
    assert "active" == body_of(client.of(Role.VIEWER).get(at(version)))["state"]
