"""A connector opened for a stored connection: its account decrypted, its token shared, its waiting interruptible."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import Connector, System
from policy_service.services.connections.kept_token import TokenOfConnection
from policy_service.services.connections.secrets import Vault
from policy_service.services.house import House
from policy_service.storage.connection_store import StoredConnection

#: What secrets are encrypted for.
SECRETS: Final = "secrets"
#: The setting that says whether the system tells of changes; which account it is does not depend on it.
NOTICES: Final = "notices"
#: Waiting is done in pieces of so many seconds, so that it ends soon when the work is to stop.
_PIECE: Final = 1.0


def never_stops() -> bool:
    """Return that the work may go on."""
    return True


@contextmanager
def opened(
    house: House, connection: StoredConnection, goes_on: Callable[[], bool] = never_stops
) -> Iterator[Connector]:
    """Give the connector of a connection; `goes_on` is asked while it waits.

    ConnectorError for what the connector says, X160 to X163 where its secrets cannot be had.
    """
    vault = Vault(house.settings, connection.connection_id)
    account = Account(connection.settings, vault.decrypted(SECRETS, connection.secrets))
    world = house.world
    means = Means(
        world.now,
        world.monotonic,
        lambda seconds: _wait(house, seconds, goes_on),
        world.chance,
        TokenOfConnection(house, connection.connection_id, vault),
        house.settings.connector_origins,
        house.settings.drop_folder_root,
    )
    connector = world.open_connector(System(connection.system), account, means)
    try:
        yield connector
    finally:
        close = getattr(connector, "close", None)
        if callable(close):
            close()


def account_hash(connection: StoredConnection) -> str:
    """Return what tells one account from another: the system, its settings, and its secrets as they are encrypted.

    With other secrets it may be another account though nothing else says so: of Zoho the token alone decides.
    """
    settings = {name: value for name, value in connection.settings.items() if name != NOTICES}
    said = json.dumps([connection.system, settings, connection.secrets], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _wait(house: House, seconds: float, goes_on: Callable[[], bool]) -> bool:
    until = house.world.monotonic() + seconds
    while True:
        if not goes_on():
            return False
        left = until - house.world.monotonic()
        if left <= 0:
            return True
        house.world.sleep(min(left, _PIECE))
