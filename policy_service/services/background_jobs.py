"""Jobs done: one at a time, each to its end, whatever that is."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

import structlog

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.domain.instants import SECOND, Instant
from policy_service.services.connections.pull_job import pull_job
from policy_service.services.connections.push_job import push_job
from policy_service.services.connections.scheduling import PULL_CONNECTION
from policy_service.services.connections.writing_back_schedule import PUSH_CONNECTION
from policy_service.services.daily_run.job import RUN_DAY, run_day_job
from policy_service.services.house import House
from policy_service.services.ledger_in.import_job import IMPORT_LEDGER, import_job
from policy_service.services.orders.rechecking import recheck_orders
from policy_service.services.orders.waking import RECHECK_ORDERS
from policy_service.services.running_jobs import JobStopped, RunningJob, running
from policy_service.storage.errors import Conflict, Unavailable
from policy_service.storage.job_store import Job, JobStore

#: Does a job in transactions of its own and returns what came of it, as JSON holds it.
Handler: TypeAlias = Callable[[House, RunningJob, Act], Mapping[str, object]]

#: What does the jobs of each kind.
HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        RUN_DAY: run_day_job,
        RECHECK_ORDERS: recheck_orders,
        IMPORT_LEDGER: import_job,
        PULL_CONNECTION: pull_job,
        PUSH_CONNECTION: push_job,
    }
)
#: A worker that has not been heard of for so long is dead, and another does its job.
LEASE_SECONDS: Final = 120
_HEARTBEAT_AFTER: Final = 5 * SECOND
_LONGEST_ERROR: Final = 2_000

log = structlog.get_logger()


def work_one(
    house: House,
    kinds: Sequence[str],
    by: str,
    now: Callable[[], Instant],
    handlers: Mapping[str, Handler] = HANDLERS,
) -> bool:
    """Do the oldest job of these kinds to its end, and return whether there was one.

    What its code raises is stored with the job and logged, and the job is tried again later where that may help.
    """
    with house.database.writing() as session:
        job = JobStore(session).take(kinds, by, now(), LEASE_SECONDS)
    if job is None:
        return False
    worker = _Worker(house, job, by, now)
    try:
        worker.do(handlers[job.kind])
    except Conflict as lost:
        # Somebody else has it by now, or has ended it.
        log.warning("job_lost", job_id=job.job_id, kind=job.kind, error=str(lost))
    return True


class _Worker:
    """One job while it is done."""

    def __init__(self, house: House, job: Job, by: str, now: Callable[[], Instant]) -> None:
        self._house = house
        self._job = job
        self._by = by
        self._now = now
        self._heard_at = now()

    def do(self, handler: Handler) -> None:
        job, now = self._job, self._now
        act = Act(job.created_by, now(), request_id=f"job:{job.job_id}")
        try:
            result = handler(self._house, running(job, self._tell, now), act)
        except JobStopped:
            self._store(lambda jobs: jobs.stop(job.job_id, self._by, now()))
        except Exception as error:  # Whatever it is, the job's record is where somebody will look for it.
            self._fail(error)
        else:
            self._store(lambda jobs: jobs.finish(job.job_id, self._by, now(), result))

    def _tell(self, done: int, total: int) -> None:
        at = self._now()
        if at < self._heard_at + _HEARTBEAT_AFTER and done < total:
            return
        self._heard_at = at
        with self._house.database.writing() as session:
            job = JobStore(session).heartbeat(self._job.job_id, self._by, at, LEASE_SECONDS, done, total)
        if job.is_cancel_asked:
            raise JobStopped

    def _fail(self, error: Exception) -> None:
        job = self._job
        if isinstance(error, RequestError):
            # What was asked is refused, and the refusal says why: there is no fault to look for.
            log.warning("job_refused", job_id=job.job_id, kind=job.kind, code=error.code)
        else:
            log.exception("job_failed", job_id=job.job_id, kind=job.kind, attempts=job.attempts)
        written = _said(error).replace("\0", "").encode("utf-8", "replace").decode()[:_LONGEST_ERROR]
        # What was refused for good reason is refused again.
        is_final = isinstance(error, PolicyServiceError) and not isinstance(error, Unavailable | Conflict)
        self._store(lambda jobs: jobs.fail(job.job_id, self._by, self._now(), written, is_final=is_final))

    def _store(self, change: Callable[[JobStore], Job]) -> None:
        with self._house.database.writing() as session:
            change(JobStore(session))


def _said(error: Exception) -> str:
    match error:
        case PolicyServiceError():
            return str(error)
        case OSError(strerror=str(what)):
            # Where files lie on the machine is nobody's who asks; the log has it.
            return f"{type(error).__name__}: {what}"
        case _:
            return f"{type(error).__name__}: {error}"
