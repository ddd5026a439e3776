"""Pieces done by processes of this machine: one that is killed is replaced, and only its piece is done again."""

import pickle
import signal
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final

from simulations.executors.answers import answered, result_of
from simulations.executors.errors import kills_workers, stopped
from simulations.executors.port import PATIENCE, Piece, Result, Stop, Take, Work

#: A piece that two workers died of is not given to a third.
_MOST_DEATHS: Final = 2


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    line: Connection
    #: The work that it has open, and the piece that it is doing.
    work: bytes = b""
    place: int | None = None


@dataclass(slots=True)
class ProcessPool:
    """So many processes, started when they are first needed and kept until the pool is closed.

    Each begins anew: what work reads, it finds by the names of files. They end when this process does.
    """

    processes: int = 2
    shares_memory: bool = False
    may_fork: bool = False
    _workers: list[_Worker] = field(default_factory=list)

    def close(self) -> None:
        """End all processes."""
        while self._workers:
            _end(self._workers.pop())

    def run(self, work: Work[Piece, Result], pieces: Sequence[Piece], take: Take[Result], stop: Stop) -> None:
        """Do all pieces; as `Executor.run`. PolicyServiceError R519 for a piece that two processes died of."""
        try:
            self._run(pickle.dumps(work), pieces, take, stop)
        finally:
            # Whoever still works on a piece of this run is of no use to the next.
            for worker in [one for one in self._workers if one.place is not None]:
                self._workers.remove(worker)
                _end(worker)

    def _run(self, work: bytes, pieces: Sequence[Any], take: Take[Any], stop: Stop) -> None:
        waiting, missing, deaths = deque(range(len(pieces))), len(pieces), Counter[int]()
        while missing:
            if stop():
                raise stopped()
            self._hand_out(work, pieces, waiting)
            for worker in self._heard_of():
                place, worker.place = worker.place, None
                try:
                    answer = worker.line.recv()
                except (EOFError, OSError):
                    self._workers.remove(worker)
                    _end(worker)
                    if place is not None:
                        deaths[place] += 1
                        if deaths[place] == _MOST_DEATHS:
                            raise kills_workers(place, len(pieces), _MOST_DEATHS) from None
                        waiting.appendleft(place)
                    continue
                if place is not None:
                    take(place, result_of(answer))
                    missing -= 1

    def _hand_out(self, work: bytes, pieces: Sequence[Any], waiting: deque[int]) -> None:
        idle = [worker for worker in self._workers if worker.place is None]
        while waiting and (idle or len(self._workers) < self.processes):
            worker = idle.pop() if idle else self._hire()
            worker.place = waiting.popleft()
            opening, worker.work = (b"" if worker.work == work else work), work
            try:
                worker.line.send((opening, pieces[worker.place]))
            except OSError:
                # It died meanwhile, which is heard of where answers are.
                continue

    def _hire(self) -> _Worker:
        spawned = get_context("spawn")
        ours, theirs = spawned.Pipe()
        process = spawned.Process(target=serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _heard_of(self) -> list[_Worker]:
        lines = wait([worker.line for worker in self._workers], PATIENCE)
        return [worker for worker in self._workers if worker.line in lines]


def serve(line: Connection) -> None:
    """Do the pieces that come along the line until it is closed."""
    # Who presses Ctrl-C stops the process that waits for this one, which then ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    do: Callable[[Any], Any] | None = None
    while True:
        try:
            opening, piece = line.recv()
            do = _opening(opening) if opening or do is None else do
            line.send(answered(do, piece))
        except (EOFError, OSError):
            return


def _opening(work: bytes) -> Callable[[Any], Any]:
    # What cannot be opened is told with each piece.
    opened: Callable[[Any], Any] | None = None

    def do(piece: Any) -> Any:
        nonlocal opened
        if opened is None:
            opened = pickle.loads(work).opened()  # noqa: S301 - it comes from the process that started this one.
        return opened(piece)

    return do


def _end(worker: _Worker) -> None:
    worker.line.close()
    worker.process.kill()
    worker.process.join()
    worker.process.close()
