"""`policy simulation-worker`: the process that answers what an edit would change; the service begins it by itself."""

from pathlib import Path

import click


@click.command("simulation-worker")
@click.option(
    "--ledger",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A ledger prepared by `policy snapshot`. Default: the one in the database.",
)
@click.option("--supervised", is_flag=True, help="End when standard input does.")
def worker_command(folder: Path | None, *, supervised: bool) -> None:
    """Answer what edits would change, for the service of the same settings."""
    # What simulations stand on takes a while to load, which other commands need not wait for.
    from simulations.cli.working import work  # noqa: PLC0415

    work(folder, supervised=supervised)
