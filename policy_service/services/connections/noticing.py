"""Notices that systems send by themselves: each is believed to be one or refused, and wakes a pull, nothing more.

Who sends learns nothing: whatever is wrong, and whether there is such a connection, the refusal is the same, and a
connection that is not there is looked for, decrypted and compared like one that is.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import structlog

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.fxiaoke.callback import TAKEN, CallbackKeys, CallbackRefused, read_callback
from policy_service.connectors.port import System
from policy_service.connectors.zoho.crm_notifications import Notice, read_notice
from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.instants import DAY, Instant
from policy_service.services.audit import note
from policy_service.services.connections.opening import NOTICES, SECRETS
from policy_service.services.connections.scheduling import wake
from policy_service.services.connections.secrets import Vault
from policy_service.services.house import House
from policy_service.settings import Settings
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.notice_store import Hearing, NoticeStore, StoredChannel

#: What the token of a channel is encrypted for, and its name among what is encrypted.
CHANNEL: Final = "notices"
TOKEN: Final = "token"  # noqa: S105  # it is a name
#: The answer that says nothing.
_NOTHING: Final = "{}"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
#: A notice of Zoho CRM that is sent again is known for so long; it tries again for half a day.
_KNOWN_FOR: Final = DAY
_MESSAGE: Final = "Message"
#: They say that the app was let in or out over there: whether that is to count, a person decides.
_OF_ACCESS: Final = frozenset({"PermanentCode", "CancelPermanentCode"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Told:
    """What a genuine notice tells: `mark` is "" for one that cannot be told from others; `kind` is the system's word.

    One that `is_once` is refused when it comes again, others are answered as before.
    """

    mark: str
    until: Instant
    kind: str
    answer: str
    is_once: bool
    wakes: bool


def wants_notices(connection: StoredConnection) -> bool:
    """Return whether the connection is on, and is to be told of changes."""
    return connection.is_on and connection.settings.get(NOTICES) == "on"


def take_notice(house: House, name: str, body: bytes, act: Act, let_in: Callable[[str], None]) -> str:
    """Take a notice for the connection of that name, and return what its system is to be answered.

    `let_in` is asked once the notice is known to be genuine, and raises AccessError for one too many. AccessError
    X180, which says no more, for whatever is not taken.
    """
    # A name that none can have is looked up too, as that of nobody.
    asked = name if _NAME.fullmatch(name) else ""
    with house.database.reading() as session:
        connection = ConnectionStore(session).find(asked)
        channel = NoticeStore(session, connection.connection_id if connection else 0).channel()
    try:
        told = _read(house, connection, channel, body, act.at)
    except ConnectorError as error:
        house.counting.noticed("refused")
        if connection is not None:
            fault = error.fault.value if isinstance(error, CallbackRefused) else ""
            log.info("notice_refused", connection=connection.name, code=error.code, fault=fault)
        raise refused_notice() from None
    let_in(asked)
    if connection is not None:
        is_first = _took(house, connection.connection_id, told, act)
        house.counting.noticed("taken" if is_first else "repeated")
        if not is_first and told.is_once:
            log.info("notice_refused", connection=connection.name, code="X128", fault="replayed")
            raise refused_notice()
    return told.answer


def refused_notice() -> AccessError:
    """Return the one refusal of all notices that are not taken."""
    return AccessError("X180", "The notice is not taken.", remedy="Look into the log of the service for the reason.")


def _took(house: House, connection_id: int, told: _Told, act: Act) -> bool:
    with house.database.writing() as session:
        store, notices = ConnectionStore(session), NoticeStore(session, connection_id)
        store.state(connection_id, locks=True)
        if told.mark:
            heard = notices.hear(told.mark, told.until, act.at)
            if heard is Hearing.AGAIN or (heard is Hearing.FULL and told.is_once):
                return False
        notices.count(act.at)
        connection = store.of(connection_id)
        if told.wakes:
            wake(session, connection, act.at)
        if told.kind in _OF_ACCESS:
            # The code itself is not kept: a person takes it from there, if it is to be used.
            note(house, session, act, "called_back", "connection", connection.name, {"kind": told.kind})
    return True


def _read(house: House, connection: StoredConnection | None, channel: StoredChannel, body: bytes, at: Instant) -> _Told:
    if connection is not None and wants_notices(connection):
        match connection.system:
            case System.FXIAOKE:
                vault = Vault(house.settings, connection.connection_id)
                return _called_back(body, vault.decrypted(SECRETS, connection.secrets), at)
            case System.ZOHO_CRM if channel.channel_id:
                vault = Vault(house.settings, connection.connection_id)
                token = vault.decrypted(CHANNEL, channel.token)[TOKEN]
                return _noticed(read_notice(body, {channel.channel_id: token}), at)
            case _:
                pass
    token = Vault(house.settings, 0).decrypted(CHANNEL, _decoy(house.settings))[TOKEN]
    # Nobody knows this token.
    return _noticed(read_notice(body, {"0": token}), at)


def _noticed(notice: Notice, at: Instant) -> _Told:
    said = json.dumps([notice.channel_id, *notice.key])
    # Without a time two changes of the same rows could not be told apart.
    mark = hashlib.sha256(said.encode()).hexdigest() if notice.server_time else ""
    return _Told(mark, at + _KNOWN_FOR, notice.operation, _NOTHING, is_once=False, wakes=True)


def _called_back(body: bytes, kept: Mapping[str, str], at: Instant) -> _Told:
    keys = CallbackKeys.read(kept.get("callback_token", ""), kept.get("callback_key", ""))
    heard = _HeardLater()
    callback = read_callback(body, keys, at, heard)
    mark = hashlib.sha256(heard.signature.encode()).hexdigest()
    return _Told(mark, heard.until, callback.kind, TAKEN, is_once=True, wakes=callback.kind == _MESSAGE)


class _HeardLater:
    """Notes what is to be remembered, in the transaction of what comes of it."""

    signature = ""
    until: Instant = 0

    def is_first(self, signature: str, until: Instant, now: Instant) -> bool:  # noqa: ARG002
        """Return that it may be: whether it is, the database says."""
        self.signature, self.until = signature, until
        return True


@lru_cache(maxsize=1)
def _decoy(settings: Settings) -> str:
    return Vault(settings, 0).encrypted(CHANNEL, {TOKEN: secrets.token_urlsafe(36)})
