"""A piece of plain Python done by a copy of this process, beside what this one goes on with."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

from simulations.executors.errors import stopped
from simulations.executors.port import PATIENCE, Stop, never

_Result = TypeVar("_Result")


@contextmanager
def forked(do: Callable[[], _Result], stop: Stop = never) -> Iterator[Callable[[], _Result]]:
    """Begin it in a copy of this process, and give what waits for its result; with the block the copy ends.

    The copy finds everything as it stands now, and nothing but its result, which can be pickled, comes back. It has
    none of this process's other threads: what it does may wait for none of them. A copy that is killed, or that what it
    does raises an error in, is not asked again: then it is done here, when its result is waited for. RequestError R518
    from the wait once `stop` says so.
    """
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    copy = context.Process(target=_tell, args=(do, theirs), daemon=True)
    copy.start()
    theirs.close()

    def result() -> _Result:
        while not ours.poll(PATIENCE):
            if stop():
                raise stopped()
        try:
            told: _Result = ours.recv()
        except EOFError:
            return do()
        return told

    try:
        yield result
    finally:
        copy.kill()
        copy.join()
        copy.close()
        ours.close()


def _tell(do: Callable[[], _Result], line: Connection) -> None:
    # What is raised, an interrupt of both too, is for the process that waits to tell of.
    with suppress(BaseException):
        line.send(do())
    line.close()
    # What waits to be done at the end is for that process as well.
    os._exit(0)
