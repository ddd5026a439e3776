"""Processes do every piece, whatever becomes of some of them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from policy_service.domain.errors import FactError, MissingFact, PolicyServiceError, RequestError
from simulations.executors.process_pool import ProcessPool
from tests.simulations.executors.works import (
    BAD,
    Closed,
    Deadly,
    Doubling,
    DyingOnce,
    Endless,
    Failing,
    Unspeakable,
    begun,
    done_by,
    doubled,
    processes_of,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPool]:
    """Give two processes, which the tests share: whatever a test does to them, the next one finds two."""
    with closing(ProcessPool(2)) as made:
        yield made


def test_every_piece_is_done_once_by_other_processes(pool: ProcessPool, tmp_path: Path) -> None:
    assert doubled() == done_by(pool, Doubling(tmp_path))
    assert {1} == set(begun(tmp_path).values())
    assert os.getpid() not in processes_of(tmp_path)


def test_the_processes_are_kept_for_other_work(pool: ProcessPool, tmp_path: Path) -> None:
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        done_by(pool, Doubling(tmp_path / run), pieces=40)
    assert processes_of(tmp_path / "two") <= {one.process.pid for one in pool._workers}
    assert 2 == len(pool._workers)


def test_of_a_killed_process_only_its_piece_is_done_again(pool: ProcessPool, tmp_path: Path) -> None:
    assert doubled() == done_by(pool, DyingOnce(tmp_path))
    assert {piece: 1 + (piece == BAD) for piece in range(8)} == begun(tmp_path)


def test_a_process_that_was_killed_between_two_runs_is_replaced(pool: ProcessPool, tmp_path: Path) -> None:
    done_by(pool, Doubling(tmp_path))
    for worker in pool._workers:
        os.kill(worker.process.pid or 0, signal.SIGKILL)
    assert doubled() == done_by(pool, Doubling(tmp_path))


def test_a_piece_that_kills_two_processes_ends_the_run(pool: ProcessPool, tmp_path: Path) -> None:
    with pytest.raises(PolicyServiceError, match="Chunk 4 of 8 was begun 2 times") as refused:
        done_by(pool, Deadly(tmp_path))
    assert ("R519", 2) == (refused.value.code, begun(tmp_path)[BAD])


def test_what_a_piece_raised_is_raised_with_all_that_belongs_to_it(pool: ProcessPool, tmp_path: Path) -> None:
    with pytest.raises(MissingFact) as raised:
        done_by(pool, Failing(tmp_path))
    assert ("F999", ("net_worth",), "Nobody knows. [F999]") == (
        raised.value.code,
        raised.value.facts,
        str(raised.value),
    )


def test_what_cannot_be_told_is_told_in_words(pool: ProcessPool, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ValueError"):
        done_by(pool, Unspeakable(tmp_path))


def test_work_that_cannot_be_opened_is_told(pool: ProcessPool) -> None:
    with pytest.raises(FactError, match="Nobody is let in"):
        done_by(pool, Closed())


def test_a_run_stops_although_a_piece_does_not_end(pool: ProcessPool, tmp_path: Path) -> None:
    def everything_else_is_begun() -> bool:
        return (tmp_path / "begun").exists() and 4 == len(begun(tmp_path))

    with pytest.raises(RequestError) as stopped:
        done_by(pool, Endless(tmp_path), pieces=4, stop=everything_else_is_begun)
    assert "R518" == stopped.value.code
    assert [] == [one for one in pool._workers if one.place is not None]


def test_the_processes_end_when_the_one_that_started_them_is_killed(tmp_path: Path) -> None:
    """Nobody is left to close them."""
    program = (
        "from pathlib import Path\n"
        "from simulations.executors.process_pool import ProcessPool\n"
        "from tests.simulations.executors.works import Doubling, done_by\n"
        "import sys, time\n"
        "if __name__ == '__main__':\n"
        f"    pool = ProcessPool(1); done_by(pool, Doubling(Path({str(tmp_path)!r})))\n"
        "    print('done', flush=True); time.sleep(600)\n"
    )
    file = tmp_path / "starts.py"
    file.write_text(program)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(file)], stdout=subprocess.PIPE, env=environment, cwd=ROOT) as first:
        assert first.stdout is not None
        first.stdout.readline()
        first.kill()
    (left,) = processes_of(tmp_path)
    until = monotonic() + 60
    while monotonic() < until and _is_there(left):
        sleep(0.05)
    assert not _is_there(left)


def _is_there(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    # It has ended, and nobody has asked how.
    return state != "Z"
