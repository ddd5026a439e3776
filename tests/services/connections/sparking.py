"""A database whose transactions may kill what is under way: before they are stored, or just after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session


class SparkingDatabase:
    """A database in which each transaction that writes burns before it is stored, and after."""

    def __init__(self, database: Any, burn: Callable[[], None]) -> None:
        self._database = database
        self._burn = burn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self._database.writing() as session:
            yield session
            self._burn()
        self._burn()
