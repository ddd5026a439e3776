"""A child process is kept running while it is wanted, begun anew ever later, and ends with whoever keeps it."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from policy_service.background.kept_process import KeptProcess
from policy_service.background.simulation_worker import SimulationWorker
from policy_service.services.wanted_worker import want
from policy_service.settings import Settings

WAITS = (sys.executable, "-c", "import sys; sys.stdin.read()")
DIES = (sys.executable, "-c", "raise SystemExit(3)")


@dataclass
class Clock:
    seconds: float = 0.0

    def elapsed(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process(clock: Clock) -> Iterator[KeptProcess]:
    """Give a process that waits until its parent has ended."""
    kept = KeptProcess(WAITS, clock.elapsed)
    yield kept
    kept.end()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_runs_while_it_is_wanted_and_no_longer(process: KeptProcess) -> None:
    process.look(is_wanted=False)
    before = process.pid
    process.look(is_wanted=True)
    first = process.pid
    process.look(is_wanted=True)
    again = process.pid
    process.look(is_wanted=False)
    assert (None, True, None) == (before, first == again and first is not None, process.pid)


def test_one_to_which_the_first_signal_is_lost_is_asked_again_and_ends_by_itself(clock: Clock, tmp_path: Path) -> None:
    """It is not killed: what it does in the end is done."""
    listens, asked, ended = tmp_path / "listens", tmp_path / "asked", tmp_path / "ended"
    script = f"""
import pathlib, signal, sys, time
def stop(*_):
    if pathlib.Path({str(asked)!r}).exists():
        pathlib.Path({str(ended)!r}).touch()
        sys.exit(0)
    pathlib.Path({str(asked)!r}).touch()
signal.signal(signal.SIGTERM, stop)
pathlib.Path({str(listens)!r}).touch()
while True:
    time.sleep(60)
"""
    process = KeptProcess((sys.executable, "-c", script), clock.elapsed)
    process.look(is_wanted=True)
    until(listens.exists)
    process.end()
    assert (True, True) == (asked.exists(), ended.exists())


def test_a_killed_one_is_begun_anew_after_a_second(process: KeptProcess, clock: Clock) -> None:
    process.look(is_wanted=True)
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(lambda: process.pid is None)
    process.look(is_wanted=True)
    at_once = process.pid
    clock.seconds += 1
    process.look(is_wanted=True)
    assert (None, False) == (at_once, process.pid in (None, first))


def test_one_that_dies_again_and_again_is_begun_ever_later(clock: Clock) -> None:
    kept, died = KeptProcess(DIES, clock.elapsed), []
    while clock.seconds < 10:
        before = kept.failed
        kept.look(is_wanted=True)
        until(lambda: kept.pid is None)
        if kept.failed != before:
            died.append(clock.seconds)
        clock.seconds += 0.5
    assert [0.5, 2.0, 4.5, 9.0] == died


def test_the_worker_of_an_installation_runs_where_it_is_wanted_and_by_one_process_alone(
    tmp_path: Path, clock: Clock
) -> None:
    settings = Settings(tmp_path, simulation_dir=tmp_path / "s")
    is_alone = [False]
    worker = SimulationWorker(settings, lambda: is_alone[0], clock.elapsed)
    worker.process.command = WAITS
    seen = []
    try:
        for step in (lambda: want(settings.simulation_dir), lambda: is_alone.__setitem__(0, True)):
            worker.look()
            seen.append(worker.process.pid is not None)
            step()
        worker.look()
        seen.append(worker.process.pid is not None)
    finally:
        worker.end()
    assert [False, False, True] == seen


def test_an_installation_that_gives_no_memory_has_no_worker(tmp_path: Path, clock: Clock) -> None:
    settings = replace(Settings(tmp_path, simulation_dir=tmp_path / "s"), simulation_worker_megabytes=0)
    want(settings.simulation_dir)
    worker = SimulationWorker(settings, lambda: True, clock.elapsed)
    worker.look()
    assert worker.process.pid is None
