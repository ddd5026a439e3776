"""However a run is divided, whoever does it and whatever becomes of them, its report is the same to the last byte."""

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from policy_service.domain.errors import EngineFault, RequestError
from simulations.comparison.comparison import Question
from simulations.executors.dask_cluster import DaskCluster
from simulations.executors.in_process import Threads
from simulations.executors.process_pool import ProcessPool
from simulations.ledger_snapshot.files import write_snapshot
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import HeldOrders, Mode, Options
from simulations.report.contents import report_bytes
from simulations.runs.checkpoints import Checkpoints, checkpoints_in
from simulations.runs.chunks import ChunkWork, Merging, divided, work_of
from simulations.runs.replaying import Means, figures_of
from simulations.runs.simulation import Baseline, Candidate, Step, side_of, simulate
from simulations.runs.single_run import single_run
from tests.simulations.executors.clusters import cluster
from tests.simulations.executors.one_by_one import OneByOne
from tests.simulations.plain.cases import policy_of
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of

OPTIONS = Options(*WINDOW, Mode.CLOSED, HeldOrders.RELEASED, 7)
#: A chunk of so few orders is one customer.
FEW = 1


@cache
def ledger(seed: int = 8) -> Snapshot:
    """Return a ledger of seven customers."""
    return snapshot_of(history_of(seed, Shape(customers=7, invoices=4, has_groups=False)))


def report_of(baseline: Baseline, **means: Any) -> bytes:
    """Return the report of a candidate that decides much otherwise."""
    simulation = simulate(ledger(), baseline, Candidate(policy_of("busy_jumps")), OPTIONS, **means)
    assert simulation.is_confirmed
    return report_bytes(simulation.report)


@cache
def undivided(*, recorded: bool = True) -> bytes:
    """Return the report of a run that is one chunk."""
    return report_of(baseline(recorded=recorded), chunk_orders=10**9)


def baseline(*, recorded: bool = True) -> Baseline:
    """Return today's practice, or a policy."""
    return None if recorded else Candidate(policy_of("busy"))


def question() -> Question:
    """Return what most of these runs are about."""
    return Question(side_of(None), side_of(Candidate(policy_of("busy_jumps"))), ledger().hash, OPTIONS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the ledger's snapshot."""
    made = tmp_path_factory.mktemp("prepared") / "snapshot"
    write_snapshot(ledger(), made)
    return made


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPool]:
    """Give a process, which takes seconds to start."""
    with closing(ProcessPool(1)) as made:
        yield made


def test_the_runs_have_something_to_differ_in() -> None:
    assert 7 == len(divided(ledger(), question(), FEW))
    assert undivided() != undivided(recorded=False)
    assert 2 < len(msgspec.json.decode(undivided())["customers"])


@pytest.mark.parametrize(("recorded", "orders", "threads"), [(True, FEW, 1), (False, 4 * FEW, 3)])
def test_chunks_and_threads_change_nothing(recorded: bool, orders: int, threads: int) -> None:
    found = report_of(baseline(recorded=recorded), chunk_orders=orders, threads=threads)
    assert undivided(recorded=recorded) == found


@pytest.mark.parametrize("seed", [3, 8])
def test_chunks_of_whole_groups_change_nothing(seed: int) -> None:
    """Groups lie among other customers, and each is replayed as a whole."""
    snapshot = snapshot_of(history_of(seed, Shape(customers=7, invoices=4)))
    sides = (baseline(recorded=False), Candidate(policy_of("busy_groups")))
    whole, parts = (simulate(snapshot, *sides, OPTIONS, chunk_orders=orders) for orders in (10**9, FEW))
    assert 2 <= len(divided(snapshot, whole.comparison.question, FEW)) < 7
    assert (True, True) == (whole.is_confirmed, parts.is_confirmed)
    assert report_bytes(whole.report) == report_bytes(parts.report)


def test_a_mapped_snapshot_changes_nothing(folder: Path) -> None:
    assert undivided() == report_of(None, chunk_orders=FEW, folder=folder)


def test_processes_change_nothing(pool: ProcessPool) -> None:
    """They find the snapshot in a folder that is made for them."""
    assert undivided() == report_of(None, chunk_orders=FEW, executor=pool)


def test_a_killed_worker_changes_nothing(folder: Path, pool: ProcessPool) -> None:
    killed: list[int] = []

    def kill_one(step: Step, done: int, total: int) -> None:
        if step is Step.REPLAYING and 2 <= done < total and not killed:
            killed.extend(worker.process.pid or 0 for worker in pool._workers[:1])
            os.kill(killed[0], signal.SIGKILL)

    assert undivided() == report_of(None, chunk_orders=FEW, folder=folder, executor=pool, tell=kill_one)
    assert 1 == len(killed)
    assert killed[0] not in {worker.process.pid for worker in pool._workers}


def test_a_cluster_changes_nothing(folder: Path, tmp_path: Path) -> None:
    with cluster(tmp_path, 2) as made, closing(DaskCluster(made.address)) as executor:
        assert undivided() == report_of(None, chunk_orders=FEW, folder=folder, executor=executor)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_killed_run_goes_on_from_the_chunks_that_it_had(tmp_path: Path) -> None:
    killed = get_context("fork").Process(target=_run_until_killed, args=(tmp_path / "kept", 3))
    killed.start()
    killed.join()
    assert -signal.SIGKILL == killed.exitcode
    assert 3 == len(list((tmp_path / "kept").glob("*/*.chunk")))
    assert 3 == _chunks_of_a_run_that_goes_on(tmp_path / "kept")


def test_a_stopped_run_goes_on_from_the_chunks_that_it_had(tmp_path: Path) -> None:
    done = 0

    def tell(_: Step, chunks: int, __: int) -> None:
        nonlocal done
        done = chunks

    means = {"executor": OneByOne(), "checkpoints": tmp_path / "kept", "tell": tell, "stop": lambda: done == 2}
    with pytest.raises(RequestError) as told:
        report_of(None, chunk_orders=FEW, **means)
    assert "R518" == told.value.code
    assert 2 == _chunks_of_a_run_that_goes_on(tmp_path / "kept")


def test_a_damaged_chunk_is_done_again(tmp_path: Path) -> None:
    """Cut short, changed in one bit, or empty."""
    chunks = _keep_all(tmp_path / "kept")
    cut, changed, empty, *_ = sorted((tmp_path / "kept").glob("*/*.chunk"))
    cut.write_bytes(cut.read_bytes()[:-1])
    changed.write_bytes(changed.read_bytes()[:-1] + bytes([changed.read_bytes()[-1] ^ 1]))
    empty.write_bytes(b"")
    assert len(chunks) - 3 == _chunks_of_a_run_that_goes_on(tmp_path / "kept")


def test_what_was_kept_of_other_customers_or_another_run_is_not_believed(tmp_path: Path) -> None:
    chunks = _keep_all(tmp_path / "kept")
    first, second = (_checkpoints(tmp_path / "kept")._file(chunk) for chunk in chunks[:2])
    second.write_bytes(first.read_bytes())
    assert len(chunks) - 1 == _chunks_of_a_run_that_goes_on(tmp_path / "kept")


def test_a_folder_that_the_same_run_removes_elsewhere_is_made_again(tmp_path: Path) -> None:
    """Two of them are under way, and the other one has ended."""

    def remove_all(step: Step, done: int, _: int) -> None:
        if step is Step.REPLAYING and done == 2:
            shutil.rmtree(next((tmp_path / "kept").iterdir()))

    assert undivided() == report_of(None, chunk_orders=FEW, checkpoints=tmp_path / "kept", tell=remove_all)
    assert [] == list((tmp_path / "kept").iterdir())


def test_what_is_kept_is_what_was_found(tmp_path: Path) -> None:
    chunks, kept = _keep_all(tmp_path / "kept"), _checkpoints(tmp_path / "kept")
    for chunk in chunks:
        found = kept.found(chunk)
        assert found is not None
        assert kept._file(chunk).read_bytes()[32:] == _as_bytes(kept, chunk, found)


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(RequestError) as refused:
        report_of(None, checkpoints=Path("/proc/there/is/none"))
    assert "R525" == refused.value.code


def test_a_disk_that_fills_up_ends_the_run_and_what_was_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path, content: bytes) -> int:
        if list(file.parent.glob("*.chunk")):
            raise OSError(errno.ENOSPC, "No space left on device")
        with file.open("wb") as out:
            return out.write(content)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(RequestError, match="No space left") as refused:
            report_of(None, chunk_orders=FEW, checkpoints=tmp_path / "kept")
    assert "R525" == refused.value.code
    assert 1 == len([one for one in (tmp_path / "kept").rglob("*") if one.is_file()])
    assert 1 == _chunks_of_a_run_that_goes_on(tmp_path / "kept")


def test_results_add_up_in_whatever_order_they_come(tmp_path: Path) -> None:
    work, chunks = _work(), divided(ledger(), question(), FEW)
    do, kept = work.opened(), checkpoints_in(tmp_path, work)
    results = [do(chunk) for chunk in chunks]
    added = set()
    for seed in range(10):
        merging, places = Merging(), list(range(len(chunks)))
        Random(seed).shuffle(places)
        for place in places:
            merging.take(place, results[place])
        added.add(_as_bytes(kept, chunks[0], merging.whole()))
    assert 1 == len(added)


@pytest.mark.parametrize("recorded", [True, False])
def test_the_figures_of_both_sides_are_those_of_single_runs(recorded: bool) -> None:
    side = baseline(recorded=recorded)
    asked = Question(side_of(side), side_of(Candidate(policy_of("busy_jumps"))), ledger().hash, OPTIONS, draws=0)
    alone = [single_run(ledger(), one, OPTIONS, asked.costs) for one in (side, Candidate(policy_of("busy_jumps")))]
    assert tuple(alone) == figures_of(ledger(), asked, Means(Threads(2), orders=FEW))


def test_another_snapshot_than_was_asked_about_is_refused(tmp_path: Path) -> None:
    write_snapshot(ledger(9), tmp_path / "other")
    with pytest.raises(RequestError) as refused:
        report_of(None, folder=tmp_path / "other")
    assert "R523" == refused.value.code


def test_a_worker_of_another_version_is_refused() -> None:
    with pytest.raises(EngineFault) as refused:
        ChunkWork(ledger(), question(), _work().calendar, 7, (), version="0").opened()
    assert "R524" == refused.value.code


def _run_until_killed(kept: Path, chunks: int) -> None:
    def tell(_: Step, done: int, __: int) -> None:
        if done == chunks:
            os.kill(os.getpid(), signal.SIGKILL)

    report_of(None, chunk_orders=FEW, checkpoints=kept, tell=tell)


def _chunks_of_a_run_that_goes_on(kept: Path) -> int:
    told: list[int] = []

    def tell(step: Step, done: int, _: int) -> None:
        if step is Step.REPLAYING:
            told.append(done)

    assert undivided() == report_of(None, chunk_orders=FEW, checkpoints=kept, tell=tell)
    assert [] == list(kept.iterdir())
    return told[0]


def _work() -> ChunkWork:
    return work_of(question(), ledger(), ledger())


def _checkpoints(folder: Path) -> Checkpoints:
    return checkpoints_in(folder, _work())


def _keep_all(folder: Path) -> list[Any]:
    kept, do = _checkpoints(folder), _work().opened()
    kept.begin()
    chunks = list(divided(ledger(), question(), FEW))
    for chunk in chunks:
        kept.keep(chunk, do(chunk))
    return chunks


def _as_bytes(kept: Checkpoints, chunk: Any, result: Any) -> bytes:
    kept.begin()
    kept.keep(chunk, result)
    return kept._file(chunk).read_bytes()[32:]
