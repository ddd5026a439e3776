"""Jobs in the console: how far each is, and cancelled by who may."""

from collections.abc import Callable

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.job_store import Job, JobStore
from tests.admin.browser import Browser
from tests.api.house import Clock


@pytest.fixture
def job(house: House, clock: Clock) -> Job:
    """Give a job that is under way by a quarter; files of it lie somewhere."""
    with house.database.writing() as session:
        store = JobStore(session)
        store.add("import_ledger", {"folder": "/secret/place", "source": "customers.csv"}, Act("sys", clock()))
        taken = store.take(["import_ledger"], "worker", clock(), 60)
        assert taken is not None
        return store.heartbeat(taken.job_id, "worker", clock(), 60, 1, 4)


def test_it_stands_in_the_list_with_how_far_it_is(browser_of: Callable[..., Browser], job: Job) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    assert "import into the ledger customers.csv under way 25.0% sys" in viewer.words("/jobs/")
    assert "There is no such job." in viewer.words("/jobs/?state=failed")
    assert "data-under-way" in viewer.open("/jobs/")


def test_where_files_lie_is_not_shown(browser_of: Callable[..., Browser], job: Job) -> None:
    page = browser_of("vic", Role.VIEWER).open(f"/jobs/job/{job.job_id}")
    assert "customers.csv" in page
    assert "/secret/place" not in page


def test_who_may_cancels_it_and_nobody_else(browser_of: Callable[..., Browser], job: Job, house: House) -> None:
    page = f"/jobs/job/{job.job_id}"
    viewer, manager = browser_of("vic", Role.VIEWER), browser_of("mia", Role.CREDIT_MANAGER)
    assert "/cancel" not in viewer.open(page)
    assert "did not ask for the job" in viewer.told(page, f"{page}/cancel")
    assert "asked to stop" in manager.told(page, f"{page}/cancel")
    with house.database.reading() as session:
        assert JobStore(session).load(job.job_id).is_cancel_asked
