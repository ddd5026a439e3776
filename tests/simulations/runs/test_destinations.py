"""Results are written whole or not at all."""

import errno
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from policy_service.domain.errors import RequestError
from simulations.report import workbook
from simulations.report.page.writing import page_of
from simulations.runs import destinations
from simulations.runs.destinations import Destinations, check_destinations, write_results
from simulations.runs.simulation import Simulation
from tests.simulations.runs.simulated import simulated

NAME = "Who moves between approved and refused"


def everywhere(folder: Path) -> Destinations:
    """Return a destination of every kind in that folder."""
    return Destinations(*(folder / f"report.{ending}" for ending in ("json", "csv", "parquet", "xlsx", "html")))


def test_every_kind_is_written(tmp_path: Path) -> None:
    simulation, files = simulated(NAME), everywhere(tmp_path)
    write_results(simulation, files)
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == json.loads(json.dumps(simulation.report))
    customers = len(simulation.comparison.customers.ids)
    assert customers + 1 == len((tmp_path / "report.csv").read_text("utf-8").splitlines())
    assert customers == pq.read_table(tmp_path / "report.parquet").num_rows
    assert b"PK" == (tmp_path / "report.xlsx").read_bytes()[:2]
    assert (tmp_path / "report.html").read_text("utf-8") == page_of(simulation.comparison, simulation.circumstances)
    assert {file.name for file in files.named().values()} == {one.name for one in tmp_path.iterdir()}


def test_the_page_is_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    simulation = simulated(NAME)
    write_results(simulation, Destinations(html=tmp_path / "report.html", language="zh"))
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page == page_of(simulation.comparison, simulation.circumstances, "zh")


def test_a_disk_that_fills_up_leaves_nothing_and_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last file of several fails: the others are not there either, and an earlier result stays."""

    def full(_file: Path, *_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "report.json").write_text("before")
    monkeypatch.setattr(workbook, "write_workbook", full)
    with pytest.raises(RequestError, match="No space left on device") as refused:
        write_results(simulated(NAME), everywhere(tmp_path))
    assert ("R513", "report.xlsx") == (refused.value.code, refused.value.place.file)
    assert {"report.json": "before"} == {one.name: one.read_text() for one in tmp_path.iterdir()}


def test_to_be_stopped_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_file: Path, *_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workbook, "write_workbook", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_results(simulated(NAME), everywhere(tmp_path))
    assert [] == list(tmp_path.iterdir())


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_to_be_killed_while_writing_leaves_nothing_that_looks_like_a_result(tmp_path: Path) -> None:
    """What a killed process could not take away is hidden and says what it is."""
    simulation = simulated(NAME)
    killed = get_context("fork").Process(target=_written_until_killed, args=(simulation, everywhere(tmp_path)))
    killed.start()
    killed.join()
    assert -signal.SIGKILL == killed.exitcode
    left = [one.name for one in tmp_path.iterdir()]
    assert 4 == len(left)
    assert all(name.startswith(".report.") and name.endswith(".partial") for name in left)


def _written_until_killed(simulation: Simulation, files: Destinations) -> None:
    destinations._WRITERS = {**destinations._WRITERS, "xlsx": lambda *_: os.kill(os.getpid(), signal.SIGKILL)}  # type: ignore[misc]
    write_results(simulation, files)


@pytest.mark.parametrize("name", ["there/is/none.json", "."])
def test_a_place_that_cannot_be_written_to_is_refused_before_anything_is_run(tmp_path: Path, name: str) -> None:
    with pytest.raises(RequestError) as refused:
        check_destinations(Destinations(json=tmp_path / name))
    assert "R513" == refused.value.code


def test_two_results_in_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="another result goes there, too"):
        check_destinations(Destinations(json=tmp_path / "a", csv=tmp_path / "b" / ".." / "a"))


def test_looking_at_a_place_leaves_nothing_there(tmp_path: Path) -> None:
    check_destinations(everywhere(tmp_path))
    assert [] == list(tmp_path.iterdir())


def test_what_is_no_file_is_written_into_and_stays(tmp_path: Path) -> None:
    """A pipe is fed, not replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_bytes)
        write_results(simulated(NAME), Destinations(json=pipe))
        assert simulated(NAME).comparison.key == json.loads(read.result())["run"]["key"]
    assert pipe.is_fifo()


def test_a_device_without_room_is_refused_and_no_file_is_left(tmp_path: Path) -> None:
    files = Destinations(json=Path("/dev/full"), csv=tmp_path / "report.csv")
    with pytest.raises(RequestError, match="No space left on device") as refused:
        write_results(simulated(NAME), files)
    assert ("R513", []) == (refused.value.code, list(tmp_path.iterdir()))
    assert Path("/dev/full").is_char_device()


def test_a_result_behind_a_link_goes_where_the_link_points(tmp_path: Path) -> None:
    link, real = tmp_path / "latest.json", tmp_path / "reports" / "one.json"
    real.parent.mkdir()
    link.symlink_to(real)
    write_results(simulated(NAME), Destinations(json=link))
    assert (True, True) == (link.is_symlink(), real.is_file())
