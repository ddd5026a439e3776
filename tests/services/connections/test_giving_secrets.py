"""Secrets are given beside those that are kept, or in place of all of them once their key is lost."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Token
from policy_service.services.connections.kept_token import TokenOfConnection
from policy_service.services.connections.looking_back import readable_secrets
from policy_service.services.connections.secrets import Vault
from policy_service.services.connections.setting_up import Changes, change
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.notice_store import NoticeStore
from tests.services.connections.small_system import SYSTEM, Pulling, SmallSystem
from tests.services.decisions.live import enforce
from tests.services.house import house_policy

ALL = {"client_secret": "s4cret", "refresh_token": "r4fresh"}
SOME = {"client_secret": "s4cret"}


@pytest.fixture
def pulling(bare: House) -> Pulling:
    """Give a house with a connection to an empty system."""
    enforce(bare, house_policy())
    return Pulling(bare, SmallSystem())


def give(pulling: Pulling, secrets: Mapping[str, str]) -> StoredConnection:
    with pulling.house.database.writing() as session:
        return change(pulling.house, session, "small", Changes(secrets=secrets), SYSTEM, pulling.act())


def lose_the_key(pulling: Pulling) -> None:
    pulling.house.settings = replace(pulling.house.settings, connections_key=(Fernet.generate_key().decode(),))


def readable(pulling: Pulling) -> frozenset[str]:
    with pulling.house.database.reading() as session:
        return readable_secrets(pulling.house, session, "small", SYSTEM)


def test_all_secrets_given_at_once_stand_in_place_of_those_that_nobody_can_read(pulling: Pulling) -> None:
    lose_the_key(pulling)
    assert frozenset() == readable(pulling)
    give(pulling, ALL)
    pulling.pull()
    assert pulling.system.secrets == ALL
    assert set(ALL) == readable(pulling)


def test_some_of_them_are_refused_as_the_others_would_be_lost_unseen(pulling: Pulling) -> None:
    lose_the_key(pulling)
    with pytest.raises(ConnectorError) as refused:
        give(pulling, SOME)
    assert "X163" == refused.value.code
    assert "Give client_secret, refresh_token in one go" in refused.value.remedy


def test_the_same_secrets_again_change_nothing_unless_another_key_is_first(pulling: Pulling) -> None:
    before = give(pulling, ALL)
    assert before.secrets == give(pulling, ALL).secrets
    first = Fernet.generate_key().decode()
    pulling.house.settings = replace(
        pulling.house.settings, connections_key=(first, *pulling.house.settings.connections_key)
    )
    after = give(pulling, SOME)
    assert before.secrets != after.secrets
    assert Vault(pulling.house.settings, after.connection_id).is_of_first_key(after.secrets)


def test_a_token_of_a_lost_key_is_none(pulling: Pulling) -> None:
    number = give(pulling, ALL).connection_id
    TokenOfConnection(pulling.house, number, Vault(pulling.house.settings, number)).keep(Token("t0ken", 10**15))
    lose_the_key(pulling)
    assert TokenOfConnection(pulling.house, number, Vault(pulling.house.settings, number)).load() is None


def test_notices_are_agreed_on_anew_once_there_are_other_secrets(pulling: Pulling) -> None:
    number = give(pulling, ALL).connection_id
    with pulling.house.database.writing() as session:
        ConnectionStore(session).state(number, locks=True)
        NoticeStore(session, number).move(channel_id="1", watched="modules")
    give(pulling, {"refresh_token": "another"})
    with pulling.house.database.reading() as session:
        channel = NoticeStore(session, number).channel()
    assert ("1", "") == (channel.channel_id, channel.watched)
