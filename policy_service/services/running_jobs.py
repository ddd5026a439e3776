"""A job while a worker does it: what the worker's code is handed."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from policy_service.domain.instants import Instant
from policy_service.storage.job_store import Job


class JobStopped(Exception):
    """Somebody asked to stop the job: its work ends where it is."""


@dataclass(frozen=True, slots=True)
class RunningJob(Job):
    """A job with the means to say how far it is, and what time it is."""

    tell: Callable[[int, int], None]
    now: Callable[[], Instant]

    def progress(self, done: int, total: int) -> None:
        """Say how much of the work is done, now and then; it shows that the worker lives.

        JobStopped if somebody asked to stop; Conflict S237 if another worker has the job.
        """
        self.tell(done, total)


def running(job: Job, tell: Callable[[int, int], None], now: Callable[[], Instant]) -> RunningJob:
    """Return the job as it is handed to the code that does it."""
    said: dict[str, Any] = {field.name: getattr(job, field.name) for field in fields(Job)}
    return RunningJob(**said, tell=tell, now=now)
