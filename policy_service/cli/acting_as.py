"""Whom a command acts as: a person of the database, with what the roles allow; and the house it works in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import click
from sqlalchemy.orm import Session

from policy_service import running
from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.logs import set_up_logs_of_commands
from policy_service.running import now
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.people import actor_of
from policy_service.settings import Settings, read_settings

#: The commands of all machines write one chain each, of records and of acts.
WRITER: Final = "commands"

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Work:
    """What a command works with, in one transaction: the house, who acts, and as which act."""

    house: House
    session: Session
    actor: Actor
    act: Act


def as_option(command: Command) -> Command:
    """Give a command the option --as, handed over as `login`."""
    option = click.option("--as", "login", default="", metavar="LOGIN", help="Whom to act as. Default: POLICY_USER.")
    return option(command)


@contextmanager
def open_house(settings: Settings | None = None) -> Iterator[House]:
    """Give the house of a command over the database of the settings; it is closed at the end.

    What is worth a warning there goes to the error stream.
    """
    set_up_logs_of_commands()
    house = running.open_house(settings or read_settings())
    house.writer = WRITER
    try:
        yield house
    finally:
        house.close()


@contextmanager
def changing_as(login: str, note: str = "") -> Iterator[Work]:
    """Give what a command changes with, in one transaction, as the person of that login, else of POLICY_USER.

    AccessError A402 if there is no such active person.
    """
    with open_house() as house, house.database.writing() as session:
        yield work_as(house, session, login, note)


def work_in(house: House, login: str) -> Work:
    """Return the same for what opens transactions of its own: the session it comes with has ended."""
    with house.database.reading() as session:
        return work_as(house, session, login)


def work_as(house: House, session: Session, login: str, note: str = "") -> Work:
    """Return what the person of that login, else of POLICY_USER, works with; AccessError A402 as for `changing_as`."""
    named = login or house.settings.policy_user
    if not named:
        raise AccessError("A402", "Nobody is named to act as.", remedy="Name one with --as LOGIN or POLICY_USER.")
    actor = actor_of(session, named)
    return Work(house, session, actor, Act(actor.person, now(), note=note))
