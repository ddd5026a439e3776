"""The write-back: what policies decided is written into mapped fields over there, and cases become tasks.

Only what is other than it should be is written. Each batch is kept with what became of every row before the next
one is sent, so that a run that ends anywhere, by whatever, is gone on with by the next one.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from policy_service.connectors.mapping.mapping import WriteBack, wanted
from policy_service.connectors.port import Change, Connector, System, Written
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.services.connections.holding import hold
from policy_service.services.connections.opening import account_hash, opened
from policy_service.services.connections.pulling import BROKEN_OFF, pull
from policy_service.services.connections.writing_back_plan import PlannedRow, plan
from policy_service.services.connections.writing_back_run import (
    Heard,
    PushRun,
    kept_words,
    next_try,
    require_told_of_all,
)
from policy_service.services.connections.writing_back_switch import mapping_hash, require_switched_on, written_mapping
from policy_service.services.connections.writing_back_tasks import count_tasks, hand_over, settle_intended
from policy_service.services.house import House
from policy_service.services.running_jobs import JobStopped
from policy_service.storage.connection_store import ConnectionStore
from policy_service.storage.mirror_store import MirrorStore
from policy_service.storage.pull_store import PullStore
from policy_service.storage.push_store import PushStore, StoredPush
from policy_service.storage.written_store import RowResult, WrittenStore

#: Systems that take many rows in one call are given as many; of others few, as a failure hides what came before it.
_AT_ONCE: Final = {System.ZOHO_CRM: 100}
_AT_ONCE_ELSE: Final = 10
_WAS_BROKEN_OFF: Final = (
    "X194",
    "The process ended while it wrote back.",
    "The next run goes on; a message that may have been sent is shown as uncertain.",
)


def push(house: House, name: str, act: Act, by: str, heard: Heard, *, is_dry: bool) -> StoredPush:
    """Write back to a connection, or with `is_dry` only plan it, and return the run, kept whatever happens.

    What the mapping writes is read first, by a pull, where it never was. `by` names who does it, like nobody else.
    NotStored S209 for no such connection; ConnectorError X164 without a mapping, X190 where it writes nothing back,
    X191 where that is off, RequestError X192 where nobody has looked at a dry run of this mapping; Conflict X167
    while somebody else has the connection. What the system says is raised as it is, kept with the run.
    """
    run = _begin(house, name, act, by, heard, is_dry=is_dry)
    try:
        _read_first(run)
        run.begin()
        _write(run)
    except (JobStopped, SystemExit) as stopped:
        run.end("stopped", JobStopped() if isinstance(stopped, SystemExit) else stopped)
        raise
    except PolicyServiceError as error:
        run.end("failed", error)
        raise
    except Exception as error:
        run.end("failed", _unexpected(error))
        raise
    return run.end("done", None)


def _begin(house: House, name: str, act: Act, by: str, heard: Heard, *, is_dry: bool) -> PushRun:
    push_id = house.new_id()
    with house.database.writing() as session:
        connection = ConnectionStore(session).load(name)
        mapping = written_mapping(connection)
        if not is_dry:
            require_switched_on(session, connection)
        hold(session, connection.connection_id, by, house.world.now())
        # Whoever pulled has lost the connection to us.
        PullStore(session).break_off(connection.connection_id, act, BROKEN_OFF)
        PushStore(session).begin(
            push_id, connection.connection_id, act, mapping_hash(connection), _WAS_BROKEN_OFF, is_dry=is_dry
        )
    return PushRun(house, connection, mapping, act, by, heard, push_id, is_dry=is_dry)


def _read_first(run: PushRun) -> None:
    """Pull where what stands over there in the written fields was never asked for, or of another account."""
    with run.house.database.reading() as session:
        state = ConnectionStore(session).state(run.connection_id)
        mirror = MirrorStore(session, run.connection_id)
        cursors = {one.object_name: mirror.cursor(one.object_name) for one in run.mapping.write_back}
    asked = {one.object_name: set(one.fields) for one in wanted(run.mapping, with_written=True)}
    is_read = all(cursor and asked[name] <= set(cursor.fields) for name, cursor in cursors.items())
    if is_read and state.account == account_hash(run.connection) and state.translated_with:
        return
    pull(run.house, run.connection.name, run.act, run.by, lambda _rows: run.has_done(0), with_written=True)


def _write(run: PushRun) -> None:
    with run.house.database.reading() as session:
        gone = WrittenStore(session, run.connection_id).count_gone()
    with run.writing() as session:
        run.count(session, gone=gone)
    if run.is_dry:
        for one in run.mapping.write_back:
            for _ in _planned(run, one):
                pass
        count_tasks(run)
        return
    with run.writing() as session:
        settle_intended(run, session)
    with opened(run.house, run.connection, run.goes_on) as connector:
        for one in run.mapping.write_back:
            for rows in _planned(run, one):
                _write_rows(run, connector, one.object_name, rows)
        hand_over(run, connector)


def _planned(run: PushRun, write_back: WriteBack) -> Iterator[tuple[PlannedRow, ...]]:
    after: str | None = ""
    while after is not None:
        with run.house.database.reading() as session:
            found = plan(run.house, session, run.connection, write_back, run.now(), after)
        written = [one for one in found.planned if one.writes]
        due = tuple(one for one in written if one.waits_until is None)
        with run.writing() as session:
            run.count(
                session,
                rows=found.rows,
                planned=len(due),
                waiting=len(written) - len(due),
                without_standing=found.without_standing,
                fields_left_out=sum(len(one.left_out) for one in found.planned),
            )
        yield due
        run.has_done(found.rows)
        after = found.after


def _write_rows(run: PushRun, connector: Connector, object_name: str, rows: Sequence[PlannedRow]) -> None:
    most = _AT_ONCE.get(System(run.connection.system), _AT_ONCE_ELSE)
    for start in range(0, len(rows), most):
        batch = rows[start : start + most]
        with run.asking():
            results = connector.write(object_name, [Change(one.row_id, one.values) for one in batch])
        require_told_of_all(len(batch), len(results))
        _keep(run, object_name, batch, results)
        run.has_done(0)


def _keep(run: PushRun, object_name: str, batch: Sequence[PlannedRow], results: Sequence[Written]) -> None:
    at = run.now().at
    kept = [_result(run, row, result, at) for row, result in zip(batch, results, strict=True)]
    done, refused = [one for one in kept if one.is_done], [one for one in kept if not one.is_done]
    with run.writing() as session:
        WrittenStore(session, run.connection_id).keep(kept)
        run.count(session, written=len(done), refused=len(refused))
        detail: dict[str, object] = {
            "object": object_name,
            "fields": sorted({name for one in kept for name in one.values}),
            "done": len(done),
            "refused": len(refused),
            "rows": [one.row_id for one in done],
            "refused_rows": {one.row_id: one.code for one in refused},
        }
        run.note(session, "written_back", detail)


def _result(run: PushRun, row: PlannedRow, result: Written, at: int) -> RowResult:
    # What is refused is tried again later; so is what was done and does not stay, from the second time on.
    is_to_wait = not result.is_done or row.tries > 1
    code, message = kept_words(result)
    return RowResult(
        object_name=row.object_name,
        row_id=row.row_id,
        push_id=run.push_id,
        customer_id=row.customer_id,
        values=row.values,
        is_done=result.is_done,
        code=code,
        message=message,
        tries=row.tries,
        written_at=at,
        next_at=next_try(at, row.tries) if is_to_wait else None,
    )


def _unexpected(error: Exception) -> PolicyServiceError:
    return PolicyServiceError(
        "X195",
        f"The write-back ended by a fault of the program ({type(error).__name__}).",
        remedy="Look into the log of the process, and report it.",
    )
