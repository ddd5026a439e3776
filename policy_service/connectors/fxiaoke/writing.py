"""What is written back to Fxiaoke: fields of rows, and messages to their owners."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.fxiaoke.discovery import read_fields
from policy_service.connectors.fxiaoke.session import Session, data_of, data_path
from policy_service.connectors.port import Change, FieldKind, Json, Task, Written
from policy_service.domain.instants import SECOND, start_of_day

_Sent = TypeVar("_Sent", Change, Task)
#: Neither workflows nor approvals over there are begun by what a policy decided.
_QUIETLY: Final = {"triggerWorkFlow": False, "triggerApprovalFlow": False}
_DAY: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)
_MILLISECOND: Final = SECOND // 1000


def write_changes(session: Session, object_name: str, changes: Sequence[Change], zone: ZoneInfo) -> tuple[Written, ...]:
    """Change one row after another, and return what became of each.

    A day is sent as its first instant in `zone`, a number as text, a flag as true or false: as their fields take them.
    """
    kinds = {field.name: field.kind for field in read_fields(session, object_name)} if changes else {}

    def send(change: Change) -> str:
        values = {name: _sent(value, kinds.get(name, FieldKind.TEXT), zone) for name, value in change.values.items()}
        data: Json = {"object_data": {**values, "_id": change.row_id, "dataObjectApiName": object_name}}
        session.ask(data_path(object_name, "update"), {**_QUIETLY, "data": data}, is_patient=False)
        return change.row_id

    return _each(changes, send, lambda change: change.row_id)


def send_messages(session: Session, tasks: Sequence[Task]) -> tuple[Written, ...]:
    """Send each task as a message to its owner, or to the owner of its row, and return what became of each."""

    def send(task: Task) -> str:
        owners: Json = [task.owner] if task.owner else _owners(session, task)
        session.ask(
            "/cgi/message/send",
            {"toUser": owners, "msgType": "text", "text": {"content": _words(task)}},
            is_repeatable=False,
            is_patient=False,
        )
        return task.about_row

    return _each(tasks, send, lambda task: task.about_row)


def _each(sent: Sequence[_Sent], send: Callable[[_Sent], str], row_of: Callable[[_Sent], str]) -> tuple[Written, ...]:
    written = []
    stopped: ConnectorError | None = None
    for each in sent:
        if stopped is None:
            try:
                written.append(Written(send(each), is_done=True))
            except ConnectorError as error:
                # Before anything was done the error itself tells more; later it would hide what was done.
                if not written and error.is_passing:
                    raise
                stopped = error if error.is_passing else None
                written.append(Written(row_of(each), is_done=False, code=error.code, message=error.message))
        else:
            written.append(Written(row_of(each), is_done=False, code=stopped.code, message=stopped.message))
    return tuple(written)


def _sent(value: Json, kind: FieldKind, zone: ZoneInfo) -> Json:
    match kind, value:
        case FieldKind.DAY | FieldKind.INSTANT, str() if _DAY.fullmatch(value):
            return start_of_day(dt.date.fromisoformat(value), zone) // _MILLISECOND
        case FieldKind.FLAG, "true" | "false":
            return value == "true"
        case FieldKind.NUMBER | FieldKind.MONEY, int() if not isinstance(value, bool):
            return str(value)
        case _:
            return value


def _owners(session: Session, task: Task) -> list[Json]:
    asked: Json = {"dataObjectApiName": task.about_object, "objectDataId": task.about_row}
    row = data_of(session.ask(data_path(task.about_object, "get"), {"data": asked}, is_patient=False))
    match row.get("owner"):
        case [str(), *_] as owners:
            return [*owners]
        case str(owner) if owner:
            return [owner]
        case _:
            remedy = "Give the row an owner in Fxiaoke, or name who is to get the message in the mapping."
            raise ConnectorError("X120", f"The row {task.about_row} has no owner to write to.", remedy=remedy)


def _words(task: Task) -> str:
    return "\n".join(filter(None, (task.subject, task.text, task.due)))
