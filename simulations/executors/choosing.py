"""The executors by their names, as a command or a setting gives them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from simulations.executors.errors import no_address
from simulations.executors.in_process import Threads
from simulations.executors.port import Executor


class ExecutorKind(StrEnum):
    """Who does the chunks of a run."""

    IN_PROCESS = "in-process"
    PROCESSES = "processes"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class Workforce:
    """Who does the chunks of a run, how many of them there are, and at which address their scheduler is.

    `may_fork` is said of a process that does nothing else (see `Executor`).
    """

    kind: ExecutorKind = ExecutorKind.IN_PROCESS
    threads: int = 1
    processes: int = 2
    scheduler: str = ""
    may_fork: bool = False

    @contextmanager
    def at_work(self) -> Iterator[Executor]:
        """Give the executor, and let its workers go in the end; SettingsError R526 for a cluster without an address."""
        match self.kind:
            case ExecutorKind.IN_PROCESS:
                yield Threads(self.threads, may_fork=self.may_fork)
            case ExecutorKind.PROCESSES:
                # Threads do without what begins processes and speaks to clusters, which takes a while to load.
                from simulations.executors.process_pool import ProcessPool  # noqa: PLC0415

                with closing(ProcessPool(self.processes)) as pool:
                    yield pool
            case ExecutorKind.DASK:
                if not self.scheduler:
                    raise no_address()
                from simulations.executors.dask_cluster import DaskCluster  # noqa: PLC0415

                with closing(DaskCluster(self.scheduler)) as cluster:
                    yield cluster
            case _:
                assert_never(self.kind)
