"""Connections set up by people: connected, changed, checked, looked into, given a mapping; every step is noted."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.port import RemoteField, RemoteObject, System
from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.services.actor import Actor
from policy_service.services.audit import note
from policy_service.services.connections.allowed import (
    require_checks,
    require_connects,
    require_looks_into,
    require_maps,
    require_runs,
    require_sees,
)
from policy_service.services.connections.giving_secrets import secrets_with
from policy_service.services.connections.opening import SECRETS, never_stops, opened
from policy_service.services.connections.scheduling import ask_for_pull, require_mapping, reschedule
from policy_service.services.connections.secrets import Vault
from policy_service.services.connections.writing_back_schedule import resume
from policy_service.services.connections.writing_back_switch import mapping_hash, require_looked_at
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.errors import refuse_if_changed
from policy_service.storage.job_store import Job
from policy_service.storage.notice_store import NoticeStore
from policy_service.storage.push_store import PushStore

#: A connection is pulled by itself at most every so many minutes, and at least once a week.
MOST_MINUTES: Final = 7 * 24 * 60
LEAST_MINUTES: Final = 5
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_MOST_VALUES: Final = 40
_LONGEST_VALUE: Final = 4_000
_NOTHING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class NewConnection:
    """A system to be connected: by which name, and how it is reached."""

    name: str
    system: System
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be other than it is; none leaves it. Secrets stand in place of those of their names alone."""

    settings: Mapping[str, str] | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    schedule_minutes: int | None = None
    is_on: bool | None = None
    writes_back: bool | None = None


def connections(session: Session, actor: Actor) -> tuple[StoredConnection, ...]:
    """Return every connection, in order of name; AccessError A403 as `allowed` says."""
    require_sees(actor)
    return ConnectionStore(session).all()


def connect(house: House, session: Session, new: NewConnection, actor: Actor, act: Act) -> StoredConnection:
    """Store a connection, which is off and is not asked for anything yet.

    AccessError A403 as `allowed` says; RequestError X170 for a name that is none, X171 for
    values that are too many or too long; Conflict S210 for a name that is taken; ConnectorError X160 to X161 without
    a key.
    """
    require_connects(actor)
    if not _NAME.fullmatch(new.name):
        raise RequestError(
            "X170",
            f"{new.name[:60]!r} is no name for a connection.",
            remedy="Write small letters, digits and _, at most 40, a letter first.",
        )
    _refuse_too_much(new.settings, new.secrets)
    store = ConnectionStore(session)
    added = store.add(new.name, new.system.value, new.settings, act)
    encrypted = Vault(house.settings, added.connection_id).encrypted(SECRETS, new.secrets)
    connected = store.change(added, act, secrets=encrypted)
    note(house, session, act, "connected", "connection", new.name, {"system": new.system.value} | _names_of(new))
    return connected


def change(
    house: House,
    session: Session,
    name: str,
    changes: Changes,
    actor: Actor,
    act: Act,
    *,
    revision: int | None = None,
) -> StoredConnection:
    """Change a connection, and return it as it is now; it is pulled at once if it is on and has a schedule.

    AccessError A403 as `allowed` says; NotStored S209 if there is none; Conflict S208 unless it
    was read at that `revision`; RequestError X171 for values or a schedule out of bounds, X192 to write back before
    somebody has looked at a dry run of its mapping. Another account is not written back to before there is one of it.
    ConnectorError X160 to X161 for secrets without a key, X163 where those it has are lost and not all are given.
    """
    _require_changes(actor, changes)
    store = ConnectionStore(session)
    before = store.load(name)
    refuse_if_changed(f"the connection {name[:60]}", before.revision, revision)
    _refuse_too_much(changes.settings or {}, changes.secrets)
    minutes = changes.schedule_minutes
    if minutes and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise _out_of_bounds(f"a schedule of {minutes} minutes")
    values: dict[str, Any] = {
        each: getattr(changes, each)
        for each in ("settings", "schedule_minutes", "is_on", "writes_back")
        if getattr(changes, each) is not None
    }
    detail: dict[str, object] = {each: value for each, value in values.items() if each != "settings"}
    if changes.secrets:
        vault = Vault(house.settings, before.connection_id)
        values["secrets"] = secrets_with(vault, before, changes.secrets)
    after = {each: values.get(each, getattr(before, each)) for each in ("settings", "secrets")}
    is_other = mapping_hash(replace(before, **after)) != mapping_hash(before)
    if is_other and changes.writes_back is None and before.writes_back:
        # The dry run was of another account, or may have been: secrets alone can lead to another one.
        values["writes_back"] = detail["writes_back"] = False
    if changes.secrets or changes.settings is not None:
        _forget_what_was_agreed(session, before)
    changed = store.change(before, act, **values)
    if changed.writes_back and (is_other or not before.writes_back):
        require_looked_at(session, changed)
    reschedule(store, changed, act.at)
    resume(session, changed, act.at)
    note(house, session, act, "changed", "connection", name, detail | _names_of(changes))
    return changed


def check(house: House, name: str, actor: Actor, act: Act, goes_on: Callable[[], bool] = never_stops) -> str:
    """Sign in over there, and return in words what the connection reaches; one that was stopped is pulled again.

    `goes_on` is asked whether to wait on for a system that lets one wait. AccessError A403 as `allowed`
    says; NotStored S209; ConnectorError for what goes wrong.
    """
    require_checks(actor)
    connection = _asked(house, name)
    try:
        with opened(house, connection, goes_on) as connector:
            reached = connector.check()
    except ConnectorError as error:
        _note_check(house, connection, act, {"code": error.code})
        raise
    _note_check(house, connection, act, {"reached": reached[:200]}, is_well=True)
    return reached


def remote_objects(house: House, name: str, actor: Actor) -> tuple[RemoteObject, ...]:
    """Return what can be pulled over there; the errors are those of `check`."""
    require_looks_into(actor)
    with opened(house, _asked(house, name)) as connector:
        return connector.objects()


def remote_fields(house: House, name: str, object_name: str, actor: Actor) -> tuple[RemoteField, ...]:
    """Return the fields of an object over there; the errors are those of `check`."""
    require_looks_into(actor)
    with opened(house, _asked(house, name)) as connector:
        return connector.fields(object_name)


def keep_connection_mapping(
    house: House,
    session: Session,
    name: str,
    text: str,
    actor: Actor,
    act: Act,
    *,
    revision: int | None = None,
    file: str = "",
) -> StoredConnection:
    """Keep the mapping of a connection; the next pull reads everything that was mirrored by it.

    What is wrong with the text is said to be in `file`; without one, in one named after the connection.
    AccessError A403 as `allowed` says; NotStored S209; Conflict S208 as for `change`;
    PolicyTextError for a text that is no mapping, RequestError X172 for one of another system.
    """
    require_maps(actor)
    store = ConnectionStore(session)
    before = store.load(name)
    refuse_if_changed(f"the connection {name[:60]}", before.revision, revision)
    mapping = read_connector_mapping(text, file or f"{name}.yaml")
    if mapping.system.value != before.system:
        raise RequestError(
            "X172",
            f"The mapping is of {mapping.system.value}, the connection of {before.system}.",
            remedy="Take a mapping of the same system.",
        )
    # Of another mapping nobody has seen what it would write.
    writes_back = before.writes_back and text == before.mapping
    kept = store.change(before, act, mapping=text, writes_back=writes_back)
    reschedule(store, kept, act.at)
    resume(session, kept, act.at)
    note(house, session, act, "kept", "connection_mapping", name, {"mapping": mapping.name})
    return kept


def shipped_mapping(house: House, system: System) -> str:
    """Return the mapping that ships for a system, as its file says it."""
    return (house.settings.rules_dir / "connectors" / f"{system.value}.yaml").read_text("utf-8")


def ask_pull(house: House, session: Session, name: str, actor: Actor, act: Act, *, withdraws_much: bool = False) -> Job:
    """Have a connection pulled soon, and return the job; one that waits or runs already is that one.

    With `withdraws_much` more rows may be withdrawn than stay (else X166).

    AccessError A403 as `allowed` says; NotStored S209; ConnectorError X164 without a mapping.
    """
    require_runs(actor)
    if withdraws_much:
        require_maps(actor)
    connection = ConnectionStore(session).load(name)
    require_mapping(connection)
    job = ask_for_pull(session, connection, act, withdraws_much=withdraws_much)
    detail = {"job_id": job.job_id, "withdraws_much": withdraws_much}
    note(house, session, act, "pull_asked", "connection", name, detail)
    return job


def secrets_named(house: House, connection: StoredConnection) -> frozenset[str]:
    """Return the names of the secrets that a connection has; ConnectorError X160 to X163 where they cannot be had."""
    kept = Vault(house.settings, connection.connection_id).decrypted(SECRETS, connection.secrets)
    return frozenset(name for name, value in kept.items() if value)


def _require_changes(actor: Actor, changes: Changes) -> None:
    if changes.settings is not None or changes.secrets:
        require_connects(actor)
    if changes.writes_back is not None:
        require_runs(actor)
    require_checks(actor)


def _asked(house: House, name: str) -> StoredConnection:
    with house.database.reading() as session:
        return ConnectionStore(session).load(name)


def _note_check(
    house: House, connection: StoredConnection, act: Act, detail: Mapping[str, object], *, is_well: bool = False
) -> None:
    with house.database.writing() as session:
        store = ConnectionStore(session)
        if is_well:
            now = store.of(connection.connection_id)
            if store.state(connection.connection_id).is_stopped:
                reschedule(store, now, act.at)
            if PushStore(session).state(connection.connection_id).is_stopped:
                resume(session, now, act.at)
        note(house, session, act, "checked", "connection", connection.name, detail)


def _forget_what_was_agreed(session: Session, before: StoredConnection) -> None:
    """Let the next one sign in and agree on notices anew: what was agreed may be another account's."""
    ConnectionStore(session).move(before.connection_id, token="")
    notices = NoticeStore(session, before.connection_id)
    if notices.channel().watched:
        notices.move(watched="")


def _names_of(said: NewConnection | Changes) -> dict[str, object]:
    # Values of settings are no secrets, but the audit trail is read by more people.
    return {"settings": sorted(said.settings or _NOTHING), "secrets": sorted(said.secrets)}


def _refuse_too_much(*given: Mapping[str, str]) -> None:
    for values in given:
        if len(values) > _MOST_VALUES:
            raise _out_of_bounds(f"{len(values)} values")
        for key, value in values.items():
            if len(key) > _MOST_VALUES or len(value) > _LONGEST_VALUE or "\0" in key + value:
                raise _out_of_bounds(f"a value of {len(value)} characters")


def _out_of_bounds(what: str) -> RequestError:
    return RequestError(
        "X171",
        f"A connection cannot have {what}.",
        remedy=f"Give at most {_MOST_VALUES} values of {_LONGEST_VALUE} characters, and a schedule of 0 (by hand alone)"
        f" or {LEAST_MINUTES} to {MOST_MINUTES} minutes.",
    )
