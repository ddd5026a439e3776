"""Pulls as jobs: told of as they go on, stopped when asked to."""

from collections.abc import Mapping

from policy_service.domain.acting import Act
from policy_service.services.connections.pulling import pull
from policy_service.services.connections.scheduling import CONNECTION, WITHDRAWS_MUCH
from policy_service.services.house import House
from policy_service.services.running_jobs import RunningJob
from policy_service.storage.pull_store import StoredPull


def pull_job(house: House, job: RunningJob, act: Act) -> Mapping[str, object]:
    """Pull the connection that the job names, and return what it came to; the errors are those of `pull`."""
    # The end is not known before it is there.
    run = pull(
        house,
        job.arguments[CONNECTION],
        act,
        f"{job.job_id}/{job.attempts}",
        lambda rows: job.progress(rows, rows + 1),
        withdraws_much=bool(job.arguments.get(WITHDRAWS_MUCH)),
    )
    return counts_of(run)


def counts_of(run: StoredPull) -> Mapping[str, object]:
    """Return a run as data."""
    return {
        "pull_id": run.pull_id,
        "state": run.state,
        "import_id": run.import_id,
        **{
            name: getattr(run, name)
            for name in (
                "pages",
                "rows",
                "changed",
                "deleted",
                "translated",
                "customers",
                "added",
                "replaced",
                "withdrawn",
                "left_out",
            )
        },
    }
