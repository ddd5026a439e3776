"""The company that the demo sets up: in a database of its own, with a few people, and reached by nobody else."""

import datetime as dt
import random
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from policy_service.cli.acting_as import WRITER
from policy_service.cli.crm_demo.stand_ins import StandIn
from policy_service.cli.demo_days import found_people
from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day, start_of_day
from policy_service.domain.permissions import Role
from policy_service.running import BY_ITSELF, new_id, now
from policy_service.services.actor import Actor
from policy_service.services.connections.world import World, open_any
from policy_service.services.house import House
from policy_service.services.people import actor_of
from policy_service.services.seeding import seed
from policy_service.settings import Settings
from policy_service.storage.database import Database
from policy_service.storage.migrate import set_up

#: Who works here; whoever may change people comes last, as that ends the founding.
PEOPLE: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "integrator": Role.SYSTEM,
        "checker": Role.SYSTEM,
        "shop": Role.SYSTEM,
        "analyst": Role.ANALYST,
        "manager": Role.CREDIT_MANAGER,
        "finance": Role.FINANCE_HEAD,
        "admin": Role.ADMIN,
    }
)
#: Who connects, pulls and writes back; who looks at what would be written; who asks for orders.
INTEGRATOR, CHECKER, SHOP = "integrator", "checker", "shop"
#: Who reviews, and who stops somebody's credit.
ANALYST, MANAGER = "analyst", "manager"
#: The company decides by this policy, in this time zone, whatever the settings of the machine say.
POLICY, ZONE = "manufacturer_cn", "Asia/Shanghai"
_FILE: Final = "sample_crms.db"
_KEY: Final = "connections.key"
_ENVIRONMENT: Final = "serve.env"
_BESIDE: Final = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo keeps what it leaves: a folder of its own."""

    folder: Path

    @property
    def database(self) -> Path:
        """The database of the company."""
        return self.folder / _FILE

    @property
    def environment(self) -> Path:
        """The settings under which the service finds the company again, as lines that a shell reads."""
        return self.folder / _ENVIRONMENT


@dataclass(frozen=True, slots=True)
class Company:
    """The company at work: its house, its passwords for one sign-in, and the day that it lives on."""

    house: House
    passwords: Mapping[str, str]
    today: dt.date

    def actor(self, login: str, session: Session | None = None) -> Actor:
        """Return what a person may do."""
        if session is not None:
            return actor_of(session, login)
        with self.house.database.reading() as reading:
            return actor_of(reading, login)

    def act(self, login: str) -> Act:
        """Return what a person does now."""
        return Act(login, now())


def today_of(settings: Settings) -> dt.date:
    """Return the present day of the company."""
    return business_day(now(), settings.zone)


@contextmanager
def new_company(settings: Settings, place: Place, stand_ins: Sequence[StandIn]) -> Iterator[Company]:
    """Give a company that may reach these stand-ins; its database stays, in place of an earlier one, if all went well.

    It is kept under another name until then: whoever stops the demo leaves no database that is half a company.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    unfinished = place.database.with_suffix(".unfinished")
    _remove(unfinished)
    key = Fernet.generate_key().decode()
    settings = replace(
        settings,
        database_url=f"sqlite:///{unfinished}",
        connections_key=(key,),
        connector_origins=tuple(one.origin for one in stand_ins),
    )
    house = House(settings, Database(settings.database_url), new_id, WRITER)
    house.world = World(now, time.monotonic, time.sleep, random.random, open_any)
    try:
        set_up(house.database)
        today = today_of(settings)
        begins = start_of_day(today, settings.zone)
        with house.database.writing() as session:
            seed(house, session, settings.rules_dir, Act(BY_ITSELF, begins))
        yield Company(house, found_people(house, PEOPLE, begins), today)
    except BaseException:
        house.close()
        _remove(unfinished)
        raise
    house.close()
    # A file beside the old database would be taken for one of the new.
    _remove(place.database)
    unfinished.rename(place.database)
    _keep_settings(place, settings, key)


def _keep_settings(place: Place, settings: Settings, key: str) -> None:
    file = place.folder / _KEY
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(key + "\n", "ascii")
    said = {
        "DATABASE_URL": f"sqlite:///{place.database.resolve()}",
        "CONNECTIONS_KEY_FILE": str(file.resolve()),
        "CONNECTOR_ORIGINS": ",".join(settings.connector_origins),
        "DEFAULT_POLICY": settings.default_policy,
        "COMPANY_TIME_ZONE": settings.company_time_zone,
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in said.items()]
    place.environment.write_text("\n".join(lines) + "\n", "utf-8")


def _remove(file: Path) -> None:
    for suffix in _BESIDE:
        file.with_name(file.name + suffix).unlink(missing_ok=True)
