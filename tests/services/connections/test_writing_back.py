"""What stands is written into the fields over there: only what changed, row by row, and never twice the same."""

import json

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.services.connections.writing_back_looking import row_results
from policy_service.services.connections.writing_back_schedule import ask_for_due_pushes
from policy_service.services.connections.writing_back_switch import write_back_now
from policy_service.services.house import House
from policy_service.services.running_jobs import JobStopped
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.errors import Conflict
from policy_service.storage.written_store import RowResult
from tests.services.connections.pushing import Pushing, three_customers, two_reviewed
from tests.services.connections.small_system import SYSTEM, SmallSystem

A_STANDING = {"Grade": "Gold", "Limit": "5000.00", "Term": 30, "Stopped": "正常", "Review": None}


@pytest.fixture
def system() -> SmallSystem:
    """Give a system with three customers."""
    return three_customers()


@pytest.fixture
def pushing(bare: House, system: SmallSystem) -> Pushing:
    """Give a house that has pulled it and reviewed two of them."""
    return two_reviewed(bare, system)


def results(pushing: Pushing) -> tuple[RowResult, ...]:
    with pushing.house.database.reading() as session:
        return row_results(session, "small", SYSTEM)


def test_a_dry_run_says_every_write_and_writes_nothing(pushing: Pushing, system: SmallSystem) -> None:
    run = pushing.push(is_dry=True)
    assert ("done", True, 3, 2, 0, 1) == (
        run.state, run.is_dry, run.rows, run.planned, run.written, run.without_standing,
    )  # fmt: skip
    assert [] == system.writes
    assert [
        ("A1", "Grade", "", True, "Gold"),
        ("A1", "Limit", None, True, "5000.00"),
        ("A1", "Term", None, True, 30),
        ("A1", "Stopped", None, True, "正常"),
        ("A2", "Grade", None, True, "Silver"),
        ("A2", "Stopped", None, True, "正常"),
    ] == [(one.row_id, one.field, one.there, one.is_known, one.to_be) for one in pushing.planned()]


def test_what_stands_is_written_and_a_second_run_writes_nothing(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    run = pushing.push()
    assert (2, 2, 0) == (run.planned, run.written, run.refused)
    assert A_STANDING == pushing.there("A1")
    # What means the same is left as it was.
    assert {"Grade": "Silver", "Limit": "800", "Term": "15", "Stopped": "正常", "Review": None} == pushing.there("A2")
    assert {"Grade": None, "Limit": None} == {name: pushing.there("A3")[name] for name in ("Grade", "Limit")}
    again = pushing.push()
    assert (0, 0) == (again.planned, again.written)
    assert 2 == len(system.writes)


def test_what_was_written_comes_back_and_is_not_written_again(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    pushing.push()
    system.put("Accounts", "A1", **{**(system.rows["Accounts"]["A1"][1] or {}), "Limit": 5000})
    pulled = pushing.pull()
    assert 1 <= pulled.rows
    assert 0 == pushing.push().planned


def test_what_somebody_changes_over_there_is_set_right(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    pushing.push()
    system.put("Accounts", "A1", **{**(system.rows["Accounts"]["A1"][1] or {}), "Limit": None})
    assert 0 == pushing.push().planned, "nobody has told of it"
    pushing.pull()
    assert 1 == pushing.push().written
    assert ("Accounts", "A1", {"Limit": "5000.00"}) == system.writes[-1]


def test_what_does_not_stay_over_there_is_written_ever_more_seldom(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    written = []
    for _ in range(8):
        written.append(pushing.push().written)
        system.put("Accounts", "A1", **{**(system.rows["Accounts"]["A1"][1] or {}), "Limit": "1"})
        pushing.pull()
    assert [2, 1] == written[:2]
    assert 0 in written[2:]
    pushing.later(24)
    assert 1 == pushing.push().written


def test_a_refused_row_is_kept_with_its_reason_and_tried_later(pushing: Pushing, system: SmallSystem) -> None:
    system.refusing["A1"] = ("MANDATORY_NOT_FOUND", "required field not found")
    pushing.switch_on()
    run = pushing.push()
    assert (1, 1) == (run.written, run.refused)
    refused = [one for one in results(pushing) if not one.is_done]
    assert [("A1", "MANDATORY_NOT_FOUND", "required field not found", 1)] == [
        (one.row_id, one.code, one.message, one.tries) for one in refused
    ]
    pushing.later(24)
    assert 1 == pushing.push().refused
    soon = pushing.push()
    assert 1 == soon.refused + soon.waiting
    del system.refusing["A1"]
    pushing.later(48)
    assert 1 == pushing.push().written
    assert A_STANDING == pushing.there("A1")


def test_a_row_that_is_gone_is_left_out_and_counted(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    pushing.push()
    system.delete("Accounts", "A1")
    pushing.pull()
    run = pushing.push()
    assert (1, 0, 0) == (run.gone, run.planned, run.refused)


def test_every_batch_is_in_the_audit_trail_without_values(pushing: Pushing, system: SmallSystem) -> None:
    system.refusing["A2"] = ("LOCKED", "row is locked")
    pushing.switch_on()
    run = pushing.push()
    with pushing.house.database.reading() as session:
        events = AuditStore(session).page(act="written_back", limit=10)
    assert [
        {
            "push_id": run.push_id,
            "object": "Accounts",
            "fields": ["Grade", "Limit", "Stopped", "Term"],
            "done": 1,
            "refused": 1,
            "rows": ["A1"],
            "refused_rows": {"A2": "LOCKED"},
        }
    ] == [json.loads(one.detail) for one in events]


def test_a_system_that_is_out_of_order_is_asked_again_later(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    system.write_error = ConnectorError("X103", "Out of order.", remedy="Wait.", is_passing=True)
    with pytest.raises(ConnectorError):
        pushing.push()
    with pushing.house.database.reading() as session:
        state = write_back_now(session, "small", SYSTEM).state
    assert (1, False) == (state.failures, state.is_stopped)
    assert state.next_at is not None
    assert 0 == ask_for_due_pushes(pushing.house, pushing.act())
    system.write_error = None
    pushing.later(1)
    assert 1 == ask_for_due_pushes(pushing.house, pushing.act())
    assert 2 == pushing.push().written


def test_a_system_that_refuses_for_good_waits_for_a_person(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    system.write_error = ConnectorError("X112", "No right to write.", remedy="Give the right.")
    with pytest.raises(ConnectorError):
        pushing.push()
    pushing.later(100)
    assert 0 == ask_for_due_pushes(pushing.house, pushing.act())


def test_a_pull_has_it_written_back_soon(pushing: Pushing) -> None:
    pushing.switch_on()
    pushing.push()
    assert 0 == ask_for_due_pushes(pushing.house, pushing.act())
    pushing.pull()
    assert 1 == ask_for_due_pushes(pushing.house, pushing.act())
    assert 0 == ask_for_due_pushes(pushing.house, pushing.act()), "it is asked for"


def test_a_run_that_is_cancelled_stops_and_another_goes_on(pushing: Pushing) -> None:
    pushing.switch_on()

    def stop() -> None:
        raise JobStopped

    burn, pushing.spark.burn = pushing.spark.burn, stop  # type: ignore[method-assign]
    with pytest.raises(JobStopped):
        pushing.push()
    pushing.spark.burn = burn  # type: ignore[method-assign]
    with pushing.house.database.reading() as session:
        assert 0 == write_back_now(session, "small", SYSTEM).state.failures
    pushing.push()
    assert A_STANDING == pushing.there("A1")


def test_a_run_killed_at_every_step_comes_to_the_same(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    deaths = 0
    while pushing.die_in(deaths, pushing.push):
        deaths += 1
        for row in ("A1", "A2"):
            body = dict(system.rows["Accounts"][row][1] or {})
            system.put("Accounts", row, **body | dict.fromkeys(("Grade", "Limit", "Term", "Stopped"), None))
        pushing.later(48)
        pushing.pull()
    assert deaths > 5
    assert A_STANDING == pushing.there("A1")
    assert 0 == pushing.push().planned


def test_who_has_lost_the_connection_keeps_nothing_of_it(pushing: Pushing, system: SmallSystem) -> None:
    pushing.switch_on()
    burn = pushing.spark.burn

    def stall() -> None:
        # As if the process had slept: the lease runs out, somebody pulls, and somebody over there changes the row.
        pushing.spark.burn = burn  # type: ignore[method-assign]
        pushing.later(1)
        pushing.pull()

    pushing.spark.burn = stall  # type: ignore[method-assign]
    with pytest.raises(Conflict) as lost:
        pushing.push()
    assert "X167" == lost.value.code
    assert () == results(pushing)
    pushing.later(1)
    pushing.pull()
    assert A_STANDING == pushing.there("A1")
    assert 0 == pushing.push().planned
