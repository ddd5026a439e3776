"""Who did what is found again, and what somebody altered behind the service's back is named."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from policy_service.domain.instants import instant_text
from policy_service.domain.permissions import Role
from policy_service.services.decisions.deciding import decide
from policy_service.services.house import House
from policy_service.storage.chains import Log, heads
from policy_service.storage.models.audit import AuditEventRow
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.seals import seal_heads
from tests.api.asking import problem_of
from tests.api.house import Client, Clock
from tests.services.decisions.live import act, asked

KEY = "k" * 32


@pytest.fixture
def auditor(client: Client) -> Client:
    """Give a client of an auditor."""
    return client.of(Role.AUDITOR)


@pytest.fixture
def busy(client: Client, house: House) -> Client:
    """Give an admin who has done some things, in a house where decisions were given."""
    admin = client.as_("ada", Role.ADMIN)
    for login in ("bo", "cy", "di"):
        admin.post("/v1/people", json={"login": login, "name": login})
    admin.post("/v1/people/bo/roles/viewer", json={})
    with house.database.writing() as session:
        for amount in ("100", "200"):
            decide(house, session, asked("C1", amount), act())
    return admin


def test_events_are_listed_from_the_latest_with_all_that_is_known(auditor: Client, busy: Client) -> None:
    events = auditor.get("/v1/audit").get_json()["items"]
    assert ["granted", "added", "added", "added"] == [each["act"] for each in events]
    assert ("ada", "role", "bo/viewer", {}) == tuple(
        events[0][name] for name in ("person", "subject_kind", "subject_id", "detail")
    )
    assert {"name": "di"} == events[1]["detail"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("person=ada", 4),
        ("person=bo", 0),
        ("act=added", 3),
        ("subject_kind=role", 1),
        ("subject_kind=person&subject_id=cy", 1),
        ("act=added&subject_id=bo", 1),
        ("limit=2", 2),
    ],
)
def test_filters_must_all_fit(auditor: Client, busy: Client, query: str, expected: int) -> None:
    assert expected == len(auditor.get(f"/v1/audit?{query}").get_json()["items"])


def test_a_period_has_its_begin_and_not_its_end(auditor: Client, busy: Client) -> None:
    instants = [each["at"] for each in auditor.get("/v1/audit").get_json()["items"]]
    since, before = instants[2], instants[0]
    found = auditor.get("/v1/audit", query_string={"since": since, "before": before}).get_json()["items"]
    assert instants[1:3] == [each["at"] for each in found]


def test_pages_follow_each_other_though_events_come_meanwhile(auditor: Client, busy: Client) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        page = auditor.get(f"/v1/audit?limit=1&cursor={cursor}").get_json()
        seen += [each["subject_id"] for each in page["items"]]
        cursor = page["next_cursor"]
        busy.post("/v1/people", json={"login": f"later{len(seen)}", "name": "Later"})
    assert ["bo/viewer", "di", "cy", "bo"] == seen


@pytest.mark.parametrize("query", ["since=yesterday", "limit=0", "limit=201", "limit=x", "person=", "other=1"])
def test_a_question_that_fits_no_schema_is_refused(auditor: Client, query: str) -> None:
    problem_of(auditor.get(f"/v1/audit?{query}"), 422, "R422")


def test_a_cursor_of_another_list_is_refused(auditor: Client) -> None:
    problem_of(auditor.get("/v1/audit?cursor=WyJhIl0"), 422, "R415")


def test_who_may_not_see_the_trail_does_not(client: Client) -> None:
    for path in ("/v1/audit", "/v1/audit/verification"):
        problem_of(client.of(Role.ADMIN).get(path), 403, "A403")


def verified(auditor: Client, query: str = "") -> dict[str, object]:
    """Return what a verification finds."""
    answer = auditor.get(f"/v1/audit/verification{query}")
    assert 200 == answer.status_code, answer.get_json()
    body: dict[str, object] = answer.get_json()
    return body


def test_what_nobody_touched_is_intact(auditor: Client, busy: Client) -> None:
    found = verified(auditor)
    assert (True, False, []) == (found["is_intact"], found["seals_checked"], found["broken"])
    assert [
        {"log": "decisions", "writer": "worker-1", "records": 2},
        {"log": "audit", "writer": "worker-1", "records": 4},
    ] == found["chains"]


def test_an_altered_act_and_a_decision_taken_out_are_named(auditor: Client, busy: Client, house: House) -> None:
    with house.database.writing() as session:
        session.execute(update(AuditEventRow).where(AuditEventRow.sequence == 2).values(person="eve"))
        session.execute(delete(DecisionRow).where(DecisionRow.sequence == 1))
    found = verified(auditor)
    assert [("decisions", "missing", 1), ("audit", "altered", 2)] == [
        (each["log"], each["kind"], each["first"])
        for each in found["broken"]  # type: ignore[attr-defined]
    ]
    assert not found["is_intact"]


def test_one_writer_is_verified_alone(auditor: Client, busy: Client, house: House) -> None:
    with house.database.writing() as session:
        session.execute(update(AuditEventRow).where(AuditEventRow.sequence == 2).values(person="eve"))
    house.writer = "worker-2"
    busy.post("/v1/people", json={"login": "ed", "name": "Ed"})
    assert True is verified(auditor, "?writer=worker-2")["is_intact"]
    assert False is verified(auditor, "?writer=worker-1")["is_intact"]


def test_a_writer_of_whom_there_are_no_records_is_not_called_intact(auditor: Client, busy: Client) -> None:
    answer = problem_of(auditor.get("/v1/audit/verification?writer=worker-l"), 404, "S209")
    assert "There are no records of a writer 'worker-l'." == answer["detail"]


def test_with_the_key_a_chain_cut_after_its_seal_is_noticed(
    auditor: Client, busy: Client, house: House, clock: Clock
) -> None:
    house.settings = replace(house.settings, seal_key=KEY)
    with house.database.writing() as session:
        seal_heads(session, KEY.encode(), clock.instant)
    assert (True, True) == tuple(verified(auditor)[name] for name in ("is_intact", "seals_checked"))
    with house.database.writing() as session:
        session.execute(delete(AuditEventRow).where(AuditEventRow.sequence == 4))
        (head,) = heads(session, Log.AUDIT)
        assert 4 == head.sequence
    broken = verified(auditor)["broken"]
    assert {"truncated"} == {each["kind"] for each in broken}  # type: ignore[attr-defined]
    assert instant_text(clock.instant)
