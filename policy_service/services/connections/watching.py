"""Systems asked to tell of changes: begun, renewed before it ends, and stopped, one connection after another.

What a channel is known by is kept before it is asked for: whatever ends in the middle, the next look goes on with
the same channel, and a notice that comes at once is known.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Any, Final, cast

import structlog
from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.mapping.mapping import wanted
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.port import System
from policy_service.connectors.zoho.crm_notifications import Asking, Watch, is_due, stop_watching, watch_on
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import DAY, SECOND, Instant
from policy_service.services.audit import note
from policy_service.services.connections.backoff import try_again_at
from policy_service.services.connections.noticing import CHANNEL, TOKEN, wants_notices
from policy_service.services.connections.opening import never_stops, opened
from policy_service.services.connections.secrets import CANNOT_BE_DECRYPTED, Vault
from policy_service.services.house import House
from policy_service.settings import Settings
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.errors import StorageError
from policy_service.storage.notice_store import NoticeStore, StoredChannel

#: No channel lasts longer than a week; of one that is given for no time another is asked for soon.
_LONGEST: Final = 7 * DAY
_SHORTEST: Final = 600 * SECOND
_TOKEN_BYTES: Final = 36
_CHANNEL_DIGITS: Final = 15

log = structlog.get_logger()


def notices_url(settings: Settings, name: str) -> str:
    """Return where the notices of a connection go; "" where the service is not known to be reached from outside."""
    origin = settings.connections_public_url
    return f"{origin}/v1/connections/{name}/notices" if origin else ""


def see_to_watches(house: House, act: Act, goes_on: Callable[[], bool] = never_stops) -> int:
    """Ask every system for what its connection is to be told, where that is not agreed; return how many were asked.

    What goes wrong is kept with the connection: what passes is tried again, later each time, what a person has to
    correct waits until the connection is changed.
    """
    with house.database.reading() as session:
        found = [
            (each, NoticeStore(session, each.connection_id).channel())
            for each in ConnectionStore(session).all()
            if each.system == System.ZOHO_CRM
        ]
    asked = 0
    for connection, channel in found:
        if goes_on() and _Watching(house, connection, channel, act).see_to(goes_on):
            asked += 1
    return asked


class _Watching:
    """The watch of one connection, as it was read."""

    def __init__(self, house: House, connection: StoredConnection, channel: StoredChannel, act: Act) -> None:
        self._house = house
        self._connection = connection
        self._channel = channel
        self._act = act
        self._url = notices_url(house.settings, connection.name)
        is_wanted = bool(self._url and connection.mapping) and wants_notices(connection)
        # The mapping is read once there is something to be asked: its text stands for its modules till then.
        self._wanted = _hash(self._url, connection.mapping) if is_wanted else ""
        self._tried_with = _hash(str(connection.revision), self._wanted)

    def see_to(self, goes_on: Callable[[], bool]) -> bool:
        """Ask if there is something to be asked, and it is time; return whether anything was."""
        at, channel = self._act.at, self._channel
        if self._wanted:
            if channel.watched == self._wanted and not self._is_to_be_renewed(at):
                return False
        elif not channel.channel_id:
            return False
        elif (channel.expires_at or 0) <= at:
            self._keep(lambda _session: None, **_ENDED)
            return False
        if not self._is_time(at):
            return False
        try:
            if self._wanted:
                self._watch(goes_on)
            else:
                self._stop(goes_on)
        except StorageError:
            raise
        except PolicyServiceError as error:
            if goes_on():
                self._fail(error)
        return True

    def _is_to_be_renewed(self, at: Instant) -> bool:
        channel = self._channel
        # Of a watch that is given for less than a day half must be over.
        is_too_soon = not channel.tried_with and at < (channel.next_try_at or 0)
        return is_due(channel.expires_at or 0, at) and not is_too_soon

    def _is_time(self, at: Instant) -> bool:
        if self._channel.tried_with != self._tried_with:
            return True
        return self._channel.next_try_at is not None and self._channel.next_try_at <= at

    def _watch(self, goes_on: Callable[[], bool]) -> None:
        mapping = read_connector_mapping(self._connection.mapping, f"{self._connection.name}.yaml")
        modules = tuple(sorted(one.object_name for one in wanted(mapping)))
        channel_id, token = self._known()
        watch = Watch(channel_id, modules, self._url, token)
        with opened(self._house, self._connection, goes_on) as connector:
            # One that was asked for, and whose answer nobody has read, may be there.
            is_begun = bool(self._channel.channel_id)
            until = watch_on(cast("Asking", connector), watch, self._act.at, is_begun=is_begun)

        def noted(session: Session) -> None:
            if not self._channel.watched:
                self._note(session, "notices_begun", {"modules": list(modules)})

        lasts = min(max(until - self._act.at, _SHORTEST), _LONGEST)
        agreed = {"expires_at": self._act.at + lasts, "next_try_at": self._act.at + lasts // 2}
        self._keep(noted, watched=self._wanted, **(_WELL | agreed))
        log.info("notices_agreed", connection=self._connection.name, modules=len(modules))

    def _stop(self, goes_on: Callable[[], bool]) -> None:
        with opened(self._house, self._connection, goes_on) as connector:
            stop_watching(cast("Asking", connector), self._channel.channel_id)
        self._keep(lambda session: self._note(session, "notices_ended", {}), **_ENDED)

    def _known(self) -> tuple[str, str]:
        """Return the channel's id and token, which are made and kept where there are none, or none to be read."""
        vault = Vault(self._house.settings, self._connection.connection_id)
        channel_id = self._channel.channel_id
        try:
            if channel_id:
                return channel_id, vault.decrypted(CHANNEL, self._channel.token)[TOKEN]
        except ConnectorError as error:
            # The channel over there is given another token: the key of this one is lost.
            if error.code != CANNOT_BE_DECRYPTED:
                raise
        channel_id = channel_id or str(10**_CHANNEL_DIGITS + secrets.randbelow(9 * 10**_CHANNEL_DIGITS))
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        kept = vault.encrypted(CHANNEL, {TOKEN: token})
        self._keep(
            lambda _session: None, channel_id=channel_id, token=kept, watched="", expires_at=self._act.at + _LONGEST
        )
        return channel_id, token

    def _fail(self, error: PolicyServiceError) -> None:
        is_same = self._channel.tried_with == self._tried_with
        failures = (self._channel.failures if is_same else 0) + 1
        next_try_at = None
        if isinstance(error, ConnectorError) and error.is_passing:
            next_try_at = try_again_at(self._act.at, failures, error, self._house.world.chance())
        said = {"code": error.code, "error": error.message, "remedy": error.remedy}
        tried = {"tried_with": self._tried_with, "failures": failures, "next_try_at": next_try_at}
        self._keep(lambda _session: None, **tried, **said)
        log.warning("notices_not_agreed", connection=self._connection.name, code=error.code)

    def _keep(self, also: Callable[[Session], None], **values: Any) -> None:
        with self._house.database.writing() as session:
            ConnectionStore(session).state(self._connection.connection_id, locks=True)
            NoticeStore(session, self._connection.connection_id).move(**values)
            also(session)

    def _note(self, session: Session, done: str, detail: dict[str, object]) -> None:
        note(self._house, session, self._act, done, "connection", self._connection.name, detail)


_WELL: Final[dict[str, Any]] = {
    "tried_with": "",
    "next_try_at": None,
    "failures": 0,
    "code": "",
    "error": "",
    "remedy": "",
}
_ENDED: Final[dict[str, Any]] = {"channel_id": "", "token": "", "watched": "", "expires_at": None, **_WELL}


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
