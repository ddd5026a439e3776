"""Pieces done by the workers of a Dask cluster: the scheduler gives those of a lost worker to another one."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from time import sleep
from typing import Any

from simulations.executors.answers import Answer, answered, result_of
from simulations.executors.errors import kills_workers, no_dask, no_scheduler, no_workers, stopped
from simulations.executors.port import PATIENCE, Piece, Result, Stop, Take, Work


@dataclass(slots=True)
class DaskCluster:
    """The cluster whose scheduler has that address; spoken to from the first run on, until it is closed.

    Its workers need this package, of this version, and the files that work reads, by the same names. SettingsError
    R520 without Dask, R521 without a scheduler, R522 without a worker.
    """

    address: str
    shares_memory: bool = False
    may_fork: bool = False
    seconds_to_connect: float = 10
    _client: Any = field(default=None, repr=False)

    def close(self) -> None:
        """Leave the cluster, which goes on."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def run(self, work: Work[Piece, Result], pieces: Sequence[Piece], take: Take[Result], stop: Stop) -> None:
        """Do all pieces; as `Executor.run`. PolicyServiceError R519 for a piece that too many workers died of."""
        if not self.has_workers():
            raise no_workers(self.address)
        asked = pickle.dumps(work)
        under_way = {
            self._client.submit(do_piece, asked, piece, pure=False): place for place, piece in enumerate(pieces)
        }
        try:
            self._collect(under_way, take, stop)
        finally:
            self._client.cancel(list(under_way))

    def has_workers(self, number: int = 1) -> bool:
        """Return whether the cluster has so many workers now; the errors of `run`, but R522."""
        self._client = self._client or _connected(self.address, self.seconds_to_connect)
        return len(self._client.scheduler_info(n_workers=-1)["workers"]) >= number

    def _collect(self, under_way: dict[Any, int], take: Take[Any], stop: Stop) -> None:
        from distributed import KilledWorker, as_completed  # noqa: PLC0415 - an installation may be without Dask.

        ended, pieces = as_completed(list(under_way), loop=self._client.loop), len(under_way)
        while not ended.is_empty():
            if stop():
                raise stopped()
            batch = ended.next_batch(block=False)
            if not batch:
                sleep(PATIENCE)
            for future in batch:
                place = under_way.pop(future)
                try:
                    answer = future.result()
                except KilledWorker as error:
                    raise kills_workers(place, pieces, error.allowed_failures + 1) from error
                take(place, result_of(answer))


def do_piece(work: bytes, piece: Any) -> Answer[Any]:
    """Do a piece in a worker of the cluster."""
    return answered(_opening(work), piece)


def _opening(work: bytes) -> Callable[[Any], Any]:
    def do(piece: Any) -> Any:
        # What cannot be opened is told with each piece.
        return _opened(work)(piece)

    return do


@lru_cache(maxsize=1)
def _opened(work: bytes) -> Callable[[Any], Any]:
    do: Callable[[Any], Any] = pickle.loads(work).opened()  # noqa: S301 - a worker runs what its scheduler sends it.
    return do


def _connected(address: str, seconds: float) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415 - an installation may be without Dask.
    except ImportError as error:
        raise no_dask() from error
    try:
        return Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise no_scheduler(address, str(error)) from error
