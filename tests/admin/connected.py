"""The connections of the company: one of each kind, as they stand after some weeks; no other process is asked."""

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import Connector, System
from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY, SECOND, Instant
from policy_service.domain.permissions import Role
from policy_service.services.connections.noticing import CHANNEL, TOKEN
from policy_service.services.connections.pulling import pull
from policy_service.services.connections.secrets import Vault
from policy_service.services.connections.setting_up import (
    Changes,
    NewConnection,
    change,
    connect,
    keep_connection_mapping,
    shipped_mapping,
)
from policy_service.services.connections.world import World
from policy_service.services.connections.writing_back import push
from policy_service.services.connections.writing_back_switch import look_at
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore
from policy_service.storage.notice_store import NoticeStore
from tests.services.connections.small_system import KEY, SmallConnector, SmallSystem, Spark
from tests.services.decisions.live import person

_SHOP: Final = person("manager", Role.SYSTEM)
_CUSTOMERS: Final = 12
#: Rows of a folder, most of which are gone the next time.
_MANY, _FEW = 70, 9
_ZOHO: Final = {"accounts_origin": "https://accounts.zoho.com", "client_id": "1000.ABC"}
_KEPT: Final = {"client_secret": "s3cret", "refresh_token": "t0ken"}


@dataclass
class _Office:
    """The house with its clock, and what each of its systems holds."""

    house: House
    at: Instant
    systems: dict[System, SmallSystem]

    def act(self) -> Act:
        self.at += SECOND
        return Act(_SHOP.person, self.at)

    def do(self, verb: Callable[..., Any], *what: Any) -> Any:
        with self.house.database.writing() as session:
            return verb(self.house, session, *what, _SHOP, self.act())

    def connect(self, name: str, system: System, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self.do(connect, NewConnection(name, system, settings, secrets))
        self.do(keep_connection_mapping, name, shipped_mapping(self.house, system))

    def pull(self, name: str) -> None:
        # What a pull is refused for is kept with it.
        with suppress(ConnectorError):
            pull(self.house, name, self.act(), "worker", lambda _rows: None)

    def open(self, system: System, _account: Account, _means: Means) -> Connector:
        return SmallConnector(self.systems[system], Spark())


def connect_systems(house: House, at: Instant) -> None:
    """Let the house have a connection of each kind, with runs, rows left out, a dry run and notices, by an instant."""
    house.settings = replace(
        house.settings, connections_key=(KEY,), connections_public_url="https://credit.example.test"
    )
    office = _Office(house, at - 600 * SECOND, {system: SmallSystem(page_size=500) for system in System})
    house.world = World(lambda: office.at, lambda: 0.0, lambda _: None, random.Random(1).random, office.open)
    _fxiaoke(office)
    _zoho_crm(office)
    _zoho_books(office)
    _drop_folder(office)


def _fxiaoke(office: _Office) -> None:
    """Pulled, with rows left out by the import and the mapping, and a dry run that nobody has looked at."""
    there = office.systems[System.FXIAOKE]
    for number in range(1, _CUSTOMERS + 1):
        _id = f"C{number:09}"
        there.put("AccountObj", _id, _id=_id, name=f"客户 {number}", life_status="normal", credit_limit__c="100000.00")
        there.put(
            "SalesOrderObj", f"S{number}", _id=f"S{number}", account_id=_id, order_time=1_735_689_600_000,
            order_amount="1200.00", life_status="normal",
        )  # fmt: skip
        # Of the last ones the instalment has no day that it is due on, or is not approved.
        plan = {"plan_payment_time": None} if number > _CUSTOMERS - 2 else {"plan_payment_time": 1_740_787_200_000}
        status = "ineffective" if number == 1 else "normal"
        there.put(
            "PaymentPlanObj", f"P{number}", _id=f"P{number}", account_id=_id, order_id=f"S{number}",
            plan_payment_amount="1200.00", life_status=status, **plan,
        )  # fmt: skip
    settings = {"app_id": "FSAID_1", "open_user_id": "FSUID_1"}
    office.connect("crm_cn", System.FXIAOKE, settings, {"app_secret": "s3cret", "permanent_code": "c0de"})
    office.pull("crm_cn")
    office.do(change, "crm_cn", Changes(schedule_minutes=30, is_on=True))
    push(office.house, "crm_cn", office.act(), "worker", lambda _done, _total: None, is_dry=True)


def _zoho_crm(office: _Office) -> None:
    """Told of changes, and written back to: of some rows that is refused."""
    there = office.systems[System.ZOHO_CRM]
    for number in range(1, _CUSTOMERS + 1):
        there.put("Accounts", f"C{number:09}", Account_Name=f"Account {number}", Account_Type="Customer")
    there.refusing = {"C000000002": ("RECORD_LOCKED", "record is locked")}
    office.connect("crm_abroad", System.ZOHO_CRM, {**_ZOHO, "notices": "on"}, _KEPT)
    office.pull("crm_abroad")
    run = push(office.house, "crm_abroad", office.act(), "worker", lambda _done, _total: None, is_dry=True)
    office.do(look_at, run.push_id)
    office.do(change, "crm_abroad", Changes(schedule_minutes=60, is_on=True, writes_back=True))
    push(office.house, "crm_abroad", office.act(), "worker", lambda _done, _total: None, is_dry=False)
    with office.house.database.writing() as session:
        number = ConnectionStore(session).load("crm_abroad").connection_id
        token = Vault(office.house.settings, number).encrypted(CHANNEL, {TOKEN: "of-the-channel"})
        NoticeStore(session, number).move(
            channel_id="1000000068001", token=token, watched="a" * 64, expires_at=office.at + 7 * DAY,
            next_try_at=office.at + 3 * DAY, taken=42, last_notice_at=office.at, woken_at=office.at,
        )  # fmt: skip


def _zoho_books(office: _Office) -> None:
    """Connected, without a mapping, and not reached so far."""
    office.systems[System.ZOHO_BOOKS].put("contacts", "1", contact_id="1", contact_name="Ada", contact_type="customer")
    office.do(connect, NewConnection("books", System.ZOHO_BOOKS, _ZOHO, _KEPT))


def _drop_folder(office: _Office) -> None:
    """Stopped, as most of its rows are gone."""
    there = office.systems[System.DROP_FOLDER]
    for number in range(_MANY):
        there.put("customers", f"D{number:03}", customer_id=f"D{number:03}", name=f"Small {number}", country="CN")
    office.connect("export", System.DROP_FOLDER, {"folder": "erp/export"}, {})
    office.do(change, "export", Changes(schedule_minutes=15, is_on=True))
    office.pull("export")
    for number in range(_FEW, _MANY):
        there.delete("customers", f"D{number:03}")
    office.pull("export")
