"""A copy of the process does something beside it: what comes of it is what would have come of it here."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from policy_service.domain.errors import RequestError
from simulations.executors.forked import forked

HERE = os.getpid()


def test_the_result_comes_from_another_process() -> None:
    """That one knows all that this one knew when it began."""
    known = ["before"]
    with forked(lambda: (os.getpid(), list(known))) as result:
        known.append("after")
        pid, found = result()
    assert pid != HERE
    assert found == ["before"]


def test_what_is_raised_is_raised_here() -> None:
    """With a traceback of this process, as it is done here once more."""

    def fails() -> None:
        raise ZeroDivisionError(f"nothing is divided in {os.getpid()}")

    with forked(fails) as result, pytest.raises(ZeroDivisionError, match=f"in {HERE}$"):
        result()


def test_what_a_killed_copy_did_is_done_here() -> None:
    """As by a system that is short of memory."""

    def killed() -> int:
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    with forked(killed) as result:
        assert HERE == result()


def test_a_result_that_cannot_be_handed_over_is_found_here() -> None:
    """Nothing is lost of it."""

    def unpicklable() -> Iterator[int]:
        yield os.getpid()

    with forked(unpicklable) as result:
        assert [HERE] == list(result())


def test_who_waits_may_stop(tmp_path: Path) -> None:
    """And the copy ends with the wait: it does not get to the end of what it does."""
    done, seen = tmp_path / "done", list[int]()

    def long() -> None:
        time.sleep(600)
        done.touch()

    def stop() -> bool:
        seen.append(1)
        return len(seen) > 1

    with pytest.raises(RequestError, match="R518"), forked(long, stop) as result:
        result()
    assert not done.exists()


def test_a_copy_that_nobody_waits_for_ends_with_the_block(tmp_path: Path) -> None:
    """As where what goes on here fails first."""
    pid = tmp_path / "pid"

    def long() -> None:
        pid.write_text(str(os.getpid()))
        time.sleep(600)

    with suppress(InterruptedError), forked(long):
        while not pid.exists() or not pid.read_text():
            time.sleep(0.01)
        raise InterruptedError
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_what_is_printed_there_is_not_printed_twice(capfd: pytest.CaptureFixture[str]) -> None:
    """What waits to be written when the copy begins is this process's to write."""
    print("once", end="")
    with forked(lambda: 1) as result:
        result()
    print("", flush=True)
    assert capfd.readouterr().out == "once\n"
