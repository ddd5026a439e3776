"""When a day is due, and that it is asked for once."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import SECOND, start_of_day
from policy_service.services.background_jobs import work_one
from policy_service.services.company_settings import CompanySettings
from policy_service.services.daily_run.days import due_run
from policy_service.services.daily_run.job import RUN_DAY, ask_to_run
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from policy_service.storage.job_store import JobStore
from tests.services.daily_run.diary import fired, ladder_policy, open_books, run
from tests.services.daily_run.mornings import MARCH_1, MARCH_2, TWO, refused
from tests.services.decisions.live import act, at, enforce


def test_the_day_is_due_once_its_hour_has_come_and_until_somebody_asks_for_it(house: House) -> None:
    open_books(house, TWO)
    settings = CompanySettings(daily_run_at="06:00")

    def due(day: dt.date, hour: int) -> dt.date | None:
        with house.database.reading() as session:
            return due_run(house, session, settings, at(day, hour))

    assert [None, MARCH_1, MARCH_1] == [due(MARCH_1, 5), due(MARCH_1, 6), due(MARCH_1, 23)]
    run(house, MARCH_1)
    assert [None, None, MARCH_2] == [due(MARCH_1, 23), due(MARCH_2, 5), due(MARCH_2, 6)]
    # A day that was missed is due as long as the next one is not.
    assert MARCH_2 == due(dt.date(2025, 3, 3), 5)
    with house.database.writing() as session:
        ask_to_run(house, session, MARCH_2, act(MARCH_2, "scheduler"))
    assert due(MARCH_2, 6) is None


@pytest.mark.parametrize(("day", "hours"), [(dt.date(2025, 3, 30), 2.0), (dt.date(2025, 10, 26), 2.5)])
def test_an_hour_that_clocks_skip_or_repeat_lets_the_day_be_due_once(house: House, day: dt.date, hours: float) -> None:
    """At 02:30 in Berlin: on 30 March there is none, on 26 October there are two."""
    open_books(house, TWO)
    zone = ZoneInfo("Europe/Berlin")
    house.settings = replace(house.settings, company_time_zone=zone.key)
    begins = start_of_day(day, zone)
    run_day(house, day - dt.timedelta(1), Act("mia", begins - SECOND))
    due = list[tuple[float, dt.date]]()
    for half_hours in range(46):
        instant = begins + half_hours * 30 * 60 * SECOND
        with house.database.writing() as session:
            found = due_run(house, session, CompanySettings(daily_run_at="02:30"), instant)
            if found:
                due.append((half_hours / 2, found))
                ask_to_run(house, session, found, Act("scheduler", instant))
    assert [(hours, day)] == due


def test_a_clock_that_is_set_back_runs_nothing_twice(house: House) -> None:
    open_books(house, TWO)
    run(house, MARCH_2)
    with house.database.reading() as session:
        assert due_run(house, session, CompanySettings(), at(MARCH_1, 23)) is None
    assert "R452" == refused(house, MARCH_1, act(MARCH_1, "mia"))
    assert {MARCH_2: ["L1 I1", "L1 I2"]} == fired(house)


@pytest.mark.parametrize(("ahead", "is_due"), [(31, True), (32, False), (365, False)])
def test_a_clock_that_is_far_ahead_runs_no_day_by_itself(house: House, ahead: int, is_due: bool) -> None:
    """Else no day could be run before the clock is right again."""
    open_books(house, TWO)
    run(house, MARCH_1)
    far = MARCH_1 + dt.timedelta(days=ahead)
    with house.database.reading() as session:
        assert is_due == (due_run(house, session, CompanySettings(), at(far, 12)) == far)


def test_a_day_run_by_hand_before_its_hour_is_not_due_any_more(house: House) -> None:
    open_books(house, TWO)
    run(house, MARCH_1, act(MARCH_1, "mia", 3))
    with house.database.reading() as session:
        assert due_run(house, session, CompanySettings(daily_run_at="06:00"), at(MARCH_1, 6)) is None


def test_a_day_that_somebody_began_and_did_not_finish_is_due(house: House) -> None:
    open_books(house, TWO)
    run(house, MARCH_1)

    def breaks_off(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_day(house, MARCH_2, act(MARCH_2, "mia", 3), breaks_off)
    with house.database.reading() as session:
        found = [due_run(house, session, CompanySettings(daily_run_at="06:00"), at(MARCH_2, hour)) for hour in (5, 6)]
    assert [None, MARCH_2] == found


def test_no_day_is_due_before_there_is_a_ledger(house: House) -> None:
    enforce(house, ladder_policy())
    with house.database.reading() as session:
        assert due_run(house, session, CompanySettings(), at(MARCH_1, 12)) is None


def test_a_day_asked_for_by_several_is_one_job(house: House) -> None:
    open_books(house, TWO)
    jobs = []
    for person in ("mia", "scheduler"):
        with house.database.writing() as session:
            jobs.append(ask_to_run(house, session, MARCH_2, act(MARCH_2, person)))
    assert jobs[0].job_id == jobs[1].job_id
    instants = iter(range(at(MARCH_2, 7), at(MARCH_2, 8), 1000))
    assert work_one(house, [RUN_DAY], "worker-1", lambda: next(instants))
    assert not work_one(house, [RUN_DAY], "worker-1", lambda: next(instants))
    with house.database.reading() as session:
        job = JobStore(session).load(jobs[0].job_id)
    assert ("done", 2, {"collection.L1": 2}) == (job.state, job.progress_done, job.result["notices"])


def test_the_job_of_a_day_that_cannot_be_run_is_refused_at_once(house: House) -> None:
    open_books(house, TWO)
    with house.database.writing() as session, pytest.raises(RequestError) as error:
        ask_to_run(house, session, MARCH_2, act(MARCH_1, "mia"))
    assert "R451" == error.value.code
