"""A Dask cluster on this machine: a scheduler and workers, each a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from simulations.executors.dask_cluster import DaskCluster

ROOT = Path(__file__).parents[3]
_PATIENCE = 60.0


@dataclass(frozen=True)
class Cluster:
    """The address of a scheduler, and the processes of its workers."""

    address: str
    workers: tuple["subprocess.Popen[bytes]", ...]


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """Give a cluster of so many workers, of one thread each."""
    file = folder / "scheduler.json"
    with ExitStack() as started:
        options = ("--no-dashboard", "--no-show", "--scheduler-file", str(file))
        started.enter_context(_running("dask_scheduler", "--host", "127.0.0.1", "--port", "0", *options))
        address = _address(file)
        alone = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--local-directory", str(folder))
        processes = tuple(started.enter_context(_running("dask_worker", address, *alone)) for _ in range(workers))
        _wait_for(address, workers)
        yield Cluster(address, processes)


@contextmanager
def _running(program: str, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    # It says much to nobody, and what it warns of is its own.
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", f"distributed.cli.{program}", *options]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_for(address: str, workers: int) -> None:
    until = monotonic() + _PATIENCE
    with closing(DaskCluster(address)) as executor:
        while not executor.has_workers(workers):
            assert monotonic() < until, "The workers did not start."
            sleep(0.05)


def _address(file: Path) -> str:
    until = monotonic() + _PATIENCE
    while monotonic() < until:
        if file.exists() and (text := file.read_text()):
            return str(json.loads(text)["address"])
        sleep(0.05)
    raise AssertionError("The scheduler did not start.")
