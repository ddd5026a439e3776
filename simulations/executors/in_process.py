"""Pieces done by threads of this process: compiled code lets the others run."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass

from simulations.executors.errors import stopped
from simulations.executors.port import PATIENCE, Piece, Result, Stop, Take, Work


@dataclass(frozen=True, slots=True)
class Threads:
    """So many threads of this process. Whoever stops a run waits for one piece of each."""

    threads: int = 1
    shares_memory: bool = True
    may_fork: bool = False

    def run(self, work: Work[Piece, Result], pieces: Sequence[Piece], take: Take[Result], stop: Stop) -> None:
        """Do all pieces; as `Executor.run`."""
        do = work.opened()
        pool = ThreadPoolExecutor(self.threads)
        try:
            under_way = {pool.submit(do, piece): place for place, piece in enumerate(pieces)}
            while under_way:
                if stop():
                    raise stopped()
                for ended in wait(under_way, PATIENCE, FIRST_COMPLETED).done:
                    take(under_way.pop(ended), ended.result())
        finally:
            pool.shutdown(cancel_futures=True)
