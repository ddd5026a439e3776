"""The switch of the write-back: off, until somebody has looked at a dry run of this very mapping and account."""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.mapping.mapping import ConnectorMapping
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.services.actor import Actor
from policy_service.services.audit import note
from policy_service.services.connections.allowed import require_runs, require_sees
from policy_service.services.connections.opening import account_hash
from policy_service.services.connections.scheduling import require_mapping
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.push_store import PushStore, StoredPush, StoredPushState


@dataclass(frozen=True, slots=True)
class WriteBackNow:
    """Whether a connection is written back to, how far that is, and the last dry run of its mapping, if any.

    `may_be_switched_on`: somebody has looked at a dry run of this very mapping and account.
    """

    is_on: bool
    may_be_switched_on: bool
    writes_anything: bool
    dry_run: StoredPush | None
    state: StoredPushState


def mapping_hash(connection: StoredConnection) -> str:
    """Return what tells what is written from anything else: the mapping, and the account that it is written to."""
    said = json.dumps([connection.mapping, account_hash(connection)])
    return hashlib.sha256(said.encode()).hexdigest()


def written_mapping(connection: StoredConnection) -> ConnectorMapping:
    """Return the mapping; ConnectorError X164 without one, X190 for one that writes nothing back."""
    require_mapping(connection)
    mapping = read_connector_mapping(connection.mapping, f"{connection.name}.yaml")
    if not _writes(mapping):
        raise ConnectorError(
            "X190",
            f"The mapping of {connection.name} writes nothing back.",
            remedy="Add write_back or tasks to the mapping.",
        )
    return mapping


def require_looked_at(session: Session, connection: StoredConnection) -> None:
    """Return if somebody has looked at a dry run of this mapping and account; RequestError X192 otherwise."""
    if not PushStore(session).dry_run(connection.connection_id, mapping_hash(connection), is_looked_at=True):
        raise RequestError(
            "X192",
            f"Nobody has looked at a dry run of {connection.name} with this mapping, account and these secrets.",
            remedy="Make one, and look at what it would write: policy push --dry-run.",
        )


def require_switched_on(session: Session, connection: StoredConnection) -> None:
    """Return if the connection may be written to; ConnectorError X191 if it is off, RequestError X192 as above."""
    if not connection.writes_back:
        raise ConnectorError(
            "X191",
            f"Nothing is written back to {connection.name}: that is switched off.",
            remedy="Look at a dry run, then switch it on: policy connect change --write-back.",
        )
    require_looked_at(session, connection)


def look_at(house: House, session: Session, push_id: str, actor: Actor, act: Act) -> StoredPush:
    """Note that the actor has looked at a dry run and is content with it, and return it.

    AccessError A403 as `allowed` says; NotStored S209 if there is no such run; RequestError
    X196 for one that is not dry, has not ended well, or is of another mapping or account than the connection's.
    """
    require_runs(actor)
    run = PushStore(session).load(push_id)
    connection = ConnectionStore(session).of(run.connection_id)
    if not run.is_dry or run.state != "done" or run.mapping_hash != mapping_hash(connection):
        raise RequestError(
            "X196",
            f"The run {push_id[:60]} is no dry run of the mapping, account and secrets as they are now.",
            remedy="Make a dry run, and look at that one.",
        )
    looked = PushStore(session).look(push_id, act)
    detail = {"push_id": push_id, "mapping_hash": run.mapping_hash}
    note(house, session, act, "dry_run_looked_at", "connection", connection.name, detail)
    return looked


def write_back_now(session: Session, name: str, actor: Actor) -> WriteBackNow:
    """Return how the write-back of a connection is; AccessError A403, NotStored S209."""
    require_sees(actor)
    connection = ConnectionStore(session).load(name)
    store, number, of_it = PushStore(session), connection.connection_id, mapping_hash(connection)
    writes = bool(connection.mapping) and _writes(read_connector_mapping(connection.mapping, f"{name}.yaml"))
    return WriteBackNow(
        connection.writes_back,
        store.dry_run(number, of_it, is_looked_at=True) is not None,
        writes,
        store.dry_run(number, of_it, is_looked_at=False),
        store.state(number),
    )


def _writes(mapping: ConnectorMapping) -> bool:
    return bool(mapping.write_back or mapping.tasks)
