"""What only the edges have: the clock and randomness, and a house that is built with them."""

import os
import random
import secrets
import socket
import time
from functools import lru_cache
from typing import Final

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.leases import Clocks
from policy_service.services.connections.world import World, open_any
from policy_service.services.house import House
from policy_service.services.seeding import seed
from policy_service.services.webhooks.signing import SECRET_BYTES, secret_text
from policy_service.settings import Settings
from policy_service.storage.database import Database
from policy_service.storage.migrate import set_up
from policy_service.storage.policy_store import PolicyStore

#: Writes what is stored before anybody else writes.
_SETTING_UP: Final = "set-up"
#: Who does what nobody does in person.
BY_ITSELF: Final = "system"
#: Of the database, for what a process does beside answering.
_CONNECTIONS_BESIDE: Final = 8
_KEY_BYTES: Final = 32


def now() -> Instant:
    """Return the present instant."""
    return time.time_ns() // 1_000


#: The clocks of a running process.
CLOCKS: Final = Clocks(now, time.monotonic)


def new_id() -> str:
    """Return an id that nobody has yet, 32 hexadecimal digits; ids made later stand behind it."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def one_time_password() -> str:
    """Return a password that nobody can guess, for one sign-in."""
    return secrets.token_urlsafe(15)


def new_key_secret() -> str:
    """Return the secret of a new API key: 32 random bytes as text."""
    return secrets.token_urlsafe(_KEY_BYTES)


def new_webhook_secret() -> str:
    """Return the secret that signs what a new webhook is sent."""
    return secret_text(secrets.token_bytes(SECRET_BYTES))


def host_name(settings: Settings) -> str:
    """Return the name under which chains of this machine's processes go on after a restart."""
    return settings.writer_name or socket.gethostname()


def process_name() -> str:
    """Return a name that no other process has, or ever had."""
    return _process_name(os.getpid())


@lru_cache(maxsize=1)
def _process_name(pid: int) -> str:
    # By the process: a forked one is another.
    return f"{socket.gethostname()[:60]}/{pid}/{new_id()}"


def open_house(settings: Settings) -> House:
    """Return the house of this process over its database, which gets its tables and policies if it has none.

    Whoever writes as this process gives it a writer's name of its own first.
    StorageError S201 to S204 for a database that cannot be used as it is.
    """
    database = Database(settings.database_url, connections=settings.web_threads + _CONNECTIONS_BESIDE)
    house = House(settings, database, new_id, _SETTING_UP)
    house.world = World(now, time.monotonic, time.sleep, random.random, open_any)
    try:
        set_up(database)
        _seed(house)
    except BaseException:
        house.close()
        raise
    return house


def _seed(house: House) -> None:
    with house.database.reading() as session:
        if PolicyStore(session).policy_ids():
            return
    with house.database.writing() as session:
        seed(house, session, house.settings.rules_dir, Act(BY_ITSELF, now()))
