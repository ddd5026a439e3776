"""Whether a connection is told of changes, as people see and switch it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.connectors.port import System
from policy_service.connectors.system_settings import SYSTEMS
from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.services.actor import Actor
from policy_service.services.connections.allowed import require_connects, require_sees
from policy_service.services.connections.opening import NOTICES
from policy_service.services.connections.setting_up import Changes, change, secrets_named
from policy_service.services.connections.watching import notices_url
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.notice_store import NoticeStore, StoredChannel

_OF_CALLBACKS = ("callback_token", "callback_key")


@dataclass(frozen=True, slots=True)
class Notices:
    """Whether a connection is to be told of changes, where they go ("" where that is not set), and how it stands."""

    connection: StoredConnection
    is_on: bool
    url: str
    channel: StoredChannel


def notices_of(house: House, session: Session, name: str, actor: Actor) -> Notices:
    """Return how a connection is told of changes.

    AccessError A403 as `allowed` says, NotStored S209 if there is none.
    """
    require_sees(actor)
    connection = ConnectionStore(session).load(name)
    channel = NoticeStore(session, connection.connection_id).channel()
    is_on = connection.settings.get(NOTICES) == "on"
    return Notices(connection, is_on, notices_url(house.settings, name), channel)


def switch_notices(
    house: House, session: Session, name: str, actor: Actor, act: Act, *, is_on: bool, revision: int | None = None
) -> Notices:
    """Let a connection be told of changes, or no longer; what failed before is tried anew.

    AccessError A403 as `allowed` says, NotStored S209; Conflict S208 unless it was read at that
    `revision`. RequestError X181 for a system that tells nothing, X182 where the service's own address is not set,
    X183 where the secrets are lacking.
    """
    require_connects(actor)
    connection = ConnectionStore(session).load(name)
    system = System(connection.system)
    if not SYSTEMS[system].calls_back:
        raise RequestError(
            "X181",
            f"{SYSTEMS[system].title.english} does not tell of changes.",
            remedy="Give the connection a schedule: policy connect change --every.",
        )
    if is_on:
        _require_address(house)
        if system is System.FXIAOKE:
            _require_secrets(house, connection)
    settings = {**connection.settings, NOTICES: "on" if is_on else "off"}
    change(house, session, name, Changes(settings), actor, act, revision=revision)
    return notices_of(house, session, name, actor)


def _require_address(house: House) -> None:
    if not house.settings.connections_public_url:
        raise RequestError(
            "X182",
            "The service does not know the address under which others reach it.",
            remedy="Set CONNECTIONS_PUBLIC_URL to its https origin.",
        )


def _require_secrets(house: House, connection: StoredConnection) -> None:
    if not secrets_named(house, connection).issuperset(_OF_CALLBACKS):
        raise RequestError(
            "X183",
            "The connection lacks the token or the key of the callback.",
            remedy="Give callback_token and callback_key as they stand in the settings of event callbacks.",
        )
