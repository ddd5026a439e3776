"""A company in a database of its own on PostgreSQL: the sample ledger, the default policy in force, one key."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from benchmarks.counts import Counts
from benchmarks.sample import SEED, sample_orders
from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Role
from policy_service.running import now, open_house
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from policy_service.services.ledger_in.importing import import_folder
from policy_service.settings import read_settings
from policy_service.storage.models.orders import COUNTED, AskedOrder
from tests.api.house import store_key, store_person
from tests.storage.postgres import running_server

#: More than anybody can send.
_UNLIMITED = 10_000_000
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Company:
    """The house over its database, the settings under which workers serve it, a key, and orders to ask about."""

    house: House
    settings: Mapping[str, str]
    key: str
    orders: tuple[tuple[str, str], ...]

    def take_orders_back(self) -> None:
        """Cancel every order that counts, so that customers do not pile up more of them than customers do."""
        with self.house.database.writing() as session:
            session.execute(update(AskedOrder).where(COUNTED).values(state="cancelled", cause="cancelled"))


@contextmanager
def company(counts: Counts) -> Iterator[Company]:
    """Give a company for as long as the block lasts; NoPostgreSQL where there is none."""
    with running_server() as server, TemporaryDirectory() as made:
        url = server.create()
        settings = {
            "DATABASE_URL": url,
            "WEB_CONCURRENCY": str(WORKERS),
            "LOG_FORMAT": "json",
            "WRITER_NAME": "benchmark",
            "UPLOAD_DIR": str(Path(made) / "uploads"),
        }
        house = open_house(read_settings(settings))
        try:
            yield _furnished(house, settings, Path(made) / "ledger", counts)
        finally:
            house.close()
            server.drop(url)


def _furnished(house: House, settings: Mapping[str, str], folder: Path, counts: Counts) -> Company:
    generate(SampleCompany(counts.customers, counts.invoices, SEED), folder)
    import_folder(house, folder, Act("benchmark", now()))
    _run_the_day(house)
    store_person(house, "shop", Role.SYSTEM)
    key = store_key(house, "shop", requests_per_minute=_UNLIMITED)
    return Company(house, settings, key, sample_orders(counts.customers, counts.invoices))


def _run_the_day(house: House) -> None:
    # Else a worker would, while it is measured.
    act = Act("benchmark", now())
    run_day(house, business_day(act.at, house.settings.zone), act)
