"""Connections that are told of changes: Zoho CRM with a channel, and Fxiaoke with the keys of the protocol's vector."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from policy_service.connectors.port import System
from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.services.connections.noticing import CHANNEL, TOKEN, take_notice
from policy_service.services.connections.secrets import Vault
from policy_service.services.connections.setting_up import (
    Changes,
    NewConnection,
    change,
    connect,
    keep_connection_mapping,
)
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection, StoredState
from policy_service.storage.notice_store import NoticeStore, StoredChannel
from tests.connectors.fxiaoke import sealing
from tests.services.connections.small_system import KEY, SYSTEM
from tests.services.decisions.live import SETTINGS

#: The instant of the protocol's vector.
STAMPED: Final = int(sealing.STAMP) * 1_000
OURS: Final = "s3cret-of-the-channel"
CHANNEL_ID: Final = "1000000068001"
PUBLIC: Final = "https://credit.example.com"


def with_connections(house: House) -> House:
    """Let the house have connections, and an address under which it is reached."""
    house.settings = replace(house.settings, connections_key=(KEY,), connections_public_url=PUBLIC)
    return house


def add(house: House, name: str, system: System, at: Instant = 1, **secrets: str) -> StoredConnection:
    """Connect a system that is on, is pulled by hand, and tells of changes, with its shipped mapping."""
    act = Act("shop", at)
    text = (Path(SETTINGS.rules_dir) / "connectors" / f"{system.value}.yaml").read_text("utf-8")
    with house.database.writing() as session:
        connect(house, session, NewConnection(name, system, {"notices": "on"}, secrets), SYSTEM, act)
        keep_connection_mapping(house, session, name, text, SYSTEM, act)
        return change(house, session, name, Changes(is_on=True), SYSTEM, act)


def add_zoho(house: House, name: str = "crm") -> StoredConnection:
    """Connect Zoho CRM, whose channel is agreed."""
    connection = add(house, name, System.ZOHO_CRM)
    token = Vault(house.settings, connection.connection_id).encrypted(CHANNEL, {TOKEN: OURS})
    with house.database.writing() as session:
        store = NoticeStore(session, connection.connection_id)
        store.move(channel_id=CHANNEL_ID, token=token, watched="agreed", expires_at=10**18)
    return connection


def add_fxiaoke(house: House, name: str = "fxk") -> StoredConnection:
    """Connect Fxiaoke, which calls back."""
    return add(house, name, System.FXIAOKE, callback_token=sealing.TOKEN, callback_key=sealing.ENCODING_KEY)


def of_zoho(**changed: object) -> bytes:
    """Return a notice of Zoho CRM."""
    said = {
        "server_time": 1718115953625,
        "module": "Invoices",
        "ids": ["5725767000003000010", "5725767000003000011"],
        "operation": "update",
        "channel_id": CHANNEL_ID,
        "token": OURS,
    }
    return json.dumps({**said, **changed}).encode()


def of_fxiaoke(kind: str = "Message", nonce: str = "n1", stamp: str = sealing.STAMP) -> bytes:
    """Return a callback of Fxiaoke; as it is that of the protocol's vector."""
    message = sealing.MESSAGE.replace("Message", kind)
    return sealing.signed(sealing.sealed(sealing.padded(sealing.plain_of(message))), stamp, nonce)


def take(house: House, name: str, body: bytes, at: Instant = STAMPED) -> str:
    """Take a notice at an instant, and return the answer."""
    return take_notice(house, name, body, Act("system", at), lambda _name: None)


def channel_of(house: House, connection: StoredConnection) -> StoredChannel:
    """Return what is arranged."""
    with house.database.reading() as session:
        return NoticeStore(session, connection.connection_id).channel()


def state_of(house: House, connection: StoredConnection) -> StoredState:
    """Return how far a connection is."""
    with house.database.reading() as session:
        return ConnectionStore(session).state(connection.connection_id)


def due(house: House, at: Instant) -> tuple[str, ...]:
    """Return the connections whose time to be pulled has come."""
    with house.database.reading() as session:
        return ConnectionStore(session).due(at)
