"""`policy person`: people and their roles, from the first ones on."""

from typing import Final

import click
from rich import box
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from policy_service.cli import output
from policy_service.cli.acting_as import as_option, changing_as, open_house, work_as
from policy_service.cli.whole_lists import whole_list
from policy_service.domain.acting import Act
from policy_service.domain.instants import instant_text
from policy_service.domain.permissions import Role
from policy_service.running import now, one_time_password
from policy_service.services.house import House
from policy_service.services.people import (
    NewPerson,
    Person,
    add_person,
    deactivate,
    found_person,
    people_behind,
    the_person,
)
from policy_service.services.roles import (
    FOUNDER,
    SENSITIVE,
    agree_to_role,
    found_role,
    give_role,
    is_being_founded,
    rescue_role,
    withdraw_role,
)
from policy_service.services.sign_in.passwords import agree_to_password, found_password, give_password

_ROLE: Final = click.Choice([role.value for role in Role])
_PERSON: Final = click.argument("person", metavar="LOGIN")


@click.group("person")
def person_group() -> None:
    """Add people, and propose, grant and withdraw their roles."""


@person_group.command("add")
@_PERSON
@click.option("--name", required=True, help="The person's name.")
@click.option("--email", default="", help="The person's address.")
@click.option("--role", "roles", type=_ROLE, multiple=True, help="A role to grant or to propose; may be repeated.")
@as_option
def add_command(person: str, name: str, email: str, roles: tuple[str, ...], login: str) -> None:
    """Add a person, with roles; the first people of a new database need nobody to act as."""
    new, wanted = NewPerson(person, name, email), tuple(Role(role) for role in roles)
    with open_house() as house, house.database.writing() as session:
        added = _added(house, session, new, wanted, login)
    _show_roles(added)


def _added(house: House, session: Session, new: NewPerson, roles: tuple[Role, ...], login: str) -> Person:
    if is_being_founded(session) and not (login or house.settings.policy_user):
        return found_person(house, session, new, roles, Act(FOUNDER, now()))
    work = work_as(house, session, login)
    add_person(house, session, new, work.actor, work.act)
    for role in roles:
        grant = found_role if role in SENSITIVE and is_being_founded(session) else give_role
        grant(house, session, new.login, role, work.actor, work.act)
    return the_person(session, new.login)


@person_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write people and roles as JSON.")
def list_command(as_json: bool) -> None:
    """List people with their roles."""
    with open_house() as house, house.database.reading() as session:
        people = whole_list(lambda last, limit: people_behind(session, last.stored.login if last else "", limit))
    if as_json:
        output.write_json([_plain(person) for person in people])
        return
    table = Table("login", "name", "email", "active", "roles", box=box.SIMPLE)
    for person in people:
        stored = person.stored
        cells = (stored.login, stored.name, stored.email, "yes" if stored.is_active else "no", _roles_text(person))
        table.add_row(*map(escape, cells))
    output.out.print(table)


@person_group.command("role")
@_PERSON
@click.argument("role", type=_ROLE)
@click.option("--withdraw", is_flag=True, help="Take the role, or its proposal, away.")
@as_option
def role_command(person: str, role: str, withdraw: bool, login: str) -> None:
    """Grant a role, or propose a sensitive one, such as approver; another person then agrees."""
    with changing_as(login) as work:
        if withdraw:
            withdraw_role(work.house, work.session, person, Role(role), work.actor, work.act)
        else:
            is_founding = Role(role) in SENSITIVE and is_being_founded(work.session)
            grant = found_role if is_founding else give_role
            grant(work.house, work.session, person, Role(role), work.actor, work.act)
        changed = the_person(work.session, person)
    _show_roles(changed)


@person_group.command("agree")
@_PERSON
@click.argument("role", type=_ROLE)
@as_option
def agree_command(person: str, role: str, login: str) -> None:
    """Agree to a role that another person proposed."""
    with changing_as(login) as work:
        agree_to_role(work.house, work.session, person, Role(role), work.actor, work.act)
        changed = the_person(work.session, person)
    _show_roles(changed)


@person_group.command("rescue")
@_PERSON
@click.option("--note", required=True, help="Why: who of those who could agree is lost.")
@as_option
def rescue_command(person: str, note: str, login: str) -> None:
    """Make a person an admin on one person's word, where nobody is left to agree: marked and audited."""
    with changing_as(login) as work:
        rescue_role(work.house, work.session, person, note, work.actor, work.act)
        changed = the_person(work.session, person)
    _show_roles(changed)


@person_group.command("password")
@_PERSON
@as_option
def password_command(person: str, login: str) -> None:
    """Give a person a password for one sign-in to the console within a day; it is written out once."""
    password = one_time_password()
    asks = False
    with open_house() as house, house.database.writing() as session:
        if is_being_founded(session) and not (login or house.settings.policy_user):
            found_password(house, session, person, password, Act(FOUNDER, now()))
        else:
            work = work_as(house, session, login)
            asks = give_password(house, session, person, password, work.actor, work.act)
    click.echo(password)
    if asks:
        click.echo(f"Another person agrees first: policy person agree-password {person} --as LOGIN", err=True)


@person_group.command("agree-password")
@_PERSON
@as_option
def agree_password_command(person: str, login: str) -> None:
    """Agree to a password that another person gave somebody with a sensitive role; from now on it counts."""
    with changing_as(login) as work:
        agree_to_password(work.house, work.session, person, work.actor, work.act)
    output.out.print(escape(f"{person} may sign in with it once."))


@person_group.command("deactivate")
@_PERSON
@as_option
def deactivate_command(person: str, login: str) -> None:
    """Make a person inactive: every key and role ends at once."""
    with changing_as(login) as work:
        deactivate(work.house, work.session, person, work.actor, work.act)
    output.out.print(escape(f"{person} is inactive; keys and roles have ended."))


def _show_roles(person: Person) -> None:
    login = person.stored.login
    output.out.print(escape(f"{login}: {_roles_text(person) or 'no role'}"))
    for each in person.roles:
        if each.state == "proposed":
            output.out.print(escape(f"  Another person agrees: policy person agree {login} {each.role} --as LOGIN"))


def _roles_text(person: Person) -> str:
    return ", ".join(each.role + (" (proposed)" if each.state == "proposed" else "") for each in person.roles)


def _plain(person: Person) -> dict[str, object]:
    stored = person.stored
    return {
        "login": stored.login,
        "name": stored.name,
        "email": stored.email,
        "active": stored.is_active,
        "created_at": instant_text(stored.created_at),
        "roles": [{"role": each.role, "state": each.state} for each in person.roles],
    }
