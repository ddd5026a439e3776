"""Jobs are done one at a time, each to its end, and what went wrong stays with them."""

from collections.abc import Callable, Mapping
from itertools import count

import pytest
from structlog.testing import capture_logs

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import SECOND
from policy_service.services.background_jobs import HANDLERS, LEASE_SECONDS, work_one
from policy_service.services.house import House
from policy_service.services.running_jobs import RunningJob
from policy_service.storage.errors import Unavailable
from policy_service.storage.job_store import Job, JobStore


@pytest.fixture
def house(bare: House) -> House:
    """Give a house with nothing in it."""
    return bare


Work = Callable[[House, RunningJob, Act], Mapping[str, object]]


def add(house: House, number: int = 1) -> str:
    """Store a job that counts."""
    with house.database.writing() as session:
        return JobStore(session).add("count", {"to": number}, Act("ada", number)).job_id


def do(house: House, work: Work, by: str = "w1", every: int = SECOND, start: int = 0) -> bool:
    """Do a job by a clock that goes on with every look."""
    instants = count(start, every)
    return work_one(house, ["count"], by, lambda: next(instants), {"count": work})


def job(house: House, job_id: str) -> Job:
    """Return the job as it is."""
    with house.database.reading() as session:
        return JobStore(session).load(job_id)


def test_what_a_job_came_to_stays_with_it(house: House) -> None:
    job_id = add(house, 7)
    assert do(house, lambda _house, one, act: {"to": one.arguments["to"], "by": act.person})
    assert not do(house, lambda *_: {})
    done = job(house, job_id)
    assert ("done", {"to": 7, "by": "ada"}) == (done.state, done.result)


def test_a_job_shows_how_far_it_is_now_and_then(house: House) -> None:
    job_id = add(house)
    told: list[tuple[int, int]] = []

    def work(_house: House, one: RunningJob, _act: Act) -> Mapping[str, object]:
        for done in range(1, 10):
            one.progress(done, 20)
            now = job(house, job_id)
            told.append((now.progress_done, now.progress_total))
        return {}

    do(house, work)
    # The clock goes on by a second with every look, and a job is heard of every five seconds.
    assert 2 <= len(set(told)) <= 4
    assert (0, 0) == told[0]
    assert 20 == told[-1][1]


def test_what_a_job_raises_is_stored_and_the_job_tried_again(house: House) -> None:
    job_id = add(house)

    def fails(_house: House, _one: RunningJob, _act: Act) -> Mapping[str, object]:
        raise ZeroDivisionError("of nothing\0")

    assert do(house, fails)
    failed = job(house, job_id)
    assert ("waiting", "ZeroDivisionError: of nothing", 1) == (failed.state, failed.error, failed.attempts)
    assert do(house, lambda *_: {}, start=60 * SECOND)
    assert "done" == job(house, job_id).state


@pytest.mark.parametrize(
    ("error", "state", "logged"),
    [
        (RequestError("R452", "The day lies before.", remedy="Run a later one."), "failed", "job_refused"),
        (Unavailable("S207", "Another writer holds the database.", remedy="Ask again."), "waiting", "job_failed"),
    ],
)
def test_what_was_refused_for_good_reason_is_not_tried_again(
    house: House, error: Exception, state: str, logged: str
) -> None:
    job_id = add(house)

    def refuses(_house: House, _one: RunningJob, _act: Act) -> Mapping[str, object]:
        raise error

    with capture_logs() as logs:
        do(house, refuses)
    refused = job(house, job_id)
    assert (state, str(error)) == (refused.state, refused.error)
    # Only of a fault one wants to know where it happened.
    assert [(logged, logged == "job_failed")] == [(line["event"], line.get("exc_info", False)) for line in logs]


def test_a_job_asked_to_stop_stops_at_its_next_heartbeat(house: House) -> None:
    job_id = add(house)

    def goes_on(_house: House, one: RunningJob, _act: Act) -> Mapping[str, object]:
        with house.database.writing() as session:
            JobStore(session).ask_cancel(job_id, 0)
        for done in range(1_000):
            one.progress(done, 1_000)
        raise AssertionError("not stopped")

    do(house, goes_on)
    assert "cancelled" == job(house, job_id).state


def test_a_worker_whose_job_was_given_to_another_leaves_it_alone(house: House) -> None:
    job_id = add(house)

    def dawdles(_house: House, _one: RunningJob, _act: Act) -> Mapping[str, object]:
        later = LEASE_SECONDS * SECOND + 10 * SECOND
        assert do(house, lambda *_: {"by": "w2"}, by="w2", start=later)
        return {"by": "w1"}

    assert do(house, dawdles)
    done = job(house, job_id)
    assert ("done", {"by": "w2"}) == (done.state, done.result)


def test_every_kind_that_services_ask_for_is_done() -> None:
    assert {"run_day", "recheck_orders", "import_ledger"} <= HANDLERS.keys()


def test_where_files_lie_on_the_machine_is_not_told(house: House) -> None:
    job_id = add(house)

    def fails(_house: House, _one: RunningJob, _act: Act) -> Mapping[str, object]:
        raise FileNotFoundError(2, "No such file or directory", "/srv/uploads/1/customers.csv")

    assert do(house, fails)
    assert "FileNotFoundError: No such file or directory" == job(house, job_id).error
