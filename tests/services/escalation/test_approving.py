"""A step that needs a role's word waits for it: nothing of it leaves the house before, and its effects begin then."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.permissions import Role
from policy_service.services.escalation.approving import approve_step, refuse_step
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.effect_store import EffectStore
from policy_service.storage.errors import NotStored
from policy_service.storage.models.delivery import OutboxEvent
from policy_service.storage.stored_cases import CaseNow, Step, Wanted
from policy_service.storage.webhook_store import NewWebhook, WebhookStore
from tests.services.daily_run.diary import (
    cases,
    counted,
    days,
    effects,
    fired,
    ladder_policy,
    notes,
    open_books,
    run_all,
    steps,
)
from tests.services.decisions.live import act
from tests.services.escalation.test_follow_up import actor

BOOKS: dict[str, Any] = {
    "invoices": [
        {"id": "I1", "issued": "2025-02-01", "due": "2025-03-01"},
        {"id": "I2", "issued": "2025-02-01", "due": "2025-03-01"},
    ]
}
#: The third level, which stops credit, waits for the head of finance.
APPROVED = ladder_policy(("deadline_days: 10,", "deadline_days: 10, approval: finance_head,"))
TODAY = dt.date(2025, 3, 7)
FINANCE_HEAD = actor("fay", Role.FINANCE_HEAD)


@pytest.fixture
def case(house: House) -> CaseNow:
    """Give a case whose third level was proposed on 6 March for two invoices."""
    open_books(house, BOOKS, APPROVED)
    run_all(house, days("2025-03-01", "2025-03-06"))
    return cases(house)[0]


def proposed(house: House) -> list[Step]:
    """Return the steps that wait."""
    return [step for step in steps(house) if step.state == "proposed"]


def settle(
    house: House, case: CaseNow, do: Callable[..., CaseNow], number: int | None = None, by: Any = None
) -> CaseNow:
    """Say a word upon the step that waits."""
    asked = number or proposed(house)[0].step_number
    person = by or FINANCE_HEAD
    with house.database.writing() as session:
        return do(house, session, case.case_id, asked, "Seen the file", person, act(TODAY, person.person))


def test_a_step_that_needs_a_word_is_proposed_and_the_case_stays_where_it_is(house: House, case: CaseNow) -> None:
    assert ["L3 I1", "L3 I2"] == fired(house)[dt.date(2025, 3, 6)]
    assert ["finance_head"] * 2 == [step.approval_role for step in proposed(house)]
    assert ("L2", {}) == (case.level, effects(house))
    assert {dt.date(2025, 3, 6): 1} == counted(house, "proposed")
    with house.database.reading() as session:
        store = CaseStore(session)
        assert {case.case_id: ("finance_head",)} == store.waiting_roles([case.case_id])
        assert 1 == len(store.page(Wanted(waiting_for="finance_head"), 9))


def test_approved_it_fires_for_all_its_invoices_and_its_effects_begin(house: House, case: CaseNow) -> None:
    after = settle(house, case, approve_step)
    assert ("L3", "demand", "credit_manager") == (after.level, after.action, after.owner_role)
    assert [] == proposed(house)
    assert {"L3 stop_credit": "true"} == effects(house)
    assert "L3 approved: Seen the file" == notes(house, case.case_id)[-1].text
    with house.database.reading() as session:
        (effect,) = EffectStore(session).in_force("C1")
    assert ("fay", act(TODAY).at) == (effect.begun_by, effect.begun_at)


def test_the_effects_of_an_approved_step_are_released_like_any(house: House) -> None:
    paid = [{"paid": "2025-03-07", "amount": 1000, "for": name} for name in ("I1", "I2")]
    open_books(house, {**BOOKS, "payments": paid}, APPROVED)
    run_all(house, days("2025-03-01", "2025-03-06"))
    settle(house, cases(house)[0], approve_step)
    run_all(house, days("2025-03-07", "2025-03-08"))
    assert {} == effects(house)
    assert [dt.date(2025, 3, 8)] * 2 == [step.released_on for step in steps(house) if step.level == "L3"]


def test_refused_it_never_fires(house: House, case: CaseNow) -> None:
    settle(house, case, refuse_step)
    run_all(house, days("2025-03-07", "2025-03-09"))
    assert [] == proposed(house)
    assert {} == effects(house)
    assert "L2" == cases(house)[0].level
    assert ["refused", "refused"] == [step.state for step in steps(house) if step.level == "L3"]


def test_a_level_that_was_proposed_lapses_when_its_invoices_are_paid(house: House) -> None:
    paid = [{"paid": "2025-03-07", "amount": 1000, "for": name} for name in ("I1", "I2")]
    open_books(house, {**BOOKS, "payments": paid}, APPROVED)
    run_all(house, days("2025-03-01", "2025-03-08"))
    assert {"lapsed"} == {step.state for step in steps(house) if step.level == "L3"}
    assert "closed" == cases(house)[0].state


def test_what_a_trigger_proposed_can_be_approved_after_its_case_closed(house: House) -> None:
    jotted = {
        "invoices": [
            {"id": "I1", "issued": "2025-01-01", "due": "2025-02-01", "amount": 2000},
            {"id": "I2", "issued": "2025-02-01", "due": "2025-03-01", "amount": 2000},
        ],
        "disputes": [{"of": "I2", "opened": "2025-02-20"}],
    }
    asks = ladder_policy(("action: propose_legal,", "action: propose_legal, approval: finance_head,"))
    open_books(house, jotted, asks)
    run_all(house, days("2025-02-28", "2025-03-04"))
    (closed,) = cases(house, "closed")
    assert ["T1"] == [step.level for step in proposed(house)]
    assert "closed" == settle(house, closed, approve_step).state
    assert ["fired"] == [step.state for step in steps(house)]


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.CREDIT_MANAGER])
def test_the_word_of_a_lower_role_does_not_count(house: House, case: CaseNow, role: Role) -> None:
    with pytest.raises(AccessError) as error:
        settle(house, case, approve_step, by=actor("rob", role))
    assert "A450" == error.value.code


def test_a_step_that_does_not_wait_takes_no_word(house: House, case: CaseNow) -> None:
    number = proposed(house)[0].step_number
    settle(house, case, approve_step)
    for settled in (number, steps(house)[0].step_number):
        with pytest.raises(RequestError) as error:
            settle(house, case, refuse_step, settled)
        assert "R454" == error.value.code
    with pytest.raises(NotStored):
        settle(house, case, approve_step, 999)


def test_other_systems_are_told_of_a_case_once_something_of_it_fired(house: House) -> None:
    only = ladder_policy(
        ("days_past_due: 1,", "days_past_due: 90,"),
        ("days_past_due: 3,", "days_past_due: 91,"),
        ("deadline_days: 10,", "deadline_days: 10, approval: finance_head,"),
    )
    _listen(house)
    open_books(house, BOOKS, only)
    run_all(house, days("2025-03-01", "2025-03-06"))
    assert [] == told(house)
    settle(house, cases(house)[0], approve_step)
    (event,) = told(house)
    assert ("case.opened", "L3", ["I1", "I2"]) == (event["type"], event["data"]["level"], event["data"]["invoices"])


def test_other_systems_are_told_of_opening_climbing_and_closing(house: House) -> None:
    _listen(house)
    paid = [{"paid": "2025-03-06", "amount": 1000, "for": name} for name in ("I1", "I2")]
    open_books(house, {**BOOKS, "payments": paid}, ladder_policy())
    run_all(house, days("2025-03-01", "2025-03-07"))
    found = [(event["type"], event["data"].get("level")) for event in told(house)]
    assert [("case.opened", "L1"), ("case.climbed", "L2"), ("case.climbed", "L3"), ("case.closed", None)] == found


def _listen(house: House) -> None:
    types = ("case.opened", "case.climbed", "case.closed")
    with house.database.writing() as session:
        WebhookStore(session).add(NewWebhook("W1", "https://hooks.example.test/", types, "secret"), 1, "ada")


def told(house: House) -> list[dict[str, Any]]:
    """Return the events of cases that wait for delivery, in order."""
    with house.database.reading() as session:
        bodies = session.scalars(select(OutboxEvent.body).order_by(OutboxEvent.number)).all()
    return [msgspec.json.decode(body) for body in bodies]
