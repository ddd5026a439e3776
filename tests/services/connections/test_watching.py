"""A channel over there is begun, renewed in time, and ended; its token is known to nobody, and survives everything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.channel import Answer, Call
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import Connector, System
from policy_service.connectors.zoho.times import instant_of
from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY, SECOND
from policy_service.services.connections.noticing import CHANNEL, TOKEN
from policy_service.services.connections.secrets import Vault
from policy_service.services.connections.setting_up import Changes, change, keep_connection_mapping
from policy_service.services.connections.watching import see_to_watches
from policy_service.services.connections.world import World
from policy_service.services.house import House
from policy_service.storage.connection_store import StoredConnection
from policy_service.storage.notice_store import StoredChannel
from tests.connectors.standing_in import NOON
from tests.services.connections.notices import add, channel_of, with_connections
from tests.services.connections.small_system import MAPPING, SYSTEM

MINUTE = 60 * SECOND
LASTS = 7 * DAY - DAY // 24


@dataclass
class Watched:
    """What Zoho CRM knows of channels, as far as it is asked here; with `error` nothing gets through."""

    channels: dict[str, Mapping[str, object]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    error: ConnectorError | None = None
    dies: bool = False
    host: str = "crm.test"

    def ask(self, call: Call) -> Answer:
        self.asked.append(call.method)
        if self.error:
            raise self.error
        if call.method == "DELETE":
            known = self.channels.pop(str(call.params["channel_ids"]), None)
            return Answer(200, {}, b'{"watch":[]}') if known else _not_subscribed()
        sent = json.loads(json.dumps(call.json))["watch"][0]
        if call.method == "PUT" and sent["channel_id"] not in self.channels:
            return _not_subscribed()
        self.channels[sent["channel_id"]] = sent
        if self.dies:
            raise RuntimeError("killed")
        events = [{"channel_expiry": sent["channel_expiry"], "channel_id": sent["channel_id"]}]
        said = {"watch": [{"code": "SUCCESS", "status": "success", "details": {"events": events}}]}
        return Answer(201, {}, json.dumps(said).encode())


def _not_subscribed() -> Answer:
    return Answer(400, {}, b'{"code":"NOT_SUBSCRIBED","status":"error","message":"not subscribed","details":{}}')


@dataclass
class Watching:
    """A house with one connection, and a system that is asked to tell."""

    house: House
    system: Watched
    connection: StoredConnection
    at: int = NOON

    def look(self) -> int:
        """Let the duty look once."""
        return see_to_watches(self.house, Act("system", self.at))

    def channel(self) -> StoredChannel:
        """Return what is arranged."""
        return channel_of(self.house, self.connection)

    def change(self, **settings: str) -> None:
        """Give the connection other settings."""
        with self.house.database.writing() as session:
            change(self.house, session, "crm", Changes(settings), SYSTEM, Act("shop", self.at))

    def everything(self) -> str:
        """Return all that is kept of it, as text."""
        with self.house.database.reading() as session:
            tables = ("notice_channels", "audit_events")
            return "".join(str(list(session.execute(text(f"SELECT * FROM {name}")))) for name in tables)  # noqa: S608


@pytest.fixture
def watching(bare: House) -> Watching:
    """Give a house that has just connected Zoho CRM."""
    with_connections(bare)
    made = Watching(bare, Watched(), add(bare, "crm", System.ZOHO_CRM))

    def opened(_system: System, _account: Account, _means: Means) -> Connector:
        return made.system  # type: ignore[return-value]  # it is asked for nothing else

    bare.world = World(lambda: made.at, lambda: made.at / SECOND, lambda _: None, lambda: 0.0, opened)
    return made


def busy() -> ConnectorError:
    return ConnectorError("X104", "Too often.", remedy="Wait.", is_passing=True)


def test_the_modules_of_the_mapping_are_watched_with_a_token_that_is_kept_encrypted(watching: Watching) -> None:
    assert 1 == watching.look()
    channel = watching.channel()
    sent = watching.system.channels[channel.channel_id]
    assert channel.channel_id.isdigit()
    assert ["Accounts.all"] == sent["events"]
    assert "https://credit.example.com/v1/connections/crm/notices" == sent["notify_url"]
    token = str(sent["token"])
    assert 40 <= len(token) <= 50
    vault = Vault(watching.house.settings, watching.connection.connection_id)
    assert {TOKEN: token} == vault.decrypted(CHANNEL, channel.token)
    assert NOON + LASTS == channel.expires_at == instant_of(str(sent["channel_expiry"]))
    assert token not in watching.everything() + repr(channel)
    assert "notices_begun" in watching.everything()


def test_what_is_agreed_is_not_asked_for_again_until_its_last_day(watching: Watching) -> None:
    watching.look()
    before = watching.channel()
    watching.at = NOON + LASTS - DAY - 1
    assert 0 == watching.look()
    watching.at += 1
    assert 1 == watching.look()
    after = watching.channel()
    assert ["POST", "PUT"] == watching.system.asked
    assert (before.channel_id, before.token) == (after.channel_id, after.token)
    assert watching.at + LASTS == after.expires_at


def test_a_channel_that_has_lapsed_is_begun_anew(watching: Watching) -> None:
    watching.look()
    watching.system.channels.clear()
    watching.at += 30 * DAY
    watching.look()
    assert ["POST", "PUT", "POST"] == watching.system.asked
    assert [watching.channel().channel_id] == list(watching.system.channels)


def test_who_dies_before_the_answer_goes_on_with_the_same_channel(watching: Watching) -> None:
    watching.system.dies = True
    with pytest.raises(RuntimeError):
        watching.look()
    watching.system.dies = False
    watching.look()
    assert [watching.channel().channel_id] == list(watching.system.channels)
    assert watching.channel().watched


def test_what_passes_is_tried_again_later_each_time(watching: Watching) -> None:
    watching.system.error = busy()
    for pause in (1, 2, 4):
        assert 1 == watching.look()
        channel = watching.channel()
        assert ("X104", watching.at + pause * MINUTE) == (channel.code, channel.next_try_at)
        watching.at += pause * MINUTE - 1
        assert 0 == watching.look()
        watching.at += 1
    watching.system.error = None
    watching.look()
    assert ("", 0) == (watching.channel().code, watching.channel().failures)


def test_what_a_person_has_to_correct_waits_for_it(watching: Watching) -> None:
    watching.system.error = ConnectorError("X112", "No scope.", remedy="Give it.")
    watching.look()
    assert ("X112", "No scope.", "Give it.") == (
        watching.channel().code,
        watching.channel().error,
        watching.channel().remedy,
    )
    watching.at += 30 * DAY
    assert 0 == watching.look()
    watching.system.error = None
    watching.change(notices="on", region="eu")
    assert 1 == watching.look()
    assert "" == watching.channel().code


def test_what_is_switched_off_is_ended_over_there(watching: Watching) -> None:
    watching.look()
    watching.change(notices="off")
    assert 1 == watching.look()
    assert {} == watching.system.channels
    assert ("", "", "") == (watching.channel().channel_id, watching.channel().token, watching.channel().watched)
    assert "notices_ended" in watching.everything()
    assert 0 == watching.look()


def test_what_cannot_be_ended_is_forgotten_once_it_has_ended_by_itself(watching: Watching) -> None:
    watching.look()
    watching.change(notices="off")
    watching.system.error = ConnectorError("X110", "Refused.", remedy="Correct it.")
    assert 1 == watching.look()
    assert "X110" == watching.channel().code
    watching.at += 7 * DAY
    assert 0 == watching.look()
    assert ("", "") == (watching.channel().channel_id, watching.channel().code)


def test_other_modules_are_told_to_the_same_channel(watching: Watching) -> None:
    watching.look()
    with watching.house.database.writing() as session:
        keep_connection_mapping(watching.house, session, "crm", MAPPING, SYSTEM, Act("shop", NOON))
    watching.look()
    assert ["POST", "PUT"] == watching.system.asked
    (sent,) = watching.system.channels.values()
    names = ("Accounts", "Invoices", "Orders", "Payments", "Rates", "Receipts")
    assert [f"{name}.all" for name in names] == sent["events"]


def test_a_channel_whose_token_nobody_can_read_any_more_is_given_another(watching: Watching) -> None:
    watching.look()
    before = next(iter(watching.system.channels.values()))
    key = Fernet.generate_key().decode()
    watching.house.settings = replace(watching.house.settings, connections_key=(key,))
    secrets = {"client_secret": "new", "refresh_token": "new"}
    with watching.house.database.writing() as session:
        change(watching.house, session, "crm", Changes(secrets=secrets), SYSTEM, Act("shop", NOON))
    assert 1 == watching.look()
    assert ["POST", "PUT"] == watching.system.asked
    (sent,) = watching.system.channels.values()
    assert (before["channel_id"], before["token"] != sent["token"]) == (sent["channel_id"], True)
    vault = Vault(watching.house.settings, watching.connection.connection_id)
    assert {TOKEN: sent["token"]} == vault.decrypted(CHANNEL, watching.channel().token)


def test_another_address_is_told_to_the_same_channel(watching: Watching) -> None:
    watching.look()
    settings = replace(watching.house.settings, connections_public_url="https://other.example.com")
    watching.house.settings = settings
    watching.look()
    assert ["POST", "PUT"] == watching.system.asked
    (sent,) = watching.system.channels.values()
    assert "https://other.example.com/v1/connections/crm/notices" == sent["notify_url"]


def test_without_an_address_nobody_is_asked(watching: Watching) -> None:
    watching.house.settings = replace(watching.house.settings, connections_public_url="")
    assert 0 == watching.look()


def test_who_is_to_stop_asks_nobody_else(watching: Watching) -> None:
    assert 0 == see_to_watches(watching.house, Act("system", NOON), lambda: False)
    assert [] == watching.system.asked
