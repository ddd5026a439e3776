"""What was written over there: each field's last value, and what became of each row."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import and_, delete, func, select, text, update
from sqlalchemy.orm import Session

from policy_service.connectors.port import Body, Json
from policy_service.domain.instants import Instant
from policy_service.ledger.columns import Table
from policy_service.storage.ledger_differences import chunks
from policy_service.storage.mirror_store import MirrorStore, written_body
from policy_service.storage.models.connections import MirroredRow, TranslatedRow, WrittenValue
from policy_service.storage.models.write_backs import RowWrite

_AT_ONCE: Final = 500
_MIRROR: Final = MirroredRow.metadata.tables["mirrored_rows"]
_ROWS: Final = TranslatedRow.metadata.tables["translated_rows"]
_WRITTEN: Final = WrittenValue.metadata.tables["written_values"]
_QUIETLY: Final = {"synchronize_session": False}
_KEEP_VALUE: Final = text(
    "INSERT INTO written_values (connection_id, object_name, row_id, field, value, written_at)"
    " VALUES (:connection_id, :object_name, :row_id, :field, :value, :at)"
    " ON CONFLICT (connection_id, object_name, row_id, field) DO UPDATE SET value = :value, written_at = :at"
)
_KEEP_ROW: Final = text(
    "INSERT INTO row_writes (connection_id, object_name, row_id, push_id, customer_id, sent_values, is_done, code,"
    " message, tries, written_at, next_at)"
    " VALUES (:connection_id, :object_name, :row_id, :push_id, :customer_id, :sent_values, :is_done, :code,"
    " :message, :tries, :written_at, :next_at)"
    " ON CONFLICT (connection_id, object_name, row_id) DO UPDATE SET push_id = :push_id,"
    " customer_id = :customer_id, sent_values = :sent_values, is_done = :is_done, code = :code,"
    " message = :message, tries = :tries, written_at = :written_at, next_at = :next_at"
)


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of the last write of a row: `values` that were sent, and the system's words where it refused.

    `tries` counts how often in a row the same values were sent; they are not sent again before `next_at`.
    """

    object_name: str
    row_id: str
    push_id: str
    customer_id: str
    values: Body
    is_done: bool
    code: str
    message: str
    tries: int
    written_at: Instant
    next_at: Instant | None


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A row over there that is a customer's, as far as is known; without a body it is gone.

    `written` is what was last written into its fields.
    """

    row_id: str
    customer_id: str
    body: Body | None
    last: RowResult | None = None
    written: Mapping[str, Json] = field(default_factory=dict)


_RESULT: Final = [getattr(RowWrite, "sent_values" if name == "values" else name) for name in RowResult.__slots__]


class WrittenStore:
    """What was written to one connection, within one transaction."""

    def __init__(self, session: Session, connection_id: int) -> None:
        self._session = session
        self._id = connection_id

    def customer_rows(self, object_name: str, after: str, most: int) -> tuple[CustomerRow, ...]:
        """Return rows of customers in the order of their ids, behind `after`; a row of several customers once."""
        is_one = (
            _ROWS.c.connection_id == self._id,
            _ROWS.c.object_name == object_name,
            _ROWS.c.entry_table == Table.CUSTOMERS.value,
        )
        first = (
            select(func.min(_ROWS.c.row_number))
            .where(*is_one, _ROWS.c.row_id > after)
            .group_by(_ROWS.c.row_id)
            .order_by(_ROWS.c.row_id)
            .limit(most)
        )
        is_its = and_(
            _MIRROR.c.connection_id == self._id,
            _MIRROR.c.object_name == object_name,
            _MIRROR.c.row_id == _ROWS.c.row_id,
        )
        asked = (
            select(_ROWS.c.row_id, _ROWS.c.customer_id, _MIRROR.c.body, _MIRROR.c.is_deleted)
            .join(_MIRROR, is_its)
            .where(_ROWS.c.row_number.in_(first))
            .order_by(_ROWS.c.row_id)
        )
        found = self._session.execute(asked).all()
        ids = [row[0] for row in found]
        last, written = self.results_of(object_name, ids), self._values_of(object_name, ids)
        return tuple(
            CustomerRow(
                row_id, customer_id, None if is_gone else json.loads(body), last.get(row_id), written.get(row_id, {})
            )
            for row_id, customer_id, body, is_gone in found
        )

    def count_gone(self) -> int:
        """Return how many rows that were written are there no longer."""
        is_its = and_(
            _MIRROR.c.connection_id == RowWrite.connection_id,
            _MIRROR.c.object_name == RowWrite.object_name,
            _MIRROR.c.row_id == RowWrite.row_id,
        )
        asked = select(func.count()).select_from(RowWrite).join(_MIRROR, is_its)
        return self._session.scalar(asked.where(RowWrite.connection_id == self._id, _MIRROR.c.is_deleted)) or 0

    def results_of(self, object_name: str, row_ids: Sequence[str]) -> Mapping[str, RowResult]:
        """Return what became of the last writes of these rows, by row."""
        found: dict[str, RowResult] = {}
        for chunk in chunks(iter(row_ids), _AT_ONCE):
            asked = select(*_RESULT).where(
                RowWrite.connection_id == self._id, RowWrite.object_name == object_name, RowWrite.row_id.in_(chunk)
            )
            found.update((one.row_id, one) for one in map(_result, self._session.execute(asked)))
        return found

    def latest_results(self, most: int, *, is_done: bool | None) -> tuple[RowResult, ...]:
        """Return what became of the last writes, the newest first; with `is_done` only of those done, or refused."""
        asked = select(*_RESULT).where(RowWrite.connection_id == self._id)
        if is_done is not None:
            asked = asked.where(RowWrite.is_done == is_done)
        order = (RowWrite.written_at.desc(), RowWrite.object_name, RowWrite.row_id)
        return tuple(map(_result, self._session.execute(asked.order_by(*order).limit(most))))

    def keep(self, results: Sequence[RowResult]) -> None:
        """Keep what became of rows; what was written is what the mirror has from now on."""
        for one in results:
            said = {name: getattr(one, name) for name in RowResult.__slots__ if name != "values"}
            said |= {"connection_id": self._id, "sent_values": _text(one.values)}
            self._session.execute(_KEEP_ROW, said)
        done = [one for one in results if one.is_done]
        values = [
            {
                "connection_id": self._id,
                "object_name": one.object_name,
                "row_id": one.row_id,
                "field": name,
                "value": _text(value),
                "at": one.written_at,
            }
            for one in done
            for name, value in one.values.items()
        ]
        if values:
            self._session.execute(_KEEP_VALUE, values)
        for object_name in sorted({one.object_name for one in done}):
            self._mirror(object_name, {one.row_id: one.values for one in done if one.object_name == object_name})

    def forget(self) -> None:
        """Forget what was written, as to another account."""
        for model in (WrittenValue, RowWrite):
            self._session.execute(delete(model).where(model.connection_id == self._id), execution_options=_QUIETLY)

    def _mirror(self, object_name: str, values: Mapping[str, Body]) -> None:
        for row_id, body in list(self._bodies(object_name, list(values))):
            known = {name: value for name, value in values[row_id].items() if name in body}
            written, content = written_body({**body, **known})
            is_it = (
                _MIRROR.c.connection_id == self._id,
                _MIRROR.c.object_name == object_name,
                _MIRROR.c.row_id == row_id,
            )
            # The mapping may read what it writes.
            self._session.execute(update(_MIRROR).where(*is_it).values(body=written, content=content, is_pending=True))
        MirrorStore(self._session, self._id).wake_those_that_looked_up(object_name, list(values))

    def _bodies(self, object_name: str, row_ids: Sequence[str]) -> Iterator[tuple[str, Body]]:
        for chunk in chunks(iter(row_ids), _AT_ONCE):
            asked = select(_MIRROR.c.row_id, _MIRROR.c.body).where(
                _MIRROR.c.connection_id == self._id,
                _MIRROR.c.object_name == object_name,
                _MIRROR.c.row_id.in_(chunk),
                ~_MIRROR.c.is_deleted,
            )
            for row_id, body in self._session.execute(asked):
                yield row_id, json.loads(body)

    def _values_of(self, object_name: str, row_ids: Sequence[str]) -> Mapping[str, dict[str, Json]]:
        found: dict[str, dict[str, Json]] = {}
        for chunk in chunks(iter(row_ids), _AT_ONCE):
            asked = select(_WRITTEN.c.row_id, _WRITTEN.c.field, _WRITTEN.c.value).where(
                _WRITTEN.c.connection_id == self._id,
                _WRITTEN.c.object_name == object_name,
                _WRITTEN.c.row_id.in_(chunk),
            )
            for row_id, name, value in self._session.execute(asked):
                found.setdefault(row_id, {})[name] = json.loads(value)
        return found


def _result(row: Any) -> RowResult:
    said = dict(zip(RowResult.__slots__, row, strict=True))
    return RowResult(**(said | {"values": json.loads(said["values"])}))


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
