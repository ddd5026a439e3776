"""`policy simulate`: what history would have been under another policy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from policy_service.cli.ledger_options import ledger_options
from simulations.cli.assumption_options import assumption_options, stress_option
from simulations.cli.executor_options import executor_options, workforce_of
from simulations.cli.memory import keep_memory, seldom_collected, without_algebra_threads

_Command = TypeVar("_Command", bound=Callable[..., object])
_MOST_STEPS = 1_000_000


def _file(name: str, kind: str) -> Callable[[_Command], _Command]:
    return click.option(f"--{name}", f"{name}_file", type=click.Path(path_type=Path), help=f"Write {kind}.")


@click.command("simulate")
@ledger_options
@click.option("--baseline", required=True, help="A policy's name or folder, or `recorded`: today's practice.")
@click.option("--candidate", required=True, help="A policy's name or folder.")
@assumption_options
@click.option(
    "--capacity",
    "capacities",
    type=(str, click.IntRange(0, _MOST_STEPS)),
    metavar="ROLE STEPS",
    multiple=True,
    help="So many case steps a week that a role can take; may be said of several.",
)
@stress_option
@_file("json", "the report as JSON")
@_file("csv", "a line per customer")
@_file("parquet", "the same as Parquet")
@_file("xlsx", "the report as a workbook")
@_file("html", "the report as a page that stands alone")
@executor_options
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def simulate_command(
    ledger_folder: Path | None,
    mapping: str | None,
    baseline: str,
    candidate: str,
    capacities: tuple[tuple[str, int], ...],
    stress: tuple[str, ...],
    json_file: Path | None,
    csv_file: Path | None,
    parquet_file: Path | None,
    xlsx_file: Path | None,
    html_file: Path | None,
    checkpoints: Path | None,
    language: str,
    # The words of `assumption_options` and the rest of `executor_options`, by their names.
    **given: Any,
) -> None:
    """Replay the ledger's history under a candidate policy and a baseline, and say what would have been otherwise.

    Exit code 1 if the live engines decide an order of the sample otherwise: then the run has failed.
    """
    # Compiled code takes a second to load, which other commands need not wait for.
    keep_memory()
    without_algebra_threads()
    with seldom_collected():
        from simulations.runs.loading import loading_from_cache  # noqa: PLC0415

        with loading_from_cache() as loading:
            from simulations.cli.running import Asked, run_simulation  # noqa: PLC0415
            from simulations.runs.assumptions import assumed  # noqa: PLC0415

            asked = Asked(
                ledger_folder,
                mapping,
                baseline,
                candidate,
                assumed(given),
                capacities,
                stress,
                {"json": json_file, "csv": csv_file, "parquet": parquet_file, "xlsx": xlsx_file, "html": html_file},
                workforce_of(given),
                checkpoints,
                language,
            )
            raise click.exceptions.Exit(run_simulation(asked, loading))
