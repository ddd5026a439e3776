"""The service starts on an empty database and on its own, and says what stops it from starting on another."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from policy_service.api.edge import house_of
from policy_service.app import close_app, create_app, start_background
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.settings import Settings, read_settings
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.policy_store import PolicyStore

RULES = str(Path(__file__).parents[2] / "rules")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    url = f"sqlite:///{tmp_path / 'new' / 'policy.db'}"
    return read_settings({"RULES_DIR": RULES, "DATABASE_URL": url, "WRITER_NAME": "here"})


@pytest.fixture
def started(settings: Settings) -> Settings:
    """Give the settings of a service that was started once."""
    close_app(create_app(settings))
    return settings


def states(settings: Settings) -> dict[str, str]:
    database = Database(settings.database_url)
    with database.reading() as session:
        store = PolicyStore(session)
        found = {policy_id: store.versions(policy_id)[0].state for policy_id in store.policy_ids()}
    database.close()
    return found


def test_an_empty_database_gets_its_tables_and_policies(started: Settings) -> None:
    assert {"manufacturer_cn": "active", "distributor_cn": "draft"}.items() <= states(started).items()


def test_the_second_start_stores_nothing_more(started: Settings) -> None:
    before = states(started)
    close_app(create_app(replace(started, default_policy="distributor_cn")))
    assert before == states(started)


def test_what_is_stored_at_the_first_start_is_in_the_audit_trail(started: Settings) -> None:
    database = Database(started.database_url)
    with database.reading() as session:
        assert [] == list(AuditStore(session).verify())
        assert session.scalar(text("SELECT count(*) FROM audit_events WHERE act = 'seeded'")) == 1
    database.close()


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"default_policy": "nothing_like_it"}, RequestError, "R401"),
        ({"database_url": "mysql://host/name"}, StorageError, "S201"),
        ({"database_url": "postgresql://nobody@127.0.0.1:1/none"}, StorageError, "S202"),
    ],
)
def test_a_start_that_cannot_be_ends_with_its_own_code(
    settings: Settings, change: dict[str, str], error: type[PolicyServiceError], code: str
) -> None:
    with pytest.raises(error) as refused:
        create_app(replace(settings, **change))  # type: ignore[arg-type]
    assert code == refused.value.code
    assert refused.value.remedy


def test_a_database_of_a_newer_program_stops_the_start(started: Settings) -> None:
    database = Database(started.database_url)
    with database.changing_tables() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StorageError) as refused:
        create_app(started)
    assert "S204" == refused.value.code


def test_the_process_writes_under_the_name_of_its_host(settings: Settings) -> None:
    app = create_app(settings)
    assert "here/1" == house_of(app).writer
    close_app(app)


def test_a_background_that_was_begun_ends_with_the_application(settings: Settings) -> None:
    app = create_app(settings)
    background = start_background(app)
    close_app(app)
    assert not background.is_scheduler
    assert [] == [thread.name for thread in background.threads if thread.is_alive()]
