"""The options by which a command is told who does its runs."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from policy_service.settings import read_settings

if TYPE_CHECKING:
    from simulations.executors.choosing import Workforce

_Command = TypeVar("_Command", bound=Callable[..., object])
_MOST = 64


def executor_options(command: _Command) -> _Command:
    """Give a command `--threads`, `--executor`, `--processes`, `--scheduler` and `--checkpoints`."""
    for option in (
        click.option(
            "--checkpoints",
            type=click.Path(path_type=Path, file_okay=False),
            help="Keep finished chunks there while the run lasts; the same run, started again, goes on from them.",
        ),
        click.option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster; default: SIMULATION_SCHEDULER."),
        click.option("--processes", type=click.IntRange(1, _MOST), help="Default: as many as there are processors."),
        click.option(
            "--executor",
            type=click.Choice(["in-process", "processes", "dask"]),
            help="Who does the run. Default: in-process, or the cluster that SIMULATION_SCHEDULER names.",
        ),
        click.option("--threads", type=click.IntRange(1, _MOST), help="Default: as many as there are processors."),
    ):
        command = option(command)
    return command


def workforce_of(given: Mapping[str, Any]) -> "Workforce":
    """Return who does the runs, by the names of `executor_options`."""
    # Commands that run nothing need not wait for the simulator.
    from simulations.executors.choosing import ExecutorKind, Workforce  # noqa: PLC0415

    processors = os.cpu_count() or 1
    scheduler = given["scheduler"] or read_settings().simulation_scheduler
    chosen = given["executor"] or ("dask" if scheduler else "in-process")
    return Workforce(
        ExecutorKind(chosen),
        given["threads"] or processors,
        given["processes"] or processors,
        scheduler,
        may_fork=hasattr(os, "fork"),
    )
