"""The tables that migrations make are those of the models, on both databases, there and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from policy_service.storage import migrations
from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.migrate import downgrade, require_current, upgrade
from policy_service.storage.models import METADATA
from tests.nursery import born
from tests.storage.schema import schema


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def test_the_migrations_make_the_tables_of_the_models(empty: Database) -> None:
    upgrade(empty)
    with empty.reading() as session:
        migrated = schema(session)
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert [] == compare_metadata(context, METADATA)
    downgrade(empty)
    with empty.changing_tables() as connection:
        METADATA.create_all(connection)
    with empty.reading() as session:
        assert schema(session) == migrated


def test_going_back_to_the_base_leaves_nothing(empty: Database) -> None:
    upgrade(empty)
    downgrade(empty)
    with empty.reading() as session:
        assert [] == list(schema(session))


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    with database.reading() as session:
        before = schema(session)
    upgrade(database)
    with database.reading() as session:
        assert before == schema(session)


def test_a_migrated_database_is_current(database: Database) -> None:
    require_current(database)


def test_an_empty_database_is_not_migrated(empty: Database) -> None:
    with pytest.raises(StorageError) as refused:
        require_current(empty)
    assert "S203" == refused.value.code


def test_a_database_of_a_newer_program_is_refused(empty: Database) -> None:
    upgrade(empty)
    with empty.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (require_current, upgrade, downgrade):
        with pytest.raises(StorageError) as refused:
            attempt(empty)
        assert "S204" == refused.value.code


def test_processes_that_upgrade_at_once_take_turns(empty: Database, empty_url: str) -> None:
    words = ("tests.storage.child", "bring_up_to_date", empty_url, "x")
    with born(*words) as one, born(*words) as other:
        assert (0, 0) == (one.wait(), other.wait())
    require_current(empty)


def test_an_upgrade_that_fails_leaves_nothing_half(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_service.storage.migrations.first.service.create", _fail)
    with pytest.raises(ArithmeticError):
        upgrade(empty)
    with empty.reading() as session:
        assert [] == list(schema(session))


def test_the_migrations_lie_in_the_package() -> None:
    folder = Path(str(migrations.__file__)).parent
    assert {"env.py", "script.py.mako"} <= {path.name for path in folder.iterdir()}


def _fail() -> None:
    raise ArithmeticError
