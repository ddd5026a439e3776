"""The options that sweeps and searches share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from policy_service.cli.ledger_options import ledger_options, policy_option
from simulations.cli.assumption_options import assumption_options, stress_option

_Command = TypeVar("_Command", bound=Callable[..., object])


def search_options(most_runs: int) -> Callable[[_Command], _Command]:
    """Add the policy, the ledger, the assumptions and the files of a search to a command."""

    def add(command: _Command) -> _Command:
        options: tuple[Callable[[Any], Any], ...] = (
            policy_option,
            ledger_options,
            click.option("--runs", type=click.IntRange(3, 100_000), default=most_runs, show_default=True),
            assumption_options,
            stress_option,
            click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the report as JSON."),
            click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write the figures as a table."),
            click.option("--threads", type=click.IntRange(1, 64), help="Default: as many as there are processors."),
            click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True),
        )
        for option in reversed(options):
            command = option(command)
        return command

    return add
