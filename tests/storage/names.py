"""A name or two in a database: the least that there is to write and to read."""

import pytest
from sqlalchemy import select

from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.models.policies import PolicyRow


def add(database: Database, name: str) -> None:
    """Store a name."""
    with database.writing() as session:
        session.add(PolicyRow(policy_id=name, created_at=1, created_by="ada"))


def names(database: Database) -> list[str]:
    """Return what is stored."""
    with database.reading() as session:
        return sorted(session.scalars(select(PolicyRow.policy_id)))


def code_of(error: pytest.ExceptionInfo[StorageError]) -> str:
    """Return the code of an error."""
    return error.value.code
