"""The write-back asked for and looked at: what it would do, what it did, and what the other system refused."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.port import Json
from policy_service.domain.acting import Act
from policy_service.services.actor import Actor
from policy_service.services.audit import note
from policy_service.services.connections.allowed import require_runs, require_sees
from policy_service.services.connections.writing_back import push
from policy_service.services.connections.writing_back_plan import plan
from policy_service.services.connections.writing_back_run import Heard
from policy_service.services.connections.writing_back_schedule import ask_for_push
from policy_service.services.connections.writing_back_switch import require_switched_on, written_mapping
from policy_service.services.connections.writing_back_tasks import PlannedTask, planned_tasks
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.handed_store import Handed, HandedStore
from policy_service.storage.job_store import Job
from policy_service.storage.push_store import PushStore, StoredPush
from policy_service.storage.written_store import RowResult, WrittenStore

#: At most so many are given at once.
MOST_SHOWN: Final = 1_000


@dataclass(frozen=True, slots=True)
class FieldWrite:
    """A field that is to be written: what is there (None also where nobody knows), and what is to be.

    With `why_not` it is not written.
    """

    customer_id: str
    object_name: str
    row_id: str
    field: str
    there: Json
    is_known: bool
    to_be: Json
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class FieldWrites:
    """Some planned writes; `after` is handed in again for the next ones, none at the end."""

    writes: tuple[FieldWrite, ...]
    after: tuple[str, str] | None


def planned_writes(
    house: House, session: Session, name: str, actor: Actor, act: Act, after: tuple[str, str] = ("", "")
) -> FieldWrites:
    """Return some of what a run would write now, object by object; nothing is asked over there.

    AccessError A403 as `allowed` says; NotStored S209; ConnectorError X164, X190.
    """
    connection = _seen(session, name, actor)
    objects = written_mapping(connection).write_back
    names = [one.object_name for one in objects]
    index = names.index(after[0]) if after[0] in names else 0
    if not objects:
        return FieldWrites((), None)
    found = plan(house, session, connection, objects[index], act, after[1])
    writes = tuple(
        FieldWrite(
            row.customer_id,
            row.object_name,
            row.row_id,
            one.field,
            one.there,
            one.is_known,
            one.to_be,
            why_not="" if row.waits_until is None else _LATELY,
        )
        for row in found.planned
        for one in row.writes
    ) + tuple(
        FieldWrite(row.customer_id, row.object_name, row.row_id, field, None, False, None, why)
        for row in found.planned
        for field, why in row.left_out.items()
    )
    if found.after is not None:
        return FieldWrites(writes, (names[index], found.after))
    return FieldWrites(writes, (names[index + 1], "") if index + 1 < len(names) else None)


def planned_case_tasks(
    house: House, session: Session, name: str, actor: Actor, act: Act, after: str = "", most: int = 100
) -> tuple[PlannedTask, ...]:
    """Return cases that a run would hand over now, behind the case `after`; the errors are those of the writes."""
    connection = _seen(session, name, actor)
    tasks = written_mapping(connection).tasks
    if tasks is None:
        return ()
    return planned_tasks(house, session, connection.connection_id, tasks, act, after, min(most, MOST_SHOWN))


def pushes(session: Session, name: str, actor: Actor, most: int = 20) -> tuple[StoredPush, ...]:
    """Return the last runs of the write-back, the newest first; AccessError A403, NotStored S209."""
    return PushStore(session).latest(_seen(session, name, actor).connection_id, min(most, MOST_SHOWN))


def row_results(
    session: Session, name: str, actor: Actor, most: int = 100, *, is_done: bool | None = None
) -> tuple[RowResult, ...]:
    """Return what became of the last write of rows, the newest first; with `is_done` False those refused."""
    store = WrittenStore(session, _seen(session, name, actor).connection_id)
    return store.latest_results(min(most, MOST_SHOWN), is_done=is_done)


def task_results(session: Session, name: str, actor: Actor, most: int = 100, *, state: str = "") -> tuple[Handed, ...]:
    """Return cases that were handed over, the newest first, or those in a state such as `uncertain`."""
    store = HandedStore(session, _seen(session, name, actor).connection_id)
    return store.latest(min(most, MOST_SHOWN), state=state)


def ask_push(house: House, session: Session, name: str, actor: Actor, act: Act, *, is_dry: bool) -> Job:
    """Have a connection written back to soon, or with `is_dry` planned, and return the job.

    AccessError A403 as `allowed` says; NotStored S209; ConnectorError X164, X190, X191;
    RequestError X192 where nobody has looked at a dry run.
    """
    connection = _to_be_pushed(session, name, actor, is_dry=is_dry)
    job = ask_for_push(session, connection, act, is_dry=is_dry)
    detail = {"job_id": job.job_id, "is_dry": is_dry}
    note(house, session, act, "push_asked", "connection", name, detail)
    return job


def push_now(house: House, name: str, actor: Actor, act: Act, by: str, heard: Heard, *, is_dry: bool) -> StoredPush:
    """Write back to a connection at once, here, and return the run; the errors are those of `ask_push` and `push`."""
    with house.database.writing() as session:
        _to_be_pushed(session, name, actor, is_dry=is_dry)
        note(house, session, act, "push_asked", "connection", name, {"is_dry": is_dry})
    return push(house, name, act, by, heard, is_dry=is_dry)


_LATELY: Final = "The same was sent lately; it is tried again later."


def _seen(session: Session, name: str, actor: Actor) -> StoredConnection:
    require_sees(actor)
    return ConnectionStore(session).load(name)


def _to_be_pushed(session: Session, name: str, actor: Actor, *, is_dry: bool) -> StoredConnection:
    require_runs(actor)
    connection = ConnectionStore(session).load(name)
    written_mapping(connection)
    if not is_dry:
        require_switched_on(session, connection)
    return connection
