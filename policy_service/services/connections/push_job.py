"""Write-backs as jobs: told of as they go on, stopped when asked to."""

from collections.abc import Mapping

from policy_service.domain.acting import Act
from policy_service.services.connections.writing_back import push
from policy_service.services.connections.writing_back_schedule import CONNECTION, IS_DRY
from policy_service.services.house import House
from policy_service.services.running_jobs import RunningJob
from policy_service.storage.push_store import COUNTS, StoredPush


def push_job(house: House, job: RunningJob, act: Act) -> Mapping[str, object]:
    """Write back to the connection that the job names, and return what it came to; the errors are those of `push`."""
    name, is_dry = job.arguments[CONNECTION], bool(job.arguments[IS_DRY])
    run = push(house, name, act, f"{job.job_id}/{job.attempts}", job.progress, is_dry=is_dry)
    return push_counts(run)


def push_counts(run: StoredPush) -> Mapping[str, object]:
    """Return a run as data."""
    counts = {name: getattr(run, name) for name in COUNTS}
    return {"push_id": run.push_id, "state": run.state, "is_dry": run.is_dry, **counts}
