"""`policy database` and `policy audit`: the tables, and whether anything was altered behind the service's back."""

import click
from rich.markup import escape

from policy_service.cli import output
from policy_service.services.verification import Verification, found_as_data, verify
from policy_service.settings import read_settings
from policy_service.storage.database import Database
from policy_service.storage.migrate import require_current, upgrade


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
@click.option("--json", "as_json", is_flag=True, help="Write what was found as JSON.")
def verify_command(writer: str | None, as_json: bool) -> None:
    """Read every record again, and say what was altered, taken out or written anew; exit code 1 if anything was."""
    found = _verified(writer)
    if as_json:
        output.write_json(found_as_data(found))
    else:
        _show(found)
    raise click.exceptions.Exit(0 if found.is_intact else 1)


def _verified(writer: str | None) -> Verification:
    settings = read_settings()
    database = Database(settings.database_url)
    try:
        require_current(database)
        with database.reading() as session:
            return verify(session, settings, writer)
    finally:
        database.close()


def _show(found: Verification) -> None:
    for broken in found.broken:
        output.out.print(f"[red]broken[/red] {escape(str(broken))}")
    records = sum(head.sequence for _, head in found.chains)
    said = f"{output.plural(len(found.chains), 'chain')} with {output.plural(records, 'record')}"
    seals = "seals verified" if found.seals_checked else "seals not verified: no SEAL_KEY"
    output.out.print(escape(f"{said}: {'intact' if found.is_intact else 'BROKEN'} ({seals})."))
