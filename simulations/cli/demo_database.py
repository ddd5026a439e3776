"""The database that `policy demo` leaves to `policy serve`: the sample company at work, one change handed in."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich import box
from rich.markup import escape
from rich.table import Table
from sqlalchemy.engine import make_url

from policy_service.cli import output
from policy_service.cli.acting_as import WRITER
from policy_service.cli.demo_days import PEOPLE, Calendar, found_company, live
from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.running import new_id
from policy_service.services.background_jobs import work_one
from policy_service.services.house import House
from policy_service.services.people import actor_of
from policy_service.services.policy_life import submitting
from policy_service.services.policy_life.drafts import draft_from_files
from policy_service.services.policy_life.files import files_in, read_files
from policy_service.settings import Settings
from policy_service.storage.database import Database
from policy_service.storage.migrate import set_up
from policy_service.storage.policy_store import PolicyVersion
from simulations.jobs.asking import ask, examine
from simulations.jobs.plain_request import plain_request
from simulations.jobs.work import SIMULATION_WORK

#: Who proposes the change of the policy.
_AUTHOR: Final = "manager"
_BY: Final = "demo"
_YEAR: Final = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Company:
    """The sample company: its ledger, the policy with one dial turned, the amount of each customer's next order."""

    ledger_folder: Path
    changed: Path
    amounts: Mapping[str, str]


def leave_in_database(settings: Settings, company: Company, today: dt.date, clock: Callable[[], Instant]) -> None:
    """Leave the company in the embedded database, if there is none yet, and write who can sign in.

    It has lived until `today`, by the `clock`.
    """
    file = file_of(settings)
    if file is None:
        output.out.print("DATABASE_URL names a database that is no file: the console's company is not put there.")
        return
    if file.exists():
        output.out.print(f"The database {escape(str(file))} is there already and stays as it is.")
        return
    _show_people(file, fill(settings, file, company, today, clock))


def file_of(settings: Settings) -> Path | None:
    """Return the file of the embedded database; none where the database is a server, or kept in memory."""
    url = make_url(settings.database_url)
    if url.drivername != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def fill(
    settings: Settings, file: Path, company: Company, today: dt.date, clock: Callable[[], Instant]
) -> Mapping[str, str]:
    """Leave the company in a database file that is not there yet; return the one-time passwords by login."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    file.parent.mkdir(parents=True, exist_ok=True)
    _remove(unfinished)
    house = House(settings, Database(f"sqlite:///{unfinished}"), new_id, WRITER)
    try:
        set_up(house.database)
        calendar = Calendar(house, today, clock)
        passwords = found_company(house, company.ledger_folder, calendar)
        with output.progress("Living the company's last days") as advance:
            live(house, calendar, company.amounts, advance)
        _propose(house, company.changed, today, clock)
    finally:
        house.close()
    # Whoever stops the demo leaves no database that is half a company.
    unfinished.rename(file)
    return passwords


def _show_people(file: Path, passwords: Mapping[str, str]) -> None:
    output.out.print(
        f"\n[bold]The database {escape(str(file))} holds this company now, with people made up for the demo.[/bold] "
        "Each signs in once with this password, within a day, then chooses one. They are written here only:"
    )
    table = Table("login", "role", "one-time password", box=box.SIMPLE)
    for login, password in passwords.items():
        table.add_row(login, PEOPLE[login].replace("_", " "), escape(password))
    output.out.print(table)
    output.out.print("Now: ./run serve, and sign in as manager at http://127.0.0.1:8080/console/")


def _propose(house: House, changed: Path, today: dt.date, clock: Callable[[], Instant]) -> None:
    policy_id = house.settings.default_policy
    read = read_files(policy_id, files_in(changed), house.settings.rules_dir)
    with house.database.writing() as session:
        actor = actor_of(session, _AUTHOR)
        draft = draft_from_files(house, session, read, actor, Act(_AUTHOR, clock()))
    _simulate(house, draft, today, clock)
    with house.database.reading() as session:
        examined = submitting.examine(house, session, policy_id, draft.number, draft.revision)
    if not examined.check.is_green:
        # Of another policy, or of a change that somebody made: it stays in work.
        return
    with house.database.writing() as session:
        why = "Orders are held later after the due date: see the simulation of it."
        submitting.submit(house, session, examined, why, actor_of(session, _AUTHOR), Act(_AUTHOR, clock()))


def _simulate(house: House, draft: PolicyVersion, today: dt.date, clock: Callable[[], Instant]) -> None:
    request = plain_request(draft.policy_id, draft.number, today - _YEAR, today)
    with house.database.reading() as session:
        examined = examine(session, "simulation", request, clock())
    with house.database.writing() as session:
        ask(house, session, examined, actor_of(session, _AUTHOR), Act(_AUTHOR, clock()))
    work_one(house, tuple(SIMULATION_WORK.handlers), _BY, clock, SIMULATION_WORK.handlers)


def _remove(unfinished: Path) -> None:
    # What a demo that was stopped had made, with the files that SQLite keeps beside it.
    for each in unfinished.parent.glob(f"{unfinished.name}*"):
        each.unlink()
