"""`policy database` and `policy audit`: the tables, and whether anything was altered behind the service's back."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.markup import escape

from policy_service.cli import output
from policy_service.services.verification import Verification, found_as_data, logged_seals, verify
from policy_service.settings import read_settings
from policy_service.storage.database import Database
from policy_service.storage.migrate import require_current, upgrade
from policy_service.storage.seals import Seal


@click.group("database")
def database_group() -> None:
    """Look after the database that DATABASE_URL names."""


@database_group.command("upgrade")
def upgrade_command() -> None:
    """Bring the tables to those of this version of the program; make them in an empty database."""
    database = Database(read_settings().database_url)
    try:
        upgrade(database)
    finally:
        database.close()
    output.out.print("The database has the tables of this version.")


@database_group.command("check")
def check_command() -> None:
    """Check that the tables are of this version, and verify every chain and seal; exit code 1 if one is broken."""
    found = _verified(None)
    _show(found)
    raise click.exceptions.Exit(0 if found.is_intact else 1)


@click.group("audit")
def audit_group() -> None:
    """Verify the chains of decisions and of acts."""


@audit_group.command("verify")
@click.option("--writer", help="The chains of one writer. Default: of every one.")
@click.option(
    "--log",
    "logs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A log of the service, kept elsewhere: what it says was sealed is verified too. May be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="Write what was found as JSON.")
def verify_command(writer: str | None, logs: tuple[Path, ...], as_json: bool) -> None:
    """Read every record again, and say what was altered, taken out or written anew; exit code 1 if anything was."""
    found = _verified(writer, [seal for log in logs for seal in _seals_in(log)])
    if as_json:
        output.write_json(found_as_data(found))
    else:
        _show(found)
    raise click.exceptions.Exit(0 if found.is_intact else 1)


def _seals_in(log: Path) -> Iterator[Seal]:
    with log.open(encoding="utf-8", errors="replace") as lines:
        yield from logged_seals(lines)


def _verified(writer: str | None, logged: Sequence[Seal] = ()) -> Verification:
    settings = read_settings()
    database = Database(settings.database_url)
    try:
        require_current(database)
        with database.reading() as session:
            return verify(session, settings, writer, logged)
    finally:
        database.close()


def _show(found: Verification) -> None:
    for broken in found.broken:
        output.out.print(f"[red]broken[/red] {escape(str(broken))}")
    records = sum(head.sequence for _, head in found.chains)
    said = f"{output.plural(len(found.chains), 'chain')} with {output.plural(records, 'record')}"
    seals = "seals verified" if found.seals_checked else "seals not verified: no SEAL_KEY"
    output.out.print(escape(f"{said}: {'intact' if found.is_intact else 'BROKEN'} ({seals})."))
