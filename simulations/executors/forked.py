"""A piece of plain Python done by a copy of this process, beside what this one goes on with."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeAlias, TypeVar

from simulations.executors.errors import stopped
from simulations.executors.port import PATIENCE, Stop, never

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")
#: Makes ready what answers, and frees it in the end.
Prepare: TypeAlias = Callable[[], AbstractContextManager[Callable[[_Asked], _Answer]]]


@contextmanager
def forked(
    prepare: Prepare[_Asked, _Answer], stop: Stop = never
) -> Iterator[Callable[[_Asked], Callable[[], _Answer]]]:
    """Have a copy of this process make itself ready, and give what asks it once; that gives what waits for its answer.

    The copy finds everything as it stands now, and nothing but what it is asked and what it answers, which can be
    pickled, passes between both. The earlier it is made the less of this process there is to be copied. It has none of
    this process's other threads: what it does may wait for none of them. A copy that is killed, or that an error is
    raised in, is not asked again: then all of it is done here, when its answer is waited for. RequestError R518 from
    the wait once `stop` says so. The copy ends with the block, or with this process.
    """
    context = get_context("fork")
    ours, theirs = context.Pipe()
    copy = context.Process(target=_answer, args=(prepare, ours, theirs), daemon=True)
    copy.start()
    theirs.close()

    def ask(asked: _Asked) -> Callable[[], _Answer]:
        with suppress(BrokenPipeError, ConnectionResetError):
            ours.send(asked)

        def answer() -> _Answer:
            try:
                while not ours.poll(PATIENCE):
                    if stop():
                        raise stopped()
                told: _Answer = ours.recv()
            except (EOFError, ConnectionResetError):
                with prepare() as do:
                    return do(asked)
            return told

        return answer

    try:
        yield ask
    finally:
        copy.kill()
        copy.join()
        copy.close()
        ours.close()


def _answer(prepare: Prepare[_Asked, _Answer], theirs: Connection, ours: Connection) -> None:
    # As long as it is open here as well nobody would see that the other process has ended.
    theirs.close()
    # What is raised, an interrupt of both too, is for the process that waits to tell of.
    with suppress(BaseException), prepare() as do:
        ours.send(do(ours.recv()))
    ours.close()
    # What waits to be done at the end is for that process as well.
    os._exit(0)
