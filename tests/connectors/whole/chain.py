"""A house connected with a stand-in by the shipped mapping: pulls go through the whole chain, over real sockets.

Waiting takes no time: the clocks of both sides go on by it.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Final

import httpx
from cryptography.fernet import Fernet

from policy_service.connectors.port import System
from policy_service.connectors.systems import open_connector
from policy_service.domain.acting import Act
from policy_service.domain.entries import Ledger
from policy_service.domain.instants import SECOND, Instant
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.connections.pulling import pull
from policy_service.services.connections.setting_up import (
    Changes,
    NewConnection,
    change,
    check,
    connect,
    keep_connection_mapping,
    shipped_mapping,
)
from policy_service.services.connections.world import World
from policy_service.services.house import House
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.pull_store import StoredPull
from tests.connectors.stand_ins import StandIn
from tests.connectors.whole.truth import books_of, differences, invoices_of_crm, truth_of
from tests.plain_http import NO_CERTIFICATES
from tests.services.decisions.live import person

KEY: Final = Fernet.generate_key().decode()
SHOP: Final[Actor] = person("shop", Role.SYSTEM)
#: So many rows are asked for at once, of systems that let one choose.
PAGE_ROWS: Final = "100"
#: Tokens of Zoho are counted for ten minutes, in all of this process: each house begins that long after the one before.
_AFTER: Final = 700
_HOUSES: Final = count()
_RULES: Final = Path(__file__).parents[3] / "rules"


@dataclass(slots=True)
class Clock:
    """The present, put forward by every wait."""

    ahead: float = 0.0
    waited: list[float] = field(default_factory=list)

    def now(self) -> Instant:
        """Return the present instant."""
        return time.time_ns() // 1_000 + round(self.ahead * SECOND)

    def monotonic(self) -> float:
        """Return seconds since some moment."""
        return time.monotonic() + self.ahead


def system_of(stand_in: StandIn) -> System:
    """Return which system a stand-in stands in for."""
    return System(stand_in.sign_in["system"].replace("-", "_"))


def account_of(stand_in: StandIn) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the settings and secrets of a connection with a stand-in."""
    said = stand_in.sign_in
    match system_of(stand_in):
        case System.FXIAOKE:
            settings = {
                "origin": stand_in.origin,
                "app_id": said["appId"],
                "open_user_id": said["currentOpenUserId"],
                "calls_in_20_seconds": "10000",
                "page_rows": PAGE_ROWS,
            }
            return settings, {"app_secret": said["appSecret"], "permanent_code": said["permanentCode"]}
        case System.ZOHO_BOOKS:
            settings = {"organization_id": said["organization_id"], "calls_a_minute": "1000"}
        case _:
            settings = {}
    zoho = {"accounts_origin": stand_in.origin, "client_id": said["client_id"], **settings}
    return zoho, {name: said[name] for name in ("client_secret", "refresh_token")}


class Chain:
    """A house with one connection to a stand-in."""

    def __init__(self, house: House, stand_in: StandIn, mapping: str = "") -> None:
        self.house = house
        self.stand_in = stand_in
        self.clock = Clock()
        self.name = system_of(stand_in).value
        self._pulls = 0
        self._reads_all = False
        self.sleep(_AFTER * next(_HOUSES))
        house.settings = replace(
            house.settings, connections_key=(KEY,), connector_origins=(stand_in.origin,), rules_dir=_RULES
        )
        house.world = World(self.clock.now, self.clock.monotonic, self.sleep, lambda: 0.5, open_connector)
        settings, secrets = account_of(stand_in)
        with house.database.writing() as session:
            new = NewConnection(self.name, system_of(stand_in), settings, secrets)
            connect(house, session, new, SHOP, self.act())
        self.keep(mapping or shipped_mapping(house, system_of(stand_in)))

    def read_all(self) -> None:
        """Read what the shipped mapping leaves off, too."""
        shipped = shipped_mapping(self.house, System(self.name))
        if self.name == System.ZOHO_CRM.value:
            self.keep(shipped.replace("is_on: false", "is_on: true"))
            self._reads_all = True

    def act(self) -> Act:
        """Return a doing of the connection's owner, now."""
        return Act("shop", self.clock.now())

    def keep(self, mapping: str) -> None:
        """Keep another mapping."""
        with self.house.database.writing() as session:
            keep_connection_mapping(self.house, session, self.name, mapping, SHOP, self.act())

    def set(self, **settings: str) -> None:
        """Change settings of the connection."""
        before, _ = account_of(self.stand_in)
        with self.house.database.writing() as session:
            changes = Changes({**before, **settings})
            change(self.house, session, self.name, changes, SHOP, self.act())

    def check(self) -> str:
        """Return what the connection reaches."""
        return check(self.house, self.name, SHOP, self.act())

    def pull(self) -> StoredPull:
        """Pull to the end, or to the error."""
        self._pulls += 1
        return pull(self.house, self.name, self.act(), f"pull-{self._pulls}", lambda _rows: None)

    def differences(self) -> list[str]:
        """Return what the ledger in force has otherwise than the stand-in."""
        truth = invoices_of_crm(self.stand_in) if self._reads_all else truth_of(self.stand_in)
        return differences(truth, books_of(self.ledger()))

    def ledger(self) -> Ledger | None:
        """Return the ledger in force; none before there is one."""
        with self.house.database.reading() as session:
            store = LedgerStore(session)
            return store.load_ledger() if store.head() else None

    def stop_faults(self) -> None:
        """Let nothing more go wrong."""
        httpx.delete(
            f"{self.stand_in.origin}/_stand_in/faults", trust_env=False, timeout=60, verify=NO_CERTIFICATES
        ).raise_for_status()

    def sleep(self, seconds: float) -> None:
        """Let time go on, on both sides."""
        self.clock.waited.append(seconds)
        whole = math.ceil(seconds)
        self.clock.ahead += whole
        self.stand_in.forward(whole)
