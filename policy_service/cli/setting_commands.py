"""`policy setting`: what the company has settled, and changes that two people make."""

import json

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, changing_as, open_house
from policy_service.services.company_settings import company_settings, plain_settings
from policy_service.services.setting_changes import agree_to_setting, propose_setting, withdraw_setting
from policy_service.storage.settings_store import SettingsStore


@click.group("setting")
def setting_group() -> None:
    """See and change what the company has settled; a change takes two people."""


@setting_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write settings and open proposals as JSON.")
def list_command(as_json: bool) -> None:
    """List what is in force, and the proposals that are open."""
    with open_house() as house, house.database.reading() as session:
        settings = plain_settings(company_settings(session))
        proposals = SettingsStore(session).open_proposals()
    said = [
        {"change_id": each.change_id, "name": each.name, "value": json.loads(each.value), "by": each.proposed_by}
        for each in proposals
    ]
    if as_json:
        output.write_json({"settings": settings, "proposals": said})
        return
    table = Table("setting", "value", "proposed", "by", "proposal", box=box.SIMPLE)
    for name, value in settings.items():
        mine = [each for each in said if each["name"] == name] or [{}]
        for each in mine:
            proposed = json.dumps(each["value"]) if each else ""
            cells = (name, json.dumps(value), proposed, each.get("by", ""), each.get("change_id", ""))
            table.add_row(*(escape(str(cell)) for cell in cells))
    output.out.print(table)


@setting_group.command("propose")
@click.argument("name")
@click.argument("value", metavar="JSON")
@click.option("--note", default="", help="Why.")
@as_option
def propose_command(name: str, value: str, note: str, login: str) -> None:
    """Propose another value, written as JSON; another person then agrees to it."""
    try:
        given = json.loads(value)
    except ValueError as error:
        raise click.BadParameter('Write JSON, such as 2, true or "06:00".', param_hint="JSON") from error
    with changing_as(login, note) as work:
        change = propose_setting(work.house, work.session, name, given, work.actor, work.act)
    output.out.print(
        escape(f"Proposed. Another person agrees: policy setting agree {name} {change.change_id} --as LOGIN")
    )


@setting_group.command("agree")
@click.argument("name")
@click.argument("change_id")
@as_option
def agree_command(name: str, change_id: str, login: str) -> None:
    """Agree to another person's proposal: it is in force from now on."""
    with changing_as(login) as work:
        change = agree_to_setting(work.house, work.session, name, change_id, work.actor, work.act)
    output.out.print(escape(f"{name} is {change.value}."))


@setting_group.command("withdraw")
@click.argument("name")
@click.argument("change_id")
@as_option
def withdraw_command(name: str, change_id: str, login: str) -> None:
    """Take a proposal back."""
    with changing_as(login) as work:
        withdraw_setting(work.house, work.session, name, change_id, work.actor, work.act)
    output.out.print(escape(f"The proposal for {name} is withdrawn."))
