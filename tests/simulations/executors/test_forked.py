"""A copy of the process does something beside it: what comes of it is what would have come of it here."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from policy_service.domain.errors import RequestError
from simulations.executors.forked import forked

HERE = os.getpid()
Asked, Answer = TypeVar("Asked"), TypeVar("Answer")


def prepared(do: Callable[[Asked], Answer]) -> Callable[[], AbstractContextManager[Callable[[Asked], Answer]]]:
    """Return what makes itself ready to do it, which takes nothing."""

    @contextmanager
    def prepare() -> Iterator[Callable[[Asked], Answer]]:
        yield do

    return prepare


def pid_in(file: Path) -> int:
    """Return the process whose number is in the file, once it is."""
    while not file.exists() or not file.read_text():
        time.sleep(0.01)
    return int(file.read_text())


def test_the_answer_comes_from_another_process() -> None:
    """That one knows all that this one knew when it began, and of what came later only what it is asked."""
    known = ["before"]
    with forked(prepared(lambda asked: (os.getpid(), asked, list(known)))) as ask:
        known.append("after")
        pid, asked, found = ask("this")()
    assert pid != HERE
    assert ("this", ["before"]) == (asked, found)


def test_it_makes_itself_ready_before_it_is_asked(tmp_path: Path) -> None:
    """That is what it is there for: what this process goes on with takes as long."""
    ready = tmp_path / "pid"

    @contextmanager
    def prepare() -> Iterator[Callable[[str], str]]:
        ready.write_text(str(os.getpid()))
        yield str.upper

    with forked(prepare) as ask:
        assert pid_in(ready) != HERE
        assert ask("this")() == "THIS"


def fails(where: str) -> None:
    raise ZeroDivisionError(f"nothing is divided in {os.getpid()} {where}")


def test_what_is_raised_is_raised_here() -> None:
    """With a traceback of this process, as it is done here once more."""
    with forked(prepared(fails)) as ask, pytest.raises(ZeroDivisionError, match=f"in {HERE} there$"):
        ask("there")()


def test_what_it_could_not_make_ready_is_made_ready_here() -> None:
    """It has ended before it is asked."""

    @contextmanager
    def prepare() -> Iterator[Callable[[str], None]]:
        fails("before")
        yield fails

    with forked(prepare) as ask, pytest.raises(ZeroDivisionError, match=f"in {HERE} before$"):
        ask("there")()


def test_what_a_killed_copy_did_is_done_here() -> None:
    """As by a system that is short of memory."""

    def killed(asked: str) -> tuple[int, str]:
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid(), asked

    with forked(prepared(killed)) as ask:
        assert (HERE, "this") == ask("this")()


def test_an_answer_that_cannot_be_handed_over_is_found_here() -> None:
    """Nothing is lost of it."""

    def unpicklable(_: str) -> Iterator[int]:
        yield os.getpid()

    with forked(prepared(unpicklable)) as ask:
        assert [HERE] == list(ask("this")())


def long(started: Path, done: Path, _: str) -> None:
    started.write_text(str(os.getpid()))
    time.sleep(600)
    done.touch()


def test_who_waits_may_stop(tmp_path: Path) -> None:
    """And the copy ends with the wait: it does not get to the end of what it does."""
    done, seen = tmp_path / "done", list[int]()

    def stop() -> bool:
        seen.append(1)
        return len(seen) > 1

    do = prepared(partial(long, tmp_path / "pid", done))
    with pytest.raises(RequestError, match="R518"), forked(do, stop) as ask:
        ask("this")()
    assert not done.exists()


def test_a_copy_that_nobody_waits_for_ends_with_the_block(tmp_path: Path) -> None:
    """As where what goes on here fails first."""
    started = tmp_path / "pid"
    with suppress(InterruptedError), forked(prepared(partial(long, started, tmp_path / "done"))) as ask:
        ask("this")
        pid = pid_in(started)
        raise InterruptedError
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


_KILLED_BEFORE_IT_ASKS = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from simulations.executors.forked import forked

@contextmanager
def prepare():
    Path(sys.argv[1]).write_text(str(os.getpid()))
    yield print

with forked(prepare):
    while not Path(sys.argv[1]).exists() or not Path(sys.argv[1]).read_text():
        pass
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_copy_of_a_killed_process_ends_too(tmp_path: Path) -> None:
    """It waits to be asked, and sees that nobody will."""
    started = tmp_path / "pid"
    subprocess.run([sys.executable, "-c", _KILLED_BEFORE_IT_ASKS, str(started)], check=False)
    pid, until = pid_in(started), time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not Path(f"/proc/{pid}").exists() or "State:\tZ" in Path(f"/proc/{pid}/status").read_text()


def test_what_is_printed_there_is_not_printed_twice(capfd: pytest.CaptureFixture[str]) -> None:
    """What waits to be written when the copy begins is this process's to write."""
    print("once", end="")
    with forked(prepared(lambda _: 1)) as ask:
        ask("this")()
    print("", flush=True)
    assert capfd.readouterr().out == "once\n"
