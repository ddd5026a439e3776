"""A company's CRM pulled from nothing beside a bare loop, then once more after ten changes; the ledger compared."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.fernet import Fernet

from benchmarks.pulls.measured import Taken, environment
from benchmarks.sample import SEED
from policy_service.connectors.port import System
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.running import now, open_house
from policy_service.services.connections.setting_up import (
    NewConnection,
    connect,
    keep_connection_mapping,
    shipped_mapping,
)
from policy_service.services.house import House
from policy_service.settings import Settings, read_settings
from policy_service.storage.ledger_store import LedgerStore
from tests.connectors.stand_ins import Json, StandIn, stand_in
from tests.connectors.whole.chain import account_of, system_of
from tests.connectors.whole.truth import books_of, differences, invoices_of_crm, truth_of
from tests.services.decisions.live import person

ROOT: Final = Path(__file__).parents[2]
#: What changes before the next pull: the object with the receivables, and what each of ten gets.
CHANGED: Final = 10
_CHANGES: Final[dict[System, tuple[str, dict[str, Json]]]] = {
    System.ZOHO_CRM: ("Invoices", {"Due_Date": "2026-05-05"}),
    System.FXIAOKE: ("PaymentPlanObj", {"plan_payment_amount": "5000.00"}),
    System.ZOHO_BOOKS: ("invoices", {"due_date": "2026-05-05"}),
}
_INVOICES_OF_A_CUSTOMER: Final = 50
_FIRST, _NEXT = "first.txt", "next.txt"
_NAME: Final = "pulled"


@dataclass(frozen=True, slots=True)
class Beside:
    """What the first pull took, the bare loop with the same requests before and after it, and the next pull."""

    system: System
    invoices: int
    first: Taken
    bare: tuple[Taken, ...]
    following: Taken


def side_by_side(system: System, invoices: int) -> Beside:
    """Pull a company with so many invoices; RuntimeError if the ledger is not what its CRM holds, to id and cent."""
    customers = max(invoices // _INVOICES_OF_A_CUSTOMER, 1)
    with (
        stand_in(system.value.replace("_", "-"), customers, invoices, SEED, tokens_in_10_minutes=0) as there,
        TemporaryDirectory() as made,
        _connected(there, Path(made)) as house,
        _pulling(house.settings, Path(made)) as pulling,
    ):
        first = _told(pulling, _FIRST)
        bare = tuple(_bare(Path(made) / _FIRST) for _ in range(2))
        _refuse_other(there, house, invoices)
        name, values = _CHANGES[system]
        there.change(name, touch=CHANGED, **{"with": values})
        following = _told(pulling, _NEXT)
        _refuse_other(there, house, invoices)
    return Beside(system, invoices, first, bare, following)


def _told(pulling: "subprocess.Popen[str]", file: str) -> Taken:
    assert pulling.stdin
    assert pulling.stdout
    pulling.stdin.write(f"{file}\n")
    pulling.stdin.flush()
    return Taken(**json.loads(pulling.stdout.readline()))


def _bare(file: Path) -> Taken:
    command = [sys.executable, "-m", "benchmarks.pulls.bare", str(file)]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Taken(**json.loads(ran.stdout))


@contextmanager
def _connected(there: StandIn, folder: Path) -> Iterator[House]:
    settings = read_settings({"DATABASE_URL": f"sqlite:///{folder}/policy.db"})
    key = Fernet.generate_key().decode()
    house = open_house(replace(settings, connections_key=(key,), connector_origins=(there.origin,)))
    try:
        given, secrets = account_of(there)
        system, act = system_of(there), Act("shop", now())
        new = NewConnection(_NAME, system, given, secrets)
        mapping = shipped_mapping(house, system)
        if _is_crm(system):
            # Its invoices are left off, as most companies have an accounts package that has them, too.
            mapping = mapping.replace("is_on: false", "is_on: true")
        shop = person("shop", Role.SYSTEM)
        with house.database.writing() as session:
            connect(house, session, new, shop, act)
            keep_connection_mapping(house, session, _NAME, mapping, shop, act)
        yield house
    finally:
        house.close()


@contextmanager
def _pulling(settings: Settings, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    given = environment(
        DATABASE_URL=settings.database_url,
        CONNECTIONS_KEY=settings.connections_key[0],
        CONNECTOR_ORIGINS=settings.connector_origins[0],
    )
    command = [sys.executable, "-m", "benchmarks.pulls.ours", _NAME, str(folder)]
    begun = partial(subprocess.Popen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with begun(command, cwd=ROOT, env=given) as pulling:
        try:
            yield pulling
        finally:
            pulling.kill()


def _refuse_other(there: StandIn, house: House, invoices: int) -> None:
    with house.database.reading() as session:
        here = books_of(LedgerStore(session).load_ledger())
    truth = invoices_of_crm(there) if _is_crm(system_of(there)) else truth_of(there)
    found = differences(truth, here)
    if found or len(truth.invoices) < invoices // 2:
        raise RuntimeError(f"{len(found)} of {len(truth.invoices)} invoices differ, the first: {found[:3]}")


def _is_crm(system: System) -> bool:
    return system is System.ZOHO_CRM
