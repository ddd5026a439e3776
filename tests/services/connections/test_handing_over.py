"""Cases become tasks over there: once for each level, whatever breaks off, and shown where nobody can tell."""

import datetime as dt
from dataclasses import replace

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import System
from policy_service.services.connections.case_texts import case_words
from policy_service.services.connections.writing_back_looking import planned_case_tasks, task_results
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.handed_store import Handed
from policy_service.storage.stored_cases import Doing, NewStep
from tests.services.connections.pushing import Pushing
from tests.services.connections.small_system import SYSTEM, SmallSystem
from tests.services.decisions.live import TODAY, enforce
from tests.services.house import house_policy

ZOHO, FXIAOKE = System.ZOHO_CRM, System.FXIAOKE


def made(house: House, kind: System = ZOHO) -> Pushing:
    """Return a house with a customer who owes, whose case is open, and the write-back switched on."""
    enforce(house, house_policy())
    system = SmallSystem(finds_tasks=kind is ZOHO)
    system.put("Accounts", "A1", name="Ada", worth="250000")
    system.put("Invoices", "I1", account="A1", day="2024-12-01", due="2025-01-10", amount="120.00", order="O1")
    pushing = Pushing(house, system, kind)
    pushing.pull()
    with house.database.writing() as session:
        CaseStore(session).open("case-1", "A1", "house", "collection", doing("L1", "remind"), TODAY)
    fire(pushing, "L1")
    pushing.switch_on()
    return pushing


def doing(level: str, action: str) -> Doing:
    return Doing(level, action, owner_role="sales", deadline=TODAY + dt.timedelta(days=3))


def fire(pushing: Pushing, level: str, state: str = "fired") -> None:
    with pushing.house.database.writing() as session:
        store = CaseStore(session)
        case = store.advance("case-1", doing(level, f"do {level}"))
        role = "credit_manager" if state == "proposed" else ""
        store.add_steps(case, [NewStep("collection", doing(level, ""), "I1", TODAY, state, approval_role=role)])


def handed(pushing: Pushing) -> tuple[Handed, ...]:
    with pushing.house.database.reading() as session:
        return task_results(session, "small", SYSTEM)


def states(pushing: Pushing) -> list[tuple[str, str]]:
    return sorted((one.level, one.state) for one in handed(pushing))


def test_an_open_case_becomes_a_task_once(bare: House) -> None:
    pushing = made(bare)
    assert (1, 1) == (pushing.push().handed_over, len(pushing.system.tasks))
    task = pushing.system.tasks[0]
    assert ("case-1/L1", "Accounts", "A1", "2025-01-23") == (task.key, task.about_object, task.about_row, task.due)
    assert "do L1: Ada" == task.subject
    assert "A1 collection L1 120.00 CNY 10 2025-01-23 O1/120.00 " == task.text
    assert 0 == pushing.push().tasks
    assert 1 == len(pushing.system.tasks)


def test_a_task_names_what_its_level_fired_for_and_leads_to_the_case(bare: House) -> None:
    pushing = made(bare)
    for number in range(2, 14):
        body = {"account": "A1", "day": "2024-12-01", "due": "2025-01-15", "amount": "5.00", "order": f"X{number:02}"}
        pushing.system.put("Invoices", f"I{number}", **body)
    pushing.pull()
    bare.settings = replace(bare.settings, connections_public_url="https://credit.example.com")
    pushing.push()
    assert pushing.system.tasks[0].text.endswith(" O1/120.00 https://credit.example.com/console/cases/case/case-1")
    with bare.database.writing() as session:
        CaseStore(session).advance("case-1", doing("L2", "call"))
    with bare.database.reading() as session:
        words = case_words(bare, session, CaseStore(session).load("case-1"), pushing.act())
    # This level has fired for no invoice: all that are past due are meant.
    assert ("180.00", "180.00") == (words["amount"], words["overdue"])
    assert "O1, X02, X03, X04, X05, X06, X07, X08, X09, X10 (+3)" == words["order"]


def test_a_case_that_climbs_becomes_another_task(bare: House) -> None:
    pushing = made(bare)
    pushing.push()
    fire(pushing, "L2")
    pushing.push()
    assert ["case-1/L1", "case-1/L2"] == [one.key for one in pushing.system.tasks]


def test_a_step_that_waits_for_approval_is_handed_over_to_nobody(bare: House) -> None:
    pushing = made(bare)
    fire(pushing, "L2", "proposed")
    assert 0 == pushing.push().tasks
    assert [] == pushing.system.tasks


def test_a_closed_case_is_not_handed_over(bare: House) -> None:
    pushing = made(bare)
    with pushing.house.database.writing() as session:
        CaseStore(session).close("case-1", TODAY)
    assert 0 == pushing.push().tasks


def test_a_dry_run_says_the_tasks_and_makes_none(bare: House) -> None:
    pushing = made(bare)
    assert 1 == pushing.push(is_dry=True).tasks
    with pushing.house.database.reading() as session:
        planned = planned_case_tasks(pushing.house, session, "small", SYSTEM, pushing.act())
    assert [("case-1", "L1", "do L1: Ada")] == [(one.case.case_id, one.case.level, one.task.subject) for one in planned]
    assert [] == pushing.system.tasks
    assert () == handed(pushing)


def test_a_refused_task_is_tried_again_later(bare: House) -> None:
    pushing = made(bare)
    pushing.system.refusing["A1"] = ("NO_OWNER", "no owner")
    assert 1 == pushing.push().tasks_refused
    assert [("L1", "refused")] == states(pushing)
    del pushing.system.refusing["A1"]
    pushing.at -= 900 * 1_000_000
    assert 0 == pushing.push().tasks, "not so soon"
    pushing.later(1)
    assert 1 == pushing.push().handed_over


@pytest.mark.parametrize(("kind", "state"), [(ZOHO, "refused"), (FXIAOKE, "uncertain")])
def test_an_answer_that_did_not_come_is_in_doubt_where_nobody_can_ask(bare: House, kind: System, state: str) -> None:
    pushing = made(bare, kind)
    pushing.system.write_error = ConnectorError("X106", "No answer came.", remedy="Look there.")
    with pytest.raises(ConnectorError):
        pushing.push()
    assert [("L1", state)] == states(pushing)


def test_a_task_that_was_surely_not_sent_is_sent_later(bare: House) -> None:
    pushing = made(bare, FXIAOKE)
    pushing.system.write_error = ConnectorError("X104", "Too busy.", remedy="Wait.", is_passing=True)
    with pytest.raises(ConnectorError):
        pushing.push()
    pushing.system.write_error = None
    pushing.later(1)
    assert 1 == pushing.push().handed_over


@pytest.mark.parametrize("kind", [ZOHO, FXIAOKE])
def test_a_run_killed_at_every_step_hands_a_case_over_once_at_most(bare: House, kind: System) -> None:
    pushing = made(bare, kind)
    deaths, uncertain = 0, 0
    while pushing.die_in(deaths, pushing.push):
        deaths += 1
        pushing.later(48)
        pushing.push()
        assert len(pushing.system.tasks) <= deaths
        keys = [one.key for one in pushing.system.tasks]
        assert len(keys) == len(set(keys))
        uncertain = sum(state == "uncertain" for _, state in states(pushing))
        sent_or_shown = set(keys) | {f"case-1/{level}" for level, state in states(pushing) if state == "uncertain"}
        assert f"case-1/L{deaths}" in sent_or_shown
        fire(pushing, f"L{deaths + 1}")
    assert deaths > 5
    assert (uncertain > 0) == (kind is FXIAOKE)
