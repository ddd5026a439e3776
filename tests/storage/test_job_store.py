"""Jobs are taken by one worker at a time, taken over from dead ones, and given up after five tries."""

from collections.abc import Callable, Mapping
from threading import Thread
from typing import TypeVar

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.instants import SECOND
from policy_service.storage.database import Database
from policy_service.storage.errors import Conflict, NotStored
from policy_service.storage.job_store import MOST_ATTEMPTS, MOST_LOST, Job, JobStore, LeaseStore
from tests.storage.books import run

Came = TypeVar("Came")
START = 1_000 * SECOND
LEASE = 60


def within(database: Database, do: Callable[[JobStore], Came]) -> Came:
    """Do something with the jobs in a transaction of its own."""
    with database.writing() as session:
        return do(JobStore(session))


def add(database: Database, number: int = 1, kind: str = "count", once: str | None = None, at: int = START) -> Job:
    """Store a job."""
    arguments: Mapping[str, object] = {"number": number}
    return within(database, lambda jobs: jobs.add(kind, arguments, Act("ada", at), once))


def take(database: Database, by: str = "w1", at: int = START, kinds: tuple[str, ...] = ("count",)) -> Job | None:
    """Take a job."""
    return within(database, lambda jobs: jobs.take(kinds, by, at, LEASE))


def taken(database: Database, by: str = "w1", at: int = START) -> Job:
    """Take the job that is there."""
    job = take(database, by, at)
    assert job is not None
    return job


def test_the_oldest_job_of_the_kinds_asked_for_is_taken_first(database: Database) -> None:
    add(database, 2, at=START + 2)
    add(database, 1, at=START + 1)
    add(database, 3, kind="other", at=START)
    assert [1, 2] == [taken(database).arguments["number"] for _ in range(2)]
    assert take(database) is None


def test_a_job_that_is_held_is_given_to_nobody_else(database: Database) -> None:
    add(database)
    taken(database)
    assert take(database, "w2", START + LEASE * SECOND - 1) is None


def test_a_job_whose_worker_died_is_given_to_another(database: Database) -> None:
    add(database)
    taken(database)
    job = taken(database, "w2", START + LEASE * SECOND)
    assert ("w2", 2, "running") == (job.leased_by, job.attempts, job.state)
    assert job.started_at == START


def test_a_heartbeat_keeps_the_lease_and_notes_the_progress(database: Database) -> None:
    job_id = add(database).job_id
    taken(database)
    within(database, lambda jobs: jobs.heartbeat(job_id, "w1", START + 30 * SECOND, LEASE, 3, 10))
    assert take(database, "w2", START + LEASE * SECOND) is None
    job = within(database, lambda jobs: jobs.load(job_id))
    assert (3, 10) == (job.progress_done, job.progress_total)


def test_who_lost_the_job_is_told_so(database: Database) -> None:
    job_id = add(database).job_id
    taken(database)
    taken(database, "w2", START + LEASE * SECOND)
    for late in ("heartbeat", "finish", "fail", "stop"):
        with pytest.raises(Conflict) as error:
            within(database, lambda jobs, late=late: _late(jobs, late, job_id))  # type: ignore[misc]
        assert error.value.code == "S237"


def _late(jobs: JobStore, doing: str, job_id: str) -> Job:
    match doing:
        case "heartbeat":
            return jobs.heartbeat(job_id, "w1", START, LEASE)
        case "finish":
            return jobs.finish(job_id, "w1", START)
        case "fail":
            return jobs.fail(job_id, "w1", START, "late")
        case _:
            return jobs.stop(job_id, "w1", START)


def test_what_came_of_a_job_stays_with_it(database: Database) -> None:
    job_id = add(database).job_id
    taken(database)
    within(database, lambda jobs: jobs.finish(job_id, "w1", START + 5, {"counted": 7}))
    job = within(database, lambda jobs: jobs.load(job_id))
    assert ("done", {"counted": 7}, START + 5, "") == (job.state, job.result, job.finished_at, job.leased_by)
    assert job.is_ended
    assert take(database, at=START + 10_000 * SECOND) is None


def test_a_job_that_is_done_is_done_as_a_whole_however_far_it_last_said_it_was(database: Database) -> None:
    job_id = add(database).job_id
    taken(database)
    within(database, lambda jobs: jobs.heartbeat(job_id, "w1", START, LEASE, 523, 1_000))
    job = within(database, lambda jobs: jobs.finish(job_id, "w1", START + 5))
    assert (1_000, 1_000) == (job.progress_done, job.progress_total)


def test_a_job_that_failed_waits_longer_each_time_and_is_given_up_after_five(database: Database) -> None:
    job_id, at, pauses = add(database).job_id, START, []
    for _ in range(MOST_ATTEMPTS):
        taken(database, at=at)
        job = within(database, lambda jobs, at=at: jobs.fail(job_id, "w1", at, "no luck"))  # type: ignore[misc]
        if job.not_before is not None:
            assert take(database, at=job.not_before - 1) is None
            pauses.append((job.not_before - at) // SECOND)
            at = job.not_before
    assert [10, 20, 40, 80] == pauses
    assert ("failed", "no luck", MOST_ATTEMPTS) == (job.state, job.error, job.attempts)
    assert take(database, at=at + 10_000 * SECOND) is None


def test_a_job_whose_workers_keep_dying_is_given_up(database: Database) -> None:
    job_id = add(database).job_id
    for number in range(MOST_LOST):
        taken(database, f"w{number}", START + number * LEASE * SECOND)
    assert take(database, "w9", START + MOST_LOST * LEASE * SECOND) is None
    job = within(database, lambda jobs: jobs.load(job_id))
    assert ("failed", 2, True) == (job.state, job.attempts, "process ended while it was being done" in job.error)


def test_a_final_failure_is_not_tried_again(database: Database) -> None:
    job_id = add(database).job_id
    taken(database)
    job = within(database, lambda jobs: jobs.fail(job_id, "w1", START, "refused", is_final=True))
    assert ("failed", 1) == (job.state, job.attempts)


def test_a_waiting_job_is_cancelled_at_once(database: Database) -> None:
    job_id = add(database).job_id
    assert "cancelled" == within(database, lambda jobs: jobs.ask_cancel(job_id, START)).state
    assert take(database) is None


def test_a_running_job_is_asked_to_stop_and_says_when_it_did(database: Database) -> None:
    job_id = add(database).job_id
    taken(database)
    assert "running" == within(database, lambda jobs: jobs.ask_cancel(job_id, START)).state
    assert within(database, lambda jobs: jobs.heartbeat(job_id, "w1", START, LEASE)).is_cancel_asked
    assert "cancelled" == within(database, lambda jobs: jobs.stop(job_id, "w1", START)).state


def test_a_job_asked_to_stop_whose_worker_died_is_cancelled(database: Database) -> None:
    job_id = add(database).job_id
    taken(database)
    within(database, lambda jobs: jobs.ask_cancel(job_id, START))
    assert take(database, "w2", START + LEASE * SECOND) is None
    assert "cancelled" == within(database, lambda jobs: jobs.load(job_id)).state


def test_an_ended_job_stays_as_it_ended(database: Database) -> None:
    job_id = add(database).job_id
    taken(database)
    within(database, lambda jobs: jobs.finish(job_id, "w1", START))
    assert "done" == within(database, lambda jobs: jobs.ask_cancel(job_id, START)).state


def test_what_is_to_be_done_once_is_one_job(database: Database) -> None:
    first = add(database, 1, once="run-day:2026-11-21")
    second = add(database, 2, once="run-day:2026-11-21", at=START + 9)
    assert first.job_id == second.job_id
    named = within(database, lambda jobs: jobs.named("run-day:2026-11-21"))
    assert named is not None
    assert first.job_id == named.job_id


def test_once_asked_for_again_a_failed_job_waits_anew(database: Database) -> None:
    job_id = add(database, once="once").job_id
    taken(database)
    within(database, lambda jobs: jobs.fail(job_id, "w1", START, "refused", is_final=True))
    again = add(database, once="once", at=START + 9)
    assert (job_id, "waiting", 0, "") == (again.job_id, again.state, again.attempts, again.error)


def test_the_same_job_asked_for_twice_in_one_act_is_one(database: Database) -> None:
    assert add(database).job_id == add(database).job_id
    assert add(database).job_id != add(database, at=START + 1).job_id


def test_there_is_no_unknown_job(database: Database) -> None:
    with pytest.raises(NotStored):
        within(database, lambda jobs: jobs.load("J9"))


def test_jobs_are_listed_page_by_page_the_newest_first(database: Database) -> None:
    made = [add(database, number, at=START + number // 2) for number in range(5)]
    add(database, 9, kind="other")
    newest = sorted(made, key=lambda job: (job.created_at, job.job_id), reverse=True)
    first = within(database, lambda jobs: jobs.page(2, kind="count"))
    rest = within(database, lambda jobs: jobs.page(9, (first[-1].created_at, first[-1].job_id), kind="count"))
    assert [job.job_id for job in newest] == [job.job_id for job in (*first, *rest)]
    assert () == within(database, lambda jobs: jobs.page(9, state="done"))
    assert {("count", "waiting"): 5, ("other", "waiting"): 1} == within(database, lambda jobs: jobs.counts())


def test_no_two_workers_get_the_same_job(database: Database) -> None:
    for number in range(12):
        add(database, number, at=START + number)
    got: list[str] = []

    def work(by: str) -> None:
        while job := take(database, by):
            got.append(job.job_id)

    run([Thread(target=work, args=(f"w{number}",)) for number in range(4)])
    assert 12 == len(got) == len(set(got))


def lease(database: Database, by: str, at: int, until: int) -> bool:
    """Ask for the lease of the scheduler."""
    with database.writing() as session:
        return LeaseStore(session).take("scheduler", by, until, at)


def test_a_lease_has_one_holder_until_it_runs_out(database: Database) -> None:
    assert lease(database, "w1", 10, 20)
    assert not lease(database, "w2", 15, 25)
    assert lease(database, "w1", 18, 28)
    assert not lease(database, "w2", 27, 37)
    assert lease(database, "w2", 28, 38)
    assert not lease(database, "w1", 29, 39)


def test_of_many_who_ask_at_once_one_gets_the_lease(database: Database) -> None:
    held: list[str] = []

    def ask(by: str) -> None:
        if lease(database, by, 10, 20):
            held.append(by)

    run([Thread(target=ask, args=(f"w{number}",)) for number in range(6)])
    assert 1 == len(held)
