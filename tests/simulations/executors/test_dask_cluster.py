"""The workers of a Dask cluster do every piece; a whole run by one is in `runs/test_divided_runs.py`."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from policy_service.domain.errors import MissingFact, RequestError, SettingsError
from simulations.executors.dask_cluster import DaskCluster
from tests.simulations.executors.clusters import Cluster, cluster
from tests.simulations.executors.works import BAD, Doubling, DyingOnce, Failing, begun, done_by, doubled, processes_of


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Give a cluster of two workers."""
    with cluster(tmp_path_factory.mktemp("cluster"), 2) as made:
        yield made


@pytest.fixture
def workers(running: Cluster) -> Iterator[DaskCluster]:
    """Give the executor of that cluster."""
    with closing(DaskCluster(running.address)) as executor:
        yield executor


@pytest.mark.long
def test_every_piece_is_done_once_by_the_workers(workers: DaskCluster, running: Cluster, tmp_path: Path) -> None:
    assert doubled() == done_by(workers, Doubling(tmp_path))
    assert {1} == set(begun(tmp_path).values())
    assert processes_of(tmp_path) <= {one.pid for one in running.workers}


@pytest.mark.long
def test_what_a_piece_raised_is_raised_with_all_that_belongs_to_it(workers: DaskCluster, tmp_path: Path) -> None:
    with pytest.raises(MissingFact) as raised:
        done_by(workers, Failing(tmp_path))
    assert ("F999", ("net_worth",)) == (raised.value.code, raised.value.facts)


@pytest.mark.long
def test_a_run_stops_when_it_is_told_to(workers: DaskCluster, tmp_path: Path) -> None:
    with pytest.raises(RequestError) as stopped:
        done_by(workers, Doubling(tmp_path), stop=lambda: True)
    assert "R518" == stopped.value.code


@pytest.mark.long
def test_the_piece_of_a_killed_worker_is_done_by_another(workers: DaskCluster, tmp_path: Path) -> None:
    """Whoever is first to do it is killed; the worker that is left does all others, too."""
    assert doubled() == done_by(workers, DyingOnce(tmp_path))
    assert 2 == begun(tmp_path)[BAD]


@pytest.mark.long
def test_a_cluster_without_workers_is_refused(tmp_path: Path) -> None:
    with (
        cluster(tmp_path, 0) as made,
        closing(DaskCluster(made.address)) as executor,
        pytest.raises(SettingsError) as refused,
    ):
        done_by(executor, Doubling(tmp_path))
    assert "R522" == refused.value.code


def test_an_address_at_which_there_is_no_scheduler_is_refused(tmp_path: Path) -> None:
    executor = DaskCluster("tcp://127.0.0.1:9", seconds_to_connect=0.5)
    with pytest.raises(SettingsError) as refused:
        done_by(executor, Doubling(tmp_path))
    assert "R521" == refused.value.code
