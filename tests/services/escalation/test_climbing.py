"""A live escalation decision fires at once what the next morning would have fired, and no morning fires it again."""

import datetime as dt
from dataclasses import replace
from typing import Any

from policy_service.domain.outcomes import DecisionType
from policy_service.services.decisions.deciding import Asked, decide
from policy_service.services.escalation.climbing import climb, later, leads
from policy_service.services.house import House
from policy_service.storage.stored_cases import CaseNow, Step
from tests.services.daily_run.diary import cases, days, effects, fired, ladder_policy, open_books, run, run_all
from tests.services.decisions.live import act

BOOKS: dict[str, Any] = {"invoices": [{"id": "I1", "issued": "2025-02-01", "due": "2025-03-01", "amount": 4000}]}
MARCH_2, MARCH_3 = dt.date(2025, 3, 2), dt.date(2025, 3, 3)


def ask(house: House, day: dt.date, hour: int = 12) -> tuple[CaseNow, ...]:
    """Ask what the ladder says of C1 now."""
    by = act(day, "shop", hour)
    with house.database.writing() as session:
        given = decide(house, session, Asked(DecisionType.ESCALATION, "C1"), by)
        return climb(house, session, given, by)


def test_what_is_due_fires_at_once_and_not_again_in_the_morning(house: House) -> None:
    open_books(house, BOOKS)
    (case,) = ask(house, MARCH_2, 3)
    assert ("T1", MARCH_2) == (case.level, case.opened_on)
    run_all(house, [MARCH_2, MARCH_3])
    assert {MARCH_2: ["L1 I1", "T1"]} == fired(house)


def test_asked_again_it_fires_nothing_more(house: House) -> None:
    open_books(house, BOOKS)
    run(house, MARCH_2)
    for hour in (9, 12):
        (case,) = ask(house, MARCH_2, hour)
    assert case == cases(house)[0]
    assert {MARCH_2: ["L1 I1", "T1"]} == fired(house)


def test_what_was_posted_today_climbs_today_if_somebody_asks(house: House) -> None:
    posted = {"invoices": [{"id": "I1", "issued": "2025-02-01", "due": "2025-03-01", "posted": "2025-03-02"}]}
    open_books(house, posted)
    run_all(house, days("2025-03-01", "2025-03-02"))
    assert {} == fired(house)
    ask(house, MARCH_2)
    assert {MARCH_2: ["L1 I1"]} == fired(house)
    run_all(house, days("2025-03-03", "2025-03-04"))
    assert {MARCH_2: ["L1 I1"], dt.date(2025, 3, 4): ["L2 I1"]} == fired(house)


def test_a_ladder_that_steps_fires_one_level_a_day_however_often_it_is_asked(house: House) -> None:
    late = {"invoices": [{"id": "I1", "issued": "2025-02-01", "due": "2025-03-01", "posted": "2025-03-08"}]}
    open_books(house, late, ladder_policy(("mode: jump", "mode: step")))
    run_all(house, days("2025-03-01", "2025-03-09"))
    for hour in (9, 12):
        ask(house, dt.date(2025, 3, 9), hour)
    assert {dt.date(2025, 3, 9): ["L1 I1"]} == fired(house)


def test_before_any_day_was_run_nothing_fires_that_lies_before_today(house: House) -> None:
    open_books(house, BOOKS)
    assert () == ask(house, dt.date(2025, 3, 10))
    assert {} == fired(house)


def test_the_effects_of_what_fires_count_at_once(house: House) -> None:
    open_books(house, BOOKS)
    ask(house, dt.date(2025, 3, 6))
    assert {"L3 stop_credit": "true"} == effects(house)


def test_a_case_opened_early_in_the_day_is_not_closed_by_that_days_run(house: House) -> None:
    jotted = {
        "invoices": [
            {"id": "I1", "issued": "2025-01-01", "due": "2025-02-01", "amount": 2000},
            {"id": "I2", "issued": "2025-02-01", "due": "2025-03-01", "amount": 2000},
        ],
        "disputes": [{"of": "I2", "opened": "2025-02-20"}],
    }
    open_books(house, jotted)
    run(house, dt.date(2025, 3, 1))
    ask(house, MARCH_2, 2)
    run(house, MARCH_2)
    assert [None] == [case.closed_on for case in cases(house)]
    run(house, MARCH_3)
    assert [MARCH_3] == [case.closed_on for case in cases(house)]


def test_what_leads_is_a_trigger_or_a_level_not_below_those_reached() -> None:
    levels = ladder_policy().rule_set("collection").levels  # type: ignore[union-attr]
    step = Step(
        1, "K1", "C1", "collection", "L2", "I1", MARCH_2, "fired", "", "", "", None, {}, "", None, "", None, None
    )
    assert [True, True, True, True] == [leads(levels, name, []) for name in ("L1", "L2", "L3", "T1")]
    assert [False, True, True, True] == [leads(levels, name, [step]) for name in ("L1", "L2", "L3", "T1")]
    assert leads(levels, "L1", [replace(step, state="proposed")])


def test_a_lower_level_of_another_invoice_leaves_the_case_where_it_is(house: House) -> None:
    two = [{"id": f"I{n}", "issued": "2025-02-01", "due": due} for n, due in ((1, "2025-03-01"), (2, "2025-03-03"))]
    open_books(house, {"invoices": two})
    run_all(house, days("2025-03-01", "2025-03-04"))
    (case,) = cases(house)
    assert ("L2", "collector", dt.date(2025, 3, 9)) == (case.level, case.owner_role, case.deadline)


def test_a_trigger_without_a_deadline_takes_none_away(house: House) -> None:
    open_books(house, BOOKS)
    run(house, MARCH_2)
    (case,) = cases(house)
    assert ("T1", "credit_manager", dt.date(2025, 3, 5)) == (case.level, case.owner_role, case.deadline)


def test_a_deadline_behind_the_end_of_the_calendar_is_none() -> None:
    assert later(dt.date.max, 1) is None
    assert dt.date(2025, 3, 5) == later(MARCH_2, 3)
