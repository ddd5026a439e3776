"""`policy snapshot`: a ledger prepared once, so that every run upon it starts at once."""

from pathlib import Path

import click

from policy_service.cli import output
from policy_service.cli.ledger_options import ledger_options, policy_option


@click.command("snapshot")
@ledger_options
@policy_option
@click.option("--out", "destination", type=click.Path(path_type=Path), required=True, help="The folder to make.")
def snapshot_command(
    ledger_folder: Path | None, mapping: str | None, policy_name: str | None, destination: Path
) -> None:
    """Prepare a ledger for simulations: name the folder as their --ledger."""
    # What simulations stand on takes a while to load, which other commands need not wait for.
    from simulations.cli.preparing import prepare  # noqa: PLC0415

    prepared = prepare(ledger_folder, mapping, policy_name, destination)
    output.out.print(prepared)
