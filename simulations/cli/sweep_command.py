"""`policy sweep`: every figure over the range of a parameter."""

from pathlib import Path
from typing import Any

import click

from policy_service.cli.lazy_group import loading_modules
from simulations.cli.search_options import search_options

_MOST_RUNS = 200


@click.command("sweep")
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    required=True,
    metavar="NAME[=LOW..HIGH[/STEP]]",
    help="Given twice, or two names with a comma: a grid.",
)
@click.option("--figure", "figures", multiple=True, metavar="NAME", help="Show the steps of this figure.")
@search_options(_MOST_RUNS)
def sweep_command(
    parameters: tuple[str, ...],
    figures: tuple[str, ...],
    policy_name: str | None,
    ledger_folder: Path | None,
    mapping: str | None,
    runs: int,
    stress: tuple[str, ...],
    json_file: Path | None,
    csv_file: Path | None,
    threads: int | None,
    language: str,
    # The words of `assumption_options`, by their names.
    **given: Any,
) -> None:
    """Replay the ledger's history once for each value of a parameter, and show what every figure comes to.

    Exit code 1 if the live engines decide an order of a sample otherwise: then the runs have failed.
    """
    # Compiled code takes a second to load, which other commands need not wait for.
    with loading_modules():
        from simulations.cli.searching import SearchAsked  # noqa: PLC0415
        from simulations.cli.sweeping import run_sweep  # noqa: PLC0415
        from simulations.runs.assumptions import assumed  # noqa: PLC0415

    asked = SearchAsked(
        policy_name, ledger_folder, mapping, assumed(given), stress, json_file, csv_file, threads, language
    )
    names = [name for text in parameters for name in text.split(",")]
    raise click.exceptions.Exit(run_sweep(asked, names, figures, runs))
