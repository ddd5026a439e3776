"""`policy seek`: values of parameters that meet a goal."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from policy_service.cli import output
from policy_service.cli.lazy_group import loading_modules
from simulations.cli.search_options import search_options

_MOST_RUNS = 400


@click.command("seek")
@click.option("--goal", "goals", multiple=True, required=True, metavar="CONDITION", help='"bad_debt_ratio <= 0.4%".')
@click.option("--keep", "kept", multiple=True, metavar="CONDITION", help='"held_amount <= +1%": of what it is now.')
@click.option(
    "--parameters", multiple=True, required=True, metavar="NAME[=LOW..HIGH[/STEP]],...", help="What may be turned."
)
@click.option("--judge-from", type=output.DAY, help="The first day that judges; default: two thirds into the window.")
@search_options(_MOST_RUNS)
def seek_command(
    goals: tuple[str, ...],
    kept: tuple[str, ...],
    parameters: tuple[str, ...],
    judge_from: date | None,
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
    """Search for values of parameters that meet a goal in one period, and judge them by a later one.

    Exit code 1 if none is found, if those found fail the later period, or if the live engines decide an order of a
    sample otherwise.
    """
    # Compiled code takes a second to load, which other commands need not wait for.
    with loading_modules():
        from simulations.cli.searching import SearchAsked  # noqa: PLC0415
        from simulations.cli.seeking import run_search  # noqa: PLC0415
        from simulations.runs.assumptions import assumed  # noqa: PLC0415

    asked = SearchAsked(
        policy_name, ledger_folder, mapping, assumed(given), stress, json_file, csv_file, threads, language
    )
    names = [name for text in parameters for name in text.split(",")]
    raise click.exceptions.Exit(run_search(asked, names, goals, kept, judge_from, runs))
