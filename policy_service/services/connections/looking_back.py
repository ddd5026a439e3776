"""What the audit trail knows of a connection: since when its secrets are kept, and what the last check came to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.instants import Instant
from policy_service.services.actor import Actor
from policy_service.services.connections.allowed import require_connects, require_sees
from policy_service.services.connections.opening import SECRETS
from policy_service.services.connections.secrets import CANNOT_BE_DECRYPTED, Vault
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.connection_store import ConnectionStore

_CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The last check: when, and what it reached or else the code of its error."""

    at: Instant
    reached: str
    code: str


def kept_secrets(house: House, session: Session, name: str, actor: Actor) -> Mapping[str, Instant]:
    """Return the names of the secrets that a connection has, each with since when it is kept; never what they are.

    AccessError A403 as `allowed` says; NotStored S209 if there is no such connection;
    ConnectorError X160 to X163 where they cannot be decrypted.
    """
    require_connects(actor)
    connection = ConnectionStore(session).load(name)
    if not connection.secrets:
        return {}
    values = Vault(house.settings, connection.connection_id).decrypted(SECRETS, connection.secrets)
    since = dict.fromkeys((each for each, value in values.items() if value), connection.created_at)
    for event in AuditStore(session).about(_CONNECTION, name):
        if event.act in ("connected", "changed"):
            given = json.loads(event.detail).get("secrets", ())
            since |= {each: event.at for each in given if each in since}
    return since


def readable_secrets(house: House, session: Session, name: str, actor: Actor) -> frozenset[str]:
    """Return the names of the secrets that a connection has; none where nobody can read them any more.

    The errors are those of `kept_secrets`, but for X163.
    """
    try:
        return frozenset(kept_secrets(house, session, name, actor))
    except ConnectorError as error:
        if error.code != CANNOT_BE_DECRYPTED:
            raise
        return frozenset()


def last_check(session: Session, name: str, actor: Actor) -> LastCheck | None:
    """Return the last check of a connection, none before the first.

    AccessError A403 as `allowed` says.
    """
    require_sees(actor)
    found = AuditStore(session).page(act="checked", subject_kind=_CONNECTION, subject_id=name, limit=1)
    if not found:
        return None
    detail = json.loads(found[0].detail)
    return LastCheck(found[0].at, str(detail.get("reached", "")), str(detail.get("code", "")))
