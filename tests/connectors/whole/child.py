"""A process that pulls or writes back, to be killed: `tests.connectors.whole.child CONNECTION pull|push AHEAD`.

Its clock is so many seconds ahead, as that of who killed the ones before it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import SECOND
from policy_service.running import now, open_house, process_name
from policy_service.services.connections import holding
from policy_service.services.connections.pulling import pull
from policy_service.services.connections.writing_back import push
from policy_service.settings import read_settings


class TellingDatabase:
    """A database that says when a transaction begins that writes."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        print("step", flush=True)
        with self._database.writing() as session:
            yield session


def main(name: str, what: str, ahead: float) -> None:
    """Do the work by the settings of the environment, saying each step, and say how it has ended."""
    # Whoever comes after one that was killed would wait until it is held for dead.
    holding.LEASE_SECONDS = 0  # type: ignore[misc]
    house = open_house(read_settings())
    house.database = TellingDatabase(house.database)  # type: ignore[assignment]
    house.world = replace(house.world, now=lambda: now() + round(ahead * SECOND))
    act, by = Act("shop", house.world.now()), process_name()
    if what == "push":
        state = push(house, name, act, by, lambda _done, _total: None, is_dry=False).state
    else:
        state = pull(house, name, act, by, lambda _rows: None).state
    print(state, flush=True)
    house.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
