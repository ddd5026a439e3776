"""A job is watched by a thread beside it: it tells how far it is, and hears that it is to stop."""

from collections.abc import Callable
from threading import Event

import pytest

from policy_service.domain.acting import Act
from policy_service.services.house import House
from policy_service.services.running_jobs import JobStopped, RunningJob, running
from policy_service.storage.errors import Conflict
from policy_service.storage.job_store import JobStore
from policy_service.storage.simulation_store import PolicyText, SimulationStore
from simulations.jobs.watch import watched

STEPS = ("ledger", "candidate")


def job_of(bare: House, tell: Callable[[int, int], None]) -> RunningJob:
    with bare.database.writing() as session:
        job = JobStore(session).add("simulation", {}, Act("ana", 1))
        SimulationStore(session).add(
            job.job_id, "simulation", "ana", 1, {}, PolicyText("house", 1, "ab" * 32, "{}"), None, is_plain=True
        )
        return running(job, tell, lambda: 1)


def test_it_tells_the_step_and_how_much_of_all_is_done(bare: House) -> None:
    told, heard = list[tuple[int, int]](), Event()

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        if done:
            heard.set()

    job = job_of(bare, tell)
    with watched(bare, job, STEPS, every=0.01) as watch:
        watch.tell("candidate", 30, 60)
        assert heard.wait(60)
    assert (750, 1_000) == told[-1]
    with bare.database.reading() as session:
        kept = SimulationStore(session).load(job.job_id)
    assert ("candidate", 30, 60) == (kept.step, kept.step_done, kept.step_total)


def stop() -> None:
    raise JobStopped


def lost() -> None:
    raise Conflict("S237", "another has it")


def ending() -> None:
    raise SystemExit


@pytest.mark.parametrize(("end", "error"), [(stop, JobStopped), (lost, Conflict), (ending, SystemExit)])
def test_what_ends_the_job_is_raised_where_it_works(
    bare: House, end: Callable[[], None], error: type[BaseException]
) -> None:
    job, pause = job_of(bare, lambda *_: end()), Event()
    with watched(bare, job, STEPS, every=0.01) as watch:
        while not watch.is_stopped:
            pause.wait(0.01)
        with pytest.raises(error):
            watch.tell("candidate", 1, 2)


def test_never_is_all_of_it_told_before_the_end(bare: House) -> None:
    told = list[tuple[int, int]]()
    job = job_of(bare, lambda *done: told.append(done))
    with watched(bare, job, STEPS, every=60) as watch:
        watch.tell("candidate", 60, 60)
        watch.look()
    assert [(999, 1_000)] == told
