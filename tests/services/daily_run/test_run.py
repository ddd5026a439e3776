"""A day is run exactly once for each customer, in order, and says what it came to."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from policy_service.domain.entries import Customer
from policy_service.domain.errors import EngineFault
from policy_service.services.daily_run.run import report_of_day, run_day
from policy_service.services.decisions.replaying import replay
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.errors import NotStored
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.morning_store import MorningStore
from tests.facts.small_ledgers import payment
from tests.services.daily_run.busy import DAYS, furnish
from tests.services.daily_run.diary import (
    all_that_happened,
    cases,
    days,
    faults,
    fired,
    keep_books,
    ladder_policy,
    notes,
    open_books,
    run,
    run_all,
    steps,
)
from tests.services.daily_run.mornings import MARCH_1, MARCH_2, TWO, refused
from tests.services.daily_run.reviewing import push
from tests.services.decisions.live import act, at, enforce

MIDNIGHT = at(dt.date(2025, 3, 3), hour=0)


def test_a_day_run_again_changes_nothing_and_says_the_same(house: House) -> None:
    open_books(house, TWO)
    report = run(house, MARCH_2)
    before = all_that_happened(house)
    assert report == run(house, MARCH_2, act(dt.date(2025, 4, 1), "sam"))
    assert before == all_that_happened(house)
    assert ({"collection.L1": 2}, 2, 2) == (report.notices, report.customers, report.counts["cases_opened"])


def test_a_day_before_the_last_one_run_is_refused(house: House) -> None:
    open_books(house, TWO)
    run(house, MARCH_2)
    assert "R452" == refused(house, MARCH_1, act(MARCH_2, "mia"))


def test_a_day_that_has_not_begun_is_refused(house: House) -> None:
    open_books(house, TWO)
    assert "R451" == refused(house, MARCH_2, act(MARCH_1, "mia"))


def test_more_missed_days_than_four_hundred_are_refused(house: House) -> None:
    open_books(house, TWO)
    run(house, MARCH_1)
    assert "R453" == refused(house, MARCH_1 + dt.timedelta(401))


def test_a_day_without_a_policy_in_force_is_refused(house: House) -> None:
    keep_books(house, TWO)
    assert "R421" == refused(house, MARCH_1)


def test_a_day_is_run_before_there_is_a_ledger(house: House) -> None:
    enforce(house, ladder_policy())
    assert 0 == run(house, MARCH_1).customers


def test_a_day_that_was_not_run_has_no_report(house: House) -> None:
    with house.database.reading() as session, pytest.raises(NotStored):
        report_of_day(session, MARCH_1)


def test_progress_goes_from_nothing_to_all_customers_of_all_days(house: House) -> None:
    open_books(house, TWO)
    run(house, MARCH_1)
    told: list[tuple[int, int]] = []
    run_day(house, dt.date(2025, 3, 3), act(dt.date(2025, 3, 3), "mia"), lambda done, total: told.append((done, total)))
    assert [(0, 4), (1, 4), (2, 4), (2, 4), (3, 4), (4, 4)] == told


def test_a_report_names_the_missed_days_that_were_made_up_for(house: House) -> None:
    open_books(house, TWO)
    run(house, MARCH_1)
    third = dt.date(2025, 3, 3)
    assert (MARCH_2,) == run(house, third).made_up
    assert ((MARCH_2,), ()) == (run(house, third).made_up, run(house, third + dt.timedelta(1)).made_up)


def test_a_customer_who_comes_while_a_day_is_run_has_its_first_morning_the_next_day(house: House) -> None:
    open_books(house, TWO)
    third = [{"id": "I3", "issued": "2025-02-01", "due": "2025-03-01", "customer": "C3"}]

    def comes(done: int, _total: int) -> None:
        if done == 1:
            keep_books(house, {"invoices": third}, at=7)

    report = run_day(house, MARCH_2, act(MARCH_2, "mia"), comes)
    assert 2 == report.customers
    run(house, dt.date(2025, 3, 3))
    assert {MARCH_2: ["L1 I1", "L1 I2"], dt.date(2025, 3, 3): ["L1 I3"]} == fired(house)


def test_a_payment_that_comes_while_a_day_is_run_counts_from_the_next_day(house: House) -> None:
    open_books(house, TWO)
    run_day(
        house,
        MARCH_2,
        act(MARCH_2, "mia"),
        lambda done, _: push(house, payment("P1", "2025-03-01", 100_000, "I2")) if done == 1 else None,
    )
    assert {MARCH_2: ["L1 I1", "L1 I2"]} == fired(house)
    run(house, dt.date(2025, 3, 3))
    assert [("C2", dt.date(2025, 3, 3))] == [(one.customer_id, one.closed_on) for one in cases(house, "closed")]


def test_one_policy_version_counts_for_a_whole_day(house: House) -> None:
    open_books(house, TWO)
    never = ladder_policy(("days_past_due: 1,", "days_past_due: 2,"))

    def activates(done: int, _total: int) -> None:
        if done == 1:
            enforce(house, never, since=at(MARCH_2, 7))

    run_day(house, MARCH_2, act(MARCH_2, "mia", 8), activates)
    assert {MARCH_2: ["L1 I1", "L1 I2"]} == fired(house)


@pytest.mark.parametrize(
    ("since", "days_fired"),
    [
        (MIDNIGHT, [MARCH_2, dt.date(2025, 3, 4)]),
        (MIDNIGHT - 1, [dt.date(2025, 3, 3), dt.date(2025, 3, 4)]),
    ],
)
def test_a_missed_day_is_run_under_the_policy_of_its_end(house: House, since: int, days_fired: list[dt.date]) -> None:
    """Its end is the last moment before midnight of the company's time zone."""
    open_books(house, TWO)
    run(house, MARCH_1)
    later = ladder_policy(("days_past_due: 1,", "days_past_due: 2,"))
    enforce(house, later, since=since)
    run(house, dt.date(2025, 3, 5))
    assert days_fired == list(fired(house))


def test_a_level_falls_by_the_age_of_each_invoice_also_where_the_oldest_does_not_reach_it(house: House) -> None:
    """L1 falls on the first day past due, or for what is older than three days on the 21st."""
    sooner = ladder_policy(("days_past_due: 1,", 'days_past_due: "if days_past_due > 3 then 21 else 1",'))
    two = [{"id": f"I{one}", "issued": "2025-02-01", "due": due} for one, due in ((1, "2025-03-01"), (2, "2025-03-06"))]
    open_books(house, {"invoices": two}, sooner)
    run_all(house, days("2025-03-01", "2025-03-08"))
    by_day = {MARCH_2: ["L1 I1"], dt.date(2025, 3, 4): ["L2 I1"], dt.date(2025, 3, 6): ["L3 I1"]}
    assert by_day | {dt.date(2025, 3, 7): ["L1 I2"]} == fired(house)


def test_a_fault_of_one_customer_stops_neither_the_others_nor_the_next_day(house: House) -> None:
    open_books(house, TWO, _reads_net_worth())
    push(house, Customer("C1", attributes={"net_worth": "much"}, valid_from=dt.date(2025, 2, 1)))
    report = run(house, MARCH_2)
    assert (1, ["C1"], ["F102"]) == (
        report.fault_count,
        [fault.customer_id for fault in report.faults],
        [fault.code for fault in report.faults],
    )
    assert {MARCH_2: ["L1 I2"]} == fired(house)
    (case,) = faults(house)
    assert ("C1", "F102", "correct_facts", "analyst", dt.date(2025, 3, 5)) == (
        case.customer_id,
        case.level,
        case.action,
        case.owner_role,
        case.deadline,
    )
    run(house, dt.date(2025, 3, 3))
    assert 1 == len(notes(house, case.case_id))

    push(house, Customer("C1", attributes={"net_worth": "9000"}, valid_from=dt.date(2025, 2, 1)))
    run(house, dt.date(2025, 3, 4))
    (case,) = faults(house)
    assert dt.date(2025, 3, 4) == case.closed_on
    assert ["(L1 I1)", "L2 I1", "L2 I2"] == fired(house)[dt.date(2025, 3, 4)]


def _reads_net_worth() -> Any:
    return ladder_policy(('{past_due_balance: "> 3000"}', '{past_due_balance: "> 3000", net_worth: "> 0"}'))


def test_a_policy_under_which_nothing_can_be_decided_runs_no_day(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    open_books(house, TWO)

    def fails(*_: object) -> None:
        raise EngineFault("E011", "The rule engine refused the policy.", remedy="Report it.")

    with monkeypatch.context() as patches:
        patches.setattr("policy_service.services.compiled_policy.EnginePair", fails)
        with pytest.raises(EngineFault):
            run(house, MARCH_1)
    with house.database.reading() as session:
        assert MorningStore(session).unfinished() is None


def test_every_firing_names_the_decision_that_it_rests_on(house: House) -> None:
    open_books(house, TWO)
    run_all(house, days("2025-03-01", "2025-03-03"))
    with house.database.reading() as session:
        store = DecisionStore(session)
        decisions = [store.load(step.decision_id or "") for step in steps(house)]
        assert [] == list(store.verify())
    assert {"escalation"} == {one.decision_type for one in decisions}
    assert {MARCH_2} == {one.as_of for one in decisions}
    assert {"live"} == {one.purpose for one in decisions}


def test_every_decision_of_a_run_is_the_same_when_it_is_made_again(house: House) -> None:
    furnish(house)
    run_all(house, DAYS)
    with house.database.reading() as session:
        ids_ = session.scalars(select(DecisionRow.decision_id)).all()
        again = [replay(house, session, one, act(DAYS[-1])) for one in ids_]
    assert len(again) > 15
    assert [] == [one.decision_id for one in again if not one.is_identical]


def test_a_run_leaves_its_trail(house: House) -> None:
    open_books(house, TWO)
    run(house, MARCH_2)
    with house.database.reading() as session:
        (done,) = AuditStore(session).about("day", "2025-03-02")
    assert ("day_run", "mia") == (done.act, done.person)


def test_a_group_is_one_unit_and_each_step_is_done_for_all_before_the_next(house: House) -> None:
    grouped = ladder_policy(('{past_due_balance: "> 3000"}', '{group.past_due_balance: "> 3000"}'))
    jotted = {
        "invoices": [
            {"id": "I1", "issued": "2025-02-01", "due": "2025-03-01", "amount": 2000},
            {"id": "I2", "issued": "2025-02-01", "due": "2025-03-02", "amount": 2000, "customer": "C2"},
            {"id": "I3", "issued": "2025-02-01", "due": "2025-03-02", "amount": 2000, "customer": "C3"},
        ]
    }
    open_books(house, jotted, grouped)
    push(house, Customer("C2", parent_id="C1", attributes={"net_worth": "250000"}))
    told: list[int] = []
    run(house, MARCH_1)
    run_day(house, MARCH_2, act(MARCH_2, "mia"), lambda done, _: told.append(done))
    run(house, dt.date(2025, 3, 3))
    assert [0, 2, 3] == told
    assert {MARCH_2: ["L1 I1"], dt.date(2025, 3, 3): ["L1 I2", "L1 I3", "T1", "T1"]} == fired(house)


def test_a_week_that_was_missed_comes_to_what_its_mornings_would_have_come_to(house: House) -> None:
    """Levels fire on their own days, and deadlines count from them, not from the day of the run."""
    open_books(house, {"invoices": [{"id": "I1", "issued": "2025-02-01", "due": "2025-03-01"}]})
    run(house, MARCH_1)
    run(house, dt.date(2025, 3, 8))
    on = {number: dt.date(2025, 3, number) for number in range(1, 17)}
    assert {on[2]: ["L1 I1"], on[4]: ["L2 I1"], on[6]: ["L3 I1"]} == fired(house)
    (case,) = cases(house)
    assert (on[2], "L3", on[16]) == (case.opened_on, case.level, case.deadline)
