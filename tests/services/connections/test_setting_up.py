"""Connections are set up by those who may write the ledger; secrets are kept encrypted and shown nowhere."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Token
from policy_service.connectors.port import System
from policy_service.domain.errors import AccessError, PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.connections import runs, setting_up
from policy_service.services.connections.kept_token import TokenOfConnection
from policy_service.services.connections.secrets import Vault
from policy_service.services.connections.setting_up import Changes, NewConnection
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.models.audit import AuditEventRow
from tests.services.connections.small_system import MAPPING, SYSTEM, Pulling, SmallSystem
from tests.services.decisions.live import enforce, person
from tests.services.house import house_policy


@pytest.fixture
def pulling(bare: House) -> Pulling:
    """Give a house with a connection to an empty system."""
    enforce(bare, house_policy())
    return Pulling(bare, SmallSystem())


def change(pulling: Pulling, **changes: Any) -> StoredConnection:
    with pulling.house.database.writing() as session:
        return setting_up.change(pulling.house, session, "small", Changes(**changes), SYSTEM, pulling.act())


def everything(pulling: Pulling) -> str:
    """Return all that is kept, as text."""
    with pulling.house.database.reading() as session:
        tables = ("connections", "connection_states", "audit_events", "pulls", "jobs")
        return "".join(str(list(session.execute(text(f"SELECT * FROM {name}")))) for name in tables)  # noqa: S608


def refusal(pulling: Pulling, **changes: Any) -> str:
    with pytest.raises(PolicyServiceError) as refused:
        change(pulling, **changes)
    return refused.value.code


def test_secrets_are_kept_encrypted_and_reach_the_connector(pulling: Pulling) -> None:
    pulling.pull()
    assert {"secret": "s3cret"} == pulling.system.secrets
    change(pulling, secrets={"further": "m0re"})
    assert "changed" in everything(pulling)
    for secret in ("s3cret", "m0re"):
        assert secret not in everything(pulling)
    pulling.pull()
    assert {"secret": "s3cret", "further": "m0re"} == pulling.system.secrets
    with pulling.house.database.reading() as session:
        connection = ConnectionStore(session).load("small")
    assert connection.secrets not in repr(connection)


def test_every_step_is_in_the_audit_trail(pulling: Pulling) -> None:
    change(pulling, schedule_minutes=30, is_on=True, secrets={"secret": "other"})
    setting_up.check(pulling.house, "small", SYSTEM, pulling.act())
    with pulling.house.database.writing() as session:
        setting_up.ask_pull(pulling.house, session, "small", SYSTEM, pulling.act())
    with pulling.house.database.reading() as session:
        rows = session.execute(
            select(AuditEventRow.act, AuditEventRow.detail).where(AuditEventRow.subject_id == "small")
        ).all()
    assert ["connected", "kept", "changed", "checked", "pull_asked"] == [row[0] for row in rows]
    assert {"is_on": True, "schedule_minutes": 30, "secrets": ["secret"], "settings": []} == json.loads(rows[2][1])


def test_keys_can_be_changed_one_after_the_other(pulling: Pulling) -> None:
    house, old = pulling.house, pulling.house.settings.connections_key
    new = Fernet.generate_key().decode()
    house.settings = replace(house.settings, connections_key=(new, *old))
    pulling.pull()
    change(pulling, secrets={"secret": "s4cret"})
    house.settings = replace(house.settings, connections_key=(new,))
    pulling.pull()
    assert {"secret": "s4cret"} == pulling.system.secrets
    house.settings = replace(house.settings, connections_key=old)
    with pytest.raises(ConnectorError) as refused:
        pulling.pull()
    assert "X163" == refused.value.code


@pytest.mark.parametrize(("keys", "code"), [((), "X160"), (("no key",), "X161")])
def test_without_a_key_nothing_is_connected(pulling: Pulling, keys: tuple[str, ...], code: str) -> None:
    pulling.house.settings = replace(pulling.house.settings, connections_key=keys)
    new = NewConnection("other", System.ZOHO_BOOKS, {})
    with pulling.house.database.writing() as session, pytest.raises(ConnectorError) as refused:
        setting_up.connect(pulling.house, session, new, SYSTEM, pulling.act())
    assert code == refused.value.code
    assert "no key" not in str(refused.value).replace("is no key", "")


def test_what_was_encrypted_for_one_thing_is_good_for_no_other(pulling: Pulling) -> None:
    settings = pulling.house.settings
    kept = Vault(settings, 1).encrypted("secrets", {"a": "b"})
    assert {"a": "b"} == Vault(settings, 1).decrypted("secrets", kept)
    for vault, purpose in ((Vault(settings, 2), "secrets"), (Vault(settings, 1), "token")):
        with pytest.raises(ConnectorError):
            vault.decrypted(purpose, kept)


def test_a_token_is_shared_encrypted_and_forgotten_with_the_secrets(pulling: Pulling) -> None:
    with pulling.house.database.reading() as session:
        number = ConnectionStore(session).load("small").connection_id
    kept = TokenOfConnection(pulling.house, number, Vault(pulling.house.settings, number))
    assert kept.load() is None
    kept.keep(Token("t0ken", 10**15, "https://api.example.com"))
    assert Token("t0ken", 10**15, "https://api.example.com") == kept.load()
    assert "t0ken" not in everything(pulling)
    change(pulling, secrets={"secret": "new"})
    assert kept.load() is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schedule_minutes": 1}, "X171"),
        ({"schedule_minutes": 100_000}, "X171"),
        ({"settings": {"a": "x" * 5_000}}, "X171"),
        ({"settings": {str(number): "" for number in range(41)}}, "X171"),
        ({"secrets": {"a": "\0"}}, "X171"),
    ],
)
def test_what_is_out_of_bounds_is_refused(pulling: Pulling, changes: dict[str, Any], code: str) -> None:
    assert code == refusal(pulling, **changes)


@pytest.mark.parametrize(
    ("text_of_mapping", "code"), [(MAPPING.replace("zoho_crm", "fxiaoke"), "X172"), ("rows: 1", "L042")]
)
def test_a_mapping_that_is_none_of_it_is_refused(pulling: Pulling, text_of_mapping: str, code: str) -> None:
    with pytest.raises(PolicyServiceError) as refused:
        pulling.keep(text_of_mapping)
    assert code == refused.value.code


def test_who_may_neither_connect_nor_run_does_neither(pulling: Pulling) -> None:
    house, analyst = pulling.house, person("ann", Role.ANALYST)
    new = NewConnection("other", System.ZOHO_BOOKS, {})
    act = pulling.act()
    with house.database.writing() as session:
        for attempt in (
            lambda: setting_up.connect(house, session, new, analyst, act),
            lambda: setting_up.change(house, session, "small", Changes(is_on=True), analyst, act),
            lambda: setting_up.keep_connection_mapping(house, session, "small", MAPPING, analyst, act),
            lambda: setting_up.ask_pull(house, session, "small", analyst, act),
        ):
            with pytest.raises(AccessError):
                attempt()
    for attempt in (
        lambda: setting_up.check(house, "small", analyst, act),
        lambda: setting_up.remote_objects(house, "small", analyst),
        lambda: setting_up.remote_fields(house, "small", "Accounts", analyst),
        lambda: runs.pull_now(house, "small", analyst, act, "x", lambda _rows: None),
    ):
        with pytest.raises(AccessError):
            attempt()
    assert [] == pulling.system.asked


def test_who_may_read_the_ledger_sees_and_who_has_no_role_does_not(pulling: Pulling) -> None:
    run = pulling.pull()
    viewer, nobody = person("vic", Role.VIEWER), Actor("nat", "user-nat", frozenset(), frozenset())
    with pulling.house.database.reading() as session:
        assert ["small"] == [one.name for one in setting_up.connections(session, viewer)]
        assert "small" == runs.overview(session, "small", viewer).connection.name
        assert [run] == list(runs.runs(session, "small", viewer))
        for attempt in (
            lambda: setting_up.connections(session, nobody),
            lambda: runs.overview(session, "small", nobody),
            lambda: runs.runs(session, "small", nobody),
            lambda: runs.rejected_rows(session, run.pull_id, nobody),
            lambda: runs.unmapped_rows(session, "small", nobody),
        ):
            with pytest.raises(AccessError):
                attempt()
