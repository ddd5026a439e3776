"""A job watched while it is done: it shows that it lives and how far it is, and hears when it is to stop.

What computes is told nothing by the database and waits for none of it: a thread beside it tells what was said last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from policy_service.domain.errors import RequestError
from policy_service.services.house import House
from policy_service.services.running_jobs import RunningJob
from policy_service.storage.simulation_store import SimulationStore

#: Seconds between two looks.
EVERY: Final = 1.0
#: The job's own progress is told in thousandths.
_WHOLE: Final = 1_000


class Watch:
    """What the work says of itself, and whether it is to end."""

    def __init__(self, house: House, job: RunningJob, steps: tuple[str, ...]) -> None:
        self._house = house
        self._job = job
        self._steps = steps
        self._said = ("", 0, 0)
        self._told = self._said
        self._end: BaseException | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether it is to end: by somebody's word, because the process ends, or because another has the job."""
        return self._end is not None

    def tell(self, step: str, done: int, total: int) -> None:
        """Say how much of a step is done; raises what ends the job, such as JobStopped."""
        self._said = (step, done, total)
        if self._end is not None:
            raise self._end

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Let what ends the job be raised where a run ends because it was told to stop."""
        try:
            yield
        except RequestError as stopped:
            if self._end is None:
                raise
            raise self._end from stopped

    def look(self) -> None:
        """Tell the database what was said last, and take down what it answers."""
        said = self._said
        try:
            if said != self._told:
                with self._house.database.writing() as session:
                    SimulationStore(session).tell(self._job.job_id, *said)
                self._told = said
            self._job.progress(self._share(*said), _WHOLE)
        except BaseException as end:  # It belongs to the work: this thread only heard of it.
            self._end = end

    def _share(self, step: str, done: int, total: int) -> int:
        place = self._steps.index(step) if step in self._steps else 0
        within = min(done / total, 1.0) if total else 0.0
        # All of it is told by the end of the job.
        return min(int(_WHOLE * (place + within) / len(self._steps)), _WHOLE - 1)


@contextmanager
def watched(house: House, job: RunningJob, steps: tuple[str, ...], every: float = EVERY) -> Iterator[Watch]:
    """Give the watch over a job of these steps, and watch until the block ends."""
    watch, ended = Watch(house, job, steps), Event()

    def look_again() -> None:
        while not watch.is_stopped and not ended.wait(every):
            watch.look()

    thread = Thread(target=look_again, name="simulation-watch", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()
