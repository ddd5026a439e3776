"""A child process that is kept running while it is wanted: begun anew, ever later, when it dies."""

import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

#: One that ran so long in seconds died of something new.
_RAN_WELL: Final = 60.0
_LONGEST_PAUSE: Final = 60.0
#: A signal is lost to Python where it comes while an object is let go of: so a child is asked again to end.
_TIMES_ASKED: Final = 5
_SECONDS_BETWEEN: Final = 2.0

log = structlog.get_logger()


@dataclass(slots=True)
class KeptProcess:
    """One child process, begun by `command`.

    It reads from a pipe that nobody writes to, which ends with this process. `elapsed` are seconds of a clock that
    nobody sets. One thread calls it at a time.
    """

    command: Sequence[str]
    elapsed: Callable[[], float]
    failed: int = 0
    _child: "subprocess.Popen[bytes] | None" = None
    _since: float = 0.0
    _not_before: float = field(default=float("-inf"))

    @property
    def pid(self) -> int | None:
        """The child's process id, none while there is none."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def look(self, *, is_wanted: bool) -> None:
        """Begin the child if it is wanted and does not run, and end it if it is not."""
        self._bury()
        if not is_wanted:
            self.end()
        elif self._child is None and self.elapsed() >= self._not_before:
            self._begin()

    def end(self) -> None:
        """End the child, if it runs."""
        child, self._child = self._child, None
        if child is None:
            return
        for _ in range(_TIMES_ASKED):
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(_SECONDS_BETWEEN)
                break
        else:
            child.kill()
            child.wait()
        _close(child)

    def _begin(self) -> None:
        self._child = subprocess.Popen(self.command, stdin=subprocess.PIPE)
        self._since = self.elapsed()
        log.info("process_begun", command=self.command[-2:], pid=self._child.pid)

    def _bury(self) -> None:
        if self._child is None or self._child.poll() is None:
            return
        ran = self.elapsed() - self._since
        self.failed = 1 if ran > _RAN_WELL else self.failed + 1
        self._not_before = self.elapsed() + min(2.0 ** (self.failed - 1), _LONGEST_PAUSE)
        ended = self._child.returncode
        log.warning("process_died", command=self.command[-2:], code=ended, seconds=round(ran, 1), failed=self.failed)
        _close(self._child)
        self._child = None


def _close(child: "subprocess.Popen[bytes]") -> None:
    if child.stdin is not None:
        child.stdin.close()
