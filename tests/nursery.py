"""Programs run in processes of their own, forked from one that has imported the service: none waits for Python.

As `python -m MODULE WORDS`, but for the time it takes to begin; to be killed, or to work beside others.
"""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess, SpawnProcess
from signal import SIGKILL, Signals
from typing import TextIO

_ANEW = multiprocessing.get_context("spawn")
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.preloaded"])


@dataclass(frozen=True, slots=True)
class Born:
    """A process that runs, and what it says on its standard output."""

    process: ForkServerProcess | SpawnProcess
    stdout: TextIO

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process.pid is not None
        return self.process.pid

    def send_signal(self, signal: Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal)

    def poll(self) -> int | None:
        """Return how it ended, none while it runs."""
        return self.process.exitcode

    def wait(self, seconds: float = 60) -> int:
        """Return how it ended; it must within so many seconds."""
        self.process.join(seconds)
        code = self.process.exitcode
        assert code is not None
        return code

    def said(self) -> str:
        """Return the next line that it says; an empty one if it has ended."""
        return self.stdout.readline().strip()

    def kill(self) -> list[str]:
        """Kill it, and return the rest of what it had said; a last line that was cut off was not said."""
        self.send_signal(SIGKILL)
        self.wait()
        rest = self.stdout.read()
        return rest[: rest.rfind("\n") + 1].splitlines()


@contextmanager
def born(
    module: str, *words: str, environment: Mapping[str, str] | None = None, is_cold: bool = False
) -> Iterator[Born]:
    """Give a process that runs a module; it and all that it has begun are killed when the block ends.

    A cold one begins as from a shell, with nothing imported.
    """
    ours, its = multiprocessing.Pipe(duplex=False)
    begin = _ANEW.Process if is_cold else _NURSERY.Process
    process = begin(target=_live, args=(module, words, dict(environment or {}), its))
    process.start()
    its.close()
    with ours, os.fdopen(ours.fileno(), encoding="utf-8", closefd=False) as stdout:
        made = Born(process, stdout)
        try:
            yield made
        finally:
            _end(made)


def _end(made: Born) -> None:
    # It leads a group of processes, unless it was killed before it came to that.
    try:
        os.killpg(made.pid, SIGKILL)
    except ProcessLookupError:
        made.send_signal(SIGKILL)
    made.wait()
    made.process.close()


def _live(module: str, words: tuple[str, ...], environment: Mapping[str, str], said: Connection) -> None:
    os.setsid()
    os.dup2(said.fileno(), 1)
    said.close()
    sys.argv = [module, *words]
    os.environ.update(environment)
    with os.fdopen(1, "w", encoding="utf-8", closefd=False) as sys.stdout:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
