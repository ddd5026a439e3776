"""A genuine notice wakes a pull, once; nothing else does anything, and who sends it learns nothing."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.instants import DAY, SECOND
from policy_service.services.connections.noticing import take_notice
from policy_service.services.connections.secrets import Vault
from policy_service.services.connections.setting_up import Changes, change
from policy_service.services.house import House
from policy_service.storage import notice_store
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.models.audit import AuditEventRow
from policy_service.storage.models.notices import HeardNotice
from policy_service.storage.notice_store import forget_heard
from tests.connectors.fxiaoke import sealing
from tests.services.connections.notices import (
    OURS,
    STAMPED,
    add_fxiaoke,
    add_zoho,
    channel_of,
    due,
    of_fxiaoke,
    of_zoho,
    state_of,
    take,
    with_connections,
)
from tests.services.connections.small_system import SYSTEM
from tests.services.decisions.live import enforce
from tests.services.house import house_policy

MINUTE = 60 * SECOND


@pytest.fixture
def zoho(bare: House) -> StoredConnection:
    """Give a connection to Zoho CRM in a house with connections."""
    enforce(with_connections(bare), house_policy())
    return add_zoho(bare)


@pytest.fixture
def fxiaoke(bare: House) -> StoredConnection:
    """Give a connection to Fxiaoke in a house with connections."""
    enforce(with_connections(bare), house_policy())
    return add_fxiaoke(bare)


def refused(house: House, name: str, body: bytes, at: int = STAMPED) -> None:
    """Have a body refused, in words that are always the same."""
    with pytest.raises(AccessError) as caught:
        take(house, name, body, at)
    error = caught.value
    assert ("X180", "The notice is not taken.") == (error.code, error.message)
    assert error.__suppress_context__ or not error.__context__


def move(house: House, connection: StoredConnection, **values: object) -> None:
    with house.database.writing() as session:
        ConnectionStore(session).move(connection.connection_id, **values)


def audited(house: House) -> list[tuple[str, str]]:
    with house.database.reading() as session:
        rows = session.execute(select(AuditEventRow.act, AuditEventRow.detail).order_by(AuditEventRow.at))
        return [(row[0], row[1]) for row in rows]


def test_a_notice_of_zoho_lets_the_connection_be_pulled_at_once(bare: House, zoho: StoredConnection) -> None:
    assert () == due(bare, STAMPED)
    assert "{}" == take(bare, "crm", of_zoho())
    assert ("crm",) == due(bare, STAMPED)
    channel = channel_of(bare, zoho)
    assert (1, STAMPED) == (channel.taken, channel.last_notice_at)


def test_a_notice_that_comes_again_is_answered_and_counted_once(bare: House, zoho: StoredConnection) -> None:
    take(bare, "crm", of_zoho())
    move(bare, zoho, next_at=None)
    assert "{}" == take(bare, "crm", of_zoho(affected_values=[]), STAMPED + DAY // 2)
    assert (1, None) == (channel_of(bare, zoho).taken, state_of(bare, zoho).next_at)
    take(bare, "crm", of_zoho(server_time=1718115953626))
    assert 2 == channel_of(bare, zoho).taken


def test_without_a_time_every_notice_counts(bare: House, zoho: StoredConnection) -> None:
    for _ in range(2):
        take(bare, "crm", of_zoho(server_time=None))
    assert 2 == channel_of(bare, zoho).taken


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"[" * 100_000,
        of_zoho()[:-1],
        of_zoho(token="guessed"),  # noqa: S106  # it is none
        of_zoho(token=None),
        of_zoho(token=[OURS]),
        of_zoho(channel_id="1"),
        of_zoho(channel_id="0"),
        of_zoho(ids="5725767000003000010"),
        of_zoho(operation="Leads.edit"),
        b'{"a":' * 60 + b"1" + b"}" * 60,
        of_zoho()[:-1] + b',"token":"guessed"}',
        b" " * (256 * 1024 + 1),
        json.dumps({"data": [{}], "operation": "Leads.edit"}).encode(),
        of_fxiaoke(),
    ],
)
def test_what_is_no_notice_of_zoho_does_nothing(bare: House, zoho: StoredConnection, body: bytes) -> None:
    before = audited(bare)
    refused(bare, "crm", body)
    assert (0, None) == (channel_of(bare, zoho).taken, state_of(bare, zoho).next_at)
    assert before == audited(bare)


@pytest.mark.parametrize("name", ["erp", "", "CRM", "crm\0", "crm'--", "x" * 1_000, "中文"])
def test_a_connection_that_is_not_there_refuses_alike(bare: House, zoho: StoredConnection, name: str) -> None:
    refused(bare, name, of_zoho())
    refused(bare, name, of_zoho(channel_id="0", token=""))


@pytest.mark.parametrize(
    "changes", [Changes(is_on=False), Changes({"notices": "off"}), Changes({}), Changes({"notices": "yes"})]
)
def test_what_is_switched_off_takes_nothing(bare: House, zoho: StoredConnection, changes: Changes) -> None:
    with bare.database.writing() as session:
        change(bare, session, "crm", changes, SYSTEM, Act("shop", 2))
    refused(bare, "crm", of_zoho())


def test_without_the_key_that_it_was_kept_with_nothing_is_taken(bare: House, zoho: StoredConnection) -> None:
    bare.settings = replace(bare.settings, connections_key=())
    refused(bare, "crm", of_zoho())
    refused(bare, "erp", of_zoho())


def test_the_token_of_one_connection_opens_no_other(bare: House, zoho: StoredConnection) -> None:
    add_fxiaoke(bare)
    refused(bare, "fxk", of_zoho())


def test_many_notices_wake_a_pull_once_in_a_minute(bare: House, zoho: StoredConnection) -> None:
    take(bare, "crm", of_zoho(server_time=1))
    move(bare, zoho, next_at=None)
    for number in range(2, 5):
        take(bare, "crm", of_zoho(server_time=number), STAMPED + number)
    assert STAMPED + MINUTE == state_of(bare, zoho).next_at


def test_a_connection_that_failed_is_not_woken_before_its_turn(bare: House, zoho: StoredConnection) -> None:
    move(bare, zoho, failures=3, next_at=STAMPED + 10 * MINUTE)
    take(bare, "crm", of_zoho())
    assert STAMPED + 10 * MINUTE == state_of(bare, zoho).next_at


def test_one_too_many_is_not_stored(bare: House, zoho: StoredConnection) -> None:
    def full(name: str) -> None:
        assert "crm" == name
        raise AccessError("A429", "Too many.", remedy="Wait.")

    with pytest.raises(AccessError):
        take_notice(bare, "crm", of_zoho(), Act("system", STAMPED), full)
    assert 0 == channel_of(bare, zoho).taken


def test_the_vector_of_the_protocol_wakes_a_pull(bare: House, fxiaoke: StoredConnection) -> None:
    sent = {
        "nonce": "n1",
        "timeStamp": "1700000000000",
        "content": "4j/AuRx71kQlxVlzbpsMWAgOBUmp/IpSU/prPiUYYZez5VIDSLCJQYoKYUx1cHcM5tl7/BlWbsZMNZFmuCXLQg==",
        "sig": "085338544ccad55324ab7cfad9758b713913e8ba",
    }
    assert "success" == take(bare, "fxk", json.dumps(sent).encode())
    assert ("fxk",) == due(bare, STAMPED)


def test_a_callback_is_taken_once_by_whatever_process(bare: House, fxiaoke: StoredConnection) -> None:
    take(bare, "fxk", of_fxiaoke())
    refused(bare, "fxk", of_fxiaoke())
    assert "success" == take(bare, "fxk", of_fxiaoke(nonce="n2"))
    assert 2 == channel_of(bare, fxiaoke).taken


@pytest.mark.parametrize("seconds", [-601, 601])
def test_a_stale_callback_is_refused(bare: House, fxiaoke: StoredConnection, seconds: int) -> None:
    refused(bare, "fxk", of_fxiaoke(), STAMPED + seconds * SECOND)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        of_fxiaoke()[:-1],
        of_fxiaoke().replace(b"n1", b"n2"),
        sealing.signed(sealing.sealed(sealing.padded(b"short"))),
        sealing.signed("AAAA"),
        sealing.signed("", token="other"),  # noqa: S106  # it is none
        of_zoho(),
        b" " * (64 * 1024 + 1),
    ],
)
def test_what_is_no_callback_does_nothing(bare: House, fxiaoke: StoredConnection, body: bytes) -> None:
    refused(bare, "fxk", body)
    assert (0, None) == (channel_of(bare, fxiaoke).taken, state_of(bare, fxiaoke).next_at)


@pytest.mark.parametrize("kind", ["PermanentCode", "CancelPermanentCode"])
def test_what_is_said_of_access_is_noted_without_its_code_and_wakes_nothing(
    bare: House, fxiaoke: StoredConnection, kind: str
) -> None:
    assert "success" == take(bare, "fxk", of_fxiaoke(kind))
    assert ("called_back", json.dumps({"kind": kind})) == audited(bare)[-1]
    assert None is state_of(bare, fxiaoke).next_at
    refused(bare, "fxk", of_fxiaoke(kind))


def test_notices_leave_counts_and_no_events(bare: House, zoho: StoredConnection) -> None:
    before = audited(bare)
    for number in range(5):
        take(bare, "crm", of_zoho(server_time=number))
    assert before == audited(bare)


def test_beyond_what_can_be_remembered_a_callback_is_refused_and_a_notice_is_not(
    bare: House, fxiaoke: StoredConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_store.NoticeStore.hear, "__defaults__", (2,))
    zoho = add_zoho(bare)
    for number in range(2):
        take(bare, "fxk", of_fxiaoke(nonce=f"n{number}"))
        take(bare, "crm", of_zoho(server_time=number))
    refused(bare, "fxk", of_fxiaoke(nonce="n3"))
    take(bare, "crm", of_zoho(server_time=3))
    assert (2, 3) == (channel_of(bare, fxiaoke).taken, channel_of(bare, zoho).taken)
    later = str(int(sealing.STAMP) + 1_300_000)
    assert "success" == take(bare, "fxk", of_fxiaoke(nonce="n4", stamp=later), int(later) * 1_000)


def test_what_need_not_be_known_any_longer_is_forgotten(bare: House, zoho: StoredConnection) -> None:
    take(bare, "crm", of_zoho())
    for at, left in ((STAMPED + DAY // 2, 1), (STAMPED + 2 * DAY, 0)):
        with bare.database.writing() as session:
            forget_heard(session, at)
            assert left == session.scalar(select(func.count()).select_from(HeardNotice))


def test_a_connection_that_is_not_there_costs_as_much_as_a_forged_notice_of_one_that_is(
    bare: House, zoho: StoredConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same questions to the database, one decryption, and no turn among the writers."""
    done = list[str]()
    decrypt = Vault.decrypted

    def executed(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        done.append(statement)

    def decrypted(vault: Vault, purpose: str, kept: str) -> Mapping[str, str]:
        done.append("decrypted")
        return decrypt(vault, purpose, kept)

    monkeypatch.setattr(Vault, "decrypted", decrypted)
    refused(bare, "erp", of_zoho())
    event.listen(Engine, "before_cursor_execute", executed)
    try:
        costs = list[list[str]]()
        for name in ("crm", "erp", "NONE", "x" * 300):
            done.clear()
            refused(bare, name, of_zoho(token="guessed"))  # noqa: S106  # it is none
            costs.append(list(done))
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
    first, *others = costs
    assert [first] * len(others) == others
    assert 1 == first.count("decrypted")
