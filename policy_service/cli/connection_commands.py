"""`policy connect`: systems of the company connected and looked into, as a named person."""

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import click
from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, changing_as, open_house, work_in
from policy_service.cli.pull_commands import left_out_command, rejected_command, runs_command
from policy_service.connectors.port import System
from policy_service.domain.instants import instant_text
from policy_service.language.yaml_text.strict_yaml import text_of_yaml_file
from policy_service.services.connections import runs as run_service
from policy_service.services.connections import setting_up
from policy_service.services.connections.discovering import discover, proposed
from policy_service.storage.connection_store import StoredConnection

#: So long a system is waited for that lets one wait.
_PATIENCE_SECONDS = 120.0
_NAME = click.argument("name")
_JSON = click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
_SET = click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting; may be repeated.")
_SECRET = click.option(
    "--secret", "secrets", multiple=True, metavar="NAME", help="A secret, asked for; may be repeated."
)
_SECRETS_FILE = click.option(
    "--secrets-file", type=click.File("r", encoding="utf-8"), help="A file of lines NAME=VALUE, - for standard input."
)


@click.group("connect")
def connect_group() -> None:
    """Connect other systems, and look at what came of it."""


for _command in (runs_command, rejected_command, left_out_command):
    connect_group.add_command(_command)


@connect_group.command("add")
@_NAME
@click.option("--system", type=click.Choice([one.value for one in System]), required=True, help="Its kind.")
@_SET
@_SECRET
@_SECRETS_FILE
@as_option
def add_command(
    name: str, system: str, settings: tuple[str, ...], secrets: tuple[str, ...], secrets_file: TextIO | None, login: str
) -> None:
    """Store connection NAME; it is off, and nothing is asked over there yet."""
    new = setting_up.NewConnection(name, System(system), _values(settings), _asked(secrets, secrets_file))
    with changing_as(login) as work:
        setting_up.connect(work.house, work.session, new, work.actor, work.act)
    output.out.print(escape(f"{name} is stored. Try it: policy connect check {name}"))


@connect_group.command("change")
@_NAME
@_SET
@_SECRET
@_SECRETS_FILE
@click.option("--every", type=click.IntRange(0, setting_up.MOST_MINUTES), help="Minutes between pulls; 0: by hand.")
@click.option("--on/--off", "is_on", default=None, help="Whether it is pulled by itself.")
@click.option("--write-back/--no-write-back", "writes_back", default=None, help="Whether anything is written there.")
@as_option
def change_command(
    name: str,
    settings: tuple[str, ...],
    secrets: tuple[str, ...],
    secrets_file: TextIO | None,
    every: int | None,
    is_on: bool | None,
    writes_back: bool | None,
    login: str,
) -> None:
    """Change connection NAME; what is not named stays."""
    asked = _asked(secrets, secrets_file)
    with changing_as(login) as work:
        before = run_service.overview(work.session, name, work.actor).connection
        given = {**before.settings, **_values(settings)} if settings else None
        changes = setting_up.Changes(given, asked, every, is_on, writes_back)
        changed = setting_up.change(work.house, work.session, name, changes, work.actor, work.act)
    output.out.print(escape(_said(changed)))


@connect_group.command("list")
@_JSON
@as_option
def list_command(as_json: bool, login: str) -> None:
    """List the connections; secrets are shown nowhere."""
    with changing_as(login) as work:
        found = setting_up.connections(work.session, work.actor)
    if as_json:
        output.write_json([_plain(one) for one in found])
        return
    for one in found:
        output.out.print(escape(_said(one)))


@connect_group.command("check")
@_NAME
@as_option
def check_command(name: str, login: str) -> None:
    """Sign in over there, and say what connection NAME reaches."""
    with open_house() as house:
        work = work_in(house, login)
        output.out.print(escape(setting_up.check(house, name, work.actor, work.act)))


@connect_group.command("objects")
@_NAME
@click.argument("object_name", required=False)
@_JSON
@as_option
def objects_command(name: str, object_name: str | None, as_json: bool, login: str) -> None:
    """List what can be pulled from connection NAME, or the fields of one OBJECT_NAME of it."""
    with open_house() as house:
        actor = work_in(house, login).actor
        if object_name:
            fields = setting_up.remote_fields(house, name, object_name, actor)
            rows = [{"name": one.name, "title": one.title, "kind": one.kind.value} for one in fields]
        else:
            objects = setting_up.remote_objects(house, name, actor)
            rows = [{"name": one.name, "title": one.title} for one in objects]
    if as_json:
        output.write_json(rows)
        return
    for row in rows:
        output.out.print(escape("  ".join(row.values())))


@connect_group.command("map")
@_NAME
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--shipped", is_flag=True, help="Take the mapping that ships for its system.")
@click.option("--propose", is_flag=True, help="Write out one that fits what is over there; keep nothing.")
@as_option
def map_command(name: str, file: Path | None, shipped: bool, propose: bool, login: str) -> None:
    """Keep the mapping in FILE for connection NAME; without FILE, --shipped or --propose write out the one kept."""
    if sum((file is not None, shipped, propose)) > 1:
        raise click.UsageError("Give FILE, --shipped or --propose, not several.")
    if propose:
        click.echo(_proposed(name, login), nl=False)
        return
    with changing_as(login) as work:
        connection = run_service.overview(work.session, name, work.actor).connection
        if not (file or shipped):
            click.echo(connection.mapping, nl=False)
            return
        system = System(connection.system)
        text = text_of_yaml_file(file) if file else setting_up.shipped_mapping(work.house, system)
        setting_up.keep_connection_mapping(
            work.house, work.session, name, text, work.actor, work.act, file=file.name if file else ""
        )
    output.out.print(escape(f"The mapping of {name} is kept. Pull: policy pull {name}"))


def _proposed(name: str, login: str) -> str:
    with open_house() as house:
        work = work_in(house, login)
        with house.database.reading() as session:
            system = System(run_service.overview(session, name, work.actor).connection.system)
        return proposed(house, system, discover(house, name, work.actor, _PATIENCE_SECONDS))


def _values(given: Iterable[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for one in given:
        name, is_one, value = one.partition("=")
        if not (name and is_one):
            # What stands there may be a secret that strayed.
            raise click.UsageError("Write NAME=VALUE.")
        values[name.strip()] = value.strip()
    return values


def _asked(names: Iterable[str], file: TextIO | None) -> dict[str, str]:
    lines = (line.strip() for line in file) if file else iter(())
    values = _values(line for line in lines if line and not line.startswith("#"))
    return values | {name: click.prompt(name, hide_input=True, err=True) for name in names}


def _said(one: StoredConnection) -> str:
    every = f"every {one.schedule_minutes} minutes" if one.schedule_minutes else "by hand"
    writes = ", writes back" if one.writes_back else ""
    mapping = "" if one.mapping else ", has no mapping yet"
    return f"{one.name}  {one.system}  {'on' if one.is_on else 'off'}, {every}{writes}{mapping}"


def _plain(one: StoredConnection) -> dict[str, object]:
    return {
        "name": one.name,
        "system": one.system,
        "settings": dict(one.settings),
        "is_on": one.is_on,
        "schedule_minutes": one.schedule_minutes,
        "writes_back": one.writes_back,
        "has_mapping": bool(one.mapping),
        "changed_at": instant_text(one.changed_at),
        "changed_by": one.changed_by,
    }
