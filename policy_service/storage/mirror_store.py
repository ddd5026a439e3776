"""What another system holds, as it was told last: rows, and from where the next pull goes on."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, bindparam, func, select, text, update
from sqlalchemy.orm import Session

from policy_service.connectors.port import Body, Page, RemoteRow
from policy_service.storage.bulk import insert_rows
from policy_service.storage.ledger_differences import chunks
from policy_service.storage.models.connections import MirroredRow, PullCursor, RowLink

#: How many rows are looked for at once.
_AT_ONCE: Final = 500
_ROWS: Final = MirroredRow.metadata.tables["mirrored_rows"]
_NEW: Final = ("connection_id", "object_name", "row_id", "changed_at", "body", "content")
_ALSO_NEW: Final = ("is_deleted", "is_pending", "sweep", "listing", "left_out")
#: A row with its body as text, and the hash of that.
_Written: TypeAlias = tuple[RemoteRow, str, str]
_QUIETLY: Final = {"synchronize_session": False}
#: Just as the index says it: SQLite uses it for nothing else.
_IS_PENDING: Final = text("is_pending")
_CURSOR: Final = text(
    "INSERT INTO pull_cursors (connection_id, object_name, fields, cursor, sweep, is_sweeping)"
    " VALUES (:connection_id, :object_name, :fields, :cursor, :sweep, :is_sweeping)"
    " ON CONFLICT (connection_id, object_name) DO UPDATE SET"
    " fields = :fields, cursor = :cursor, sweep = :sweep, is_sweeping = :is_sweeping"
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """From where an object's next page goes on; with `is_sweeping` since it was begun anew, for the sweep's time."""

    object_name: str
    fields: tuple[str, ...]
    text: str
    sweep: int
    is_sweeping: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What a page came to: rows that are other than before, and those of them that are gone."""

    changed: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A row as it is over there, as far as is known; one that is gone has no body."""

    object_name: str
    row_id: str
    body: Body | None


class MirrorStore:
    """The mirror of one connection within one transaction."""

    def __init__(self, session: Session, connection_id: int) -> None:
        self._session = session
        self._id = connection_id
        self._is_own = _ROWS.c.connection_id == connection_id

    def cursor(self, object_name: str) -> Cursor | None:
        """Return from where the object goes on; none if it was never pulled."""
        is_it = (PullCursor.connection_id == self._id, PullCursor.object_name == object_name)
        row = self._session.execute(
            select(PullCursor.fields, PullCursor.cursor, PullCursor.sweep, PullCursor.is_sweeping).where(*is_it)
        ).one_or_none()
        return Cursor(object_name, tuple(json.loads(row[0])), row[1], row[2], row[3]) if row else None

    def set_cursor(self, cursor: Cursor) -> None:
        """Keep from where the object goes on."""
        said = {
            "connection_id": self._id,
            "object_name": cursor.object_name,
            "fields": json.dumps(cursor.fields),
            "cursor": cursor.text,
            "sweep": cursor.sweep,
            "is_sweeping": cursor.is_sweeping,
        }
        self._session.execute(_CURSOR, said)

    def begin_all_anew(self) -> None:
        """Let every object be pulled from its first row, as from another account."""
        self._session.execute(
            update(PullCursor)
            .where(PullCursor.connection_id == self._id)
            .values(cursor="", sweep=PullCursor.sweep + 1, is_sweeping=True),
            execution_options=_QUIETLY,
        )

    def keep(self, cursor: Cursor, page: Page) -> Kept:
        """Keep the rows of a page; a row as it was before changes nothing, and one unknown that is gone neither.

        Rows that looked up a changed one are to be translated again, as it is itself. What an ended listing has not
        named is gone, and so is, at the last page since the object was begun anew, what no page has brought since.
        """
        changed, deleted = set[str](), 0
        latest = {row.row_id: row for row in page.rows}
        for chunk in chunks(iter(latest.values()), _AT_ONCE):
            new, other = self._other(cursor.object_name, chunk)
            self._add(cursor, page.listing, new)
            self._change(cursor.object_name, other)
            changed.update(row.row_id for row, _, _ in (*new, *other))
            deleted += sum(row.is_deleted for row, _, _ in other)
        self._see(cursor, page, (*(row.row_id for row in latest.values() if not row.is_deleted), *page.listed))
        self.wake_those_that_looked_up(cursor.object_name, changed)
        gone = 0
        if page.ends_listing:
            gone += self._let_go(cursor.object_name, _ROWS.c.listing != page.listing)
        if page.is_last and cursor.is_sweeping:
            gone += self._let_go(cursor.object_name, _ROWS.c.sweep < cursor.sweep)
        return Kept(len(changed) + gone, deleted + gone)

    def wake_all(self) -> None:
        """Let every row be translated again."""
        self._session.execute(update(_ROWS).where(self._is_own).values(is_pending=True))

    def pending(self, most: int) -> tuple[Mirrored, ...]:
        """Return some rows that are to be translated."""
        asked = select(_ROWS.c.object_name, _ROWS.c.row_id, _ROWS.c.body, _ROWS.c.is_deleted)
        asked = asked.where(self._is_own, _IS_PENDING).order_by(_ROWS.c.object_name, _ROWS.c.row_id).limit(most)
        return tuple(
            Mirrored(object_name, row_id, None if is_deleted else json.loads(body))
            for object_name, row_id, body, is_deleted in self._session.execute(asked)
        )

    def waiting(self) -> int:
        """Return how many rows are to be translated."""
        asked = select(func.count()).select_from(_ROWS).where(self._is_own, _ROWS.c.is_pending)
        return self._session.scalar(asked) or 0

    def bodies(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Body]:
        """Return those of the rows that are there, by object and id."""
        found: dict[tuple[str, str], Body] = {}
        for object_name, row_ids in _by_object(wanted).items():
            for chunk in chunks(iter(row_ids), _AT_ONCE):
                asked = select(_ROWS.c.row_id, _ROWS.c.body).where(
                    self._is_own, _ROWS.c.object_name == object_name, _ROWS.c.row_id.in_(chunk), ~_ROWS.c.is_deleted
                )
                found.update(((object_name, row_id), json.loads(body)) for row_id, body in self._session.execute(asked))
        return found

    def some(self, object_name: str, most: int) -> tuple[Mirrored, ...]:
        """Return some rows of an object that are there, to try a mapping on."""
        asked = select(_ROWS.c.row_id, _ROWS.c.body).where(
            self._is_own, _ROWS.c.object_name == object_name, ~_ROWS.c.is_deleted
        )
        found = self._session.execute(asked.order_by(_ROWS.c.row_id).limit(most))
        return tuple(Mirrored(object_name, row_id, json.loads(body)) for row_id, body in found)

    def settle(self, rows: Collection[tuple[str, str]], left_out: Mapping[tuple[str, str], str]) -> None:
        """Note that rows are translated, and why of some of them nothing was made."""
        for object_name, row_ids in _by_object(rows).items():
            for chunk in chunks(iter(row_ids), _AT_ONCE):
                is_one = (self._is_own, _ROWS.c.object_name == object_name, _ROWS.c.row_id.in_(chunk))
                self._session.execute(update(_ROWS).where(*is_one).values(is_pending=False, left_out=""))
        said = [{"one": one, "row": row, "why": why} for (one, row), why in left_out.items()]
        if said:
            is_it = (self._is_own, _ROWS.c.object_name == bindparam("one"), _ROWS.c.row_id == bindparam("row"))
            self._session.execute(update(_ROWS).where(*is_it).values(left_out=bindparam("why")), said)

    def link(self, looked_up: Mapping[tuple[str, str], Iterable[tuple[str, str]]]) -> None:
        """Note of each row which others were looked up for it, in place of what was noted before."""
        for object_name, row_ids in _by_object(looked_up).items():
            for chunk in chunks(iter(row_ids), _AT_ONCE):
                self._session.execute(
                    RowLink.metadata.tables["row_links"]
                    .delete()
                    .where(
                        RowLink.connection_id == self._id,
                        RowLink.object_name == object_name,
                        RowLink.row_id.in_(chunk),
                    )
                )
        names = ("connection_id", "object_name", "row_id", "looked_object", "looked_row")
        links = [(self._id, *row, *looked) for row, others in looked_up.items() for looked in sorted(others)]
        insert_rows(self._session, RowLink.metadata.tables["row_links"], names, links)

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Return by object how many rows are there, and how many of them the mapping leaves out, or cannot read."""
        is_out = func.count().filter(_ROWS.c.left_out != "")
        asked = select(_ROWS.c.object_name, func.count(), is_out).where(self._is_own, ~_ROWS.c.is_deleted)
        found = self._session.execute(asked.group_by(_ROWS.c.object_name).order_by(_ROWS.c.object_name))
        return {name: (rows, left_out) for name, rows, left_out in found}

    def left_out(self, most: int) -> tuple[tuple[str, str, str], ...]:
        """Return rows that the mapping leaves out, or cannot read: object, id and why."""
        asked = select(_ROWS.c.object_name, _ROWS.c.row_id, _ROWS.c.left_out).where(
            self._is_own, ~_ROWS.c.is_deleted, _ROWS.c.left_out != ""
        )
        found = self._session.execute(asked.order_by(_ROWS.c.object_name, _ROWS.c.row_id).limit(most))
        return tuple((name, row_id, why) for name, row_id, why in found)

    def _other(self, object_name: str, rows: Sequence[RemoteRow]) -> tuple[list[_Written], list[_Written]]:
        asked = select(_ROWS.c.row_id, _ROWS.c.content, _ROWS.c.changed_at).where(
            self._is_own, _ROWS.c.object_name == object_name, _ROWS.c.row_id.in_([row.row_id for row in rows])
        )
        before = {row_id: (content, changed_at) for row_id, content, changed_at in self._session.execute(asked)}
        new: list[_Written] = []
        other: list[_Written] = []
        for row in rows:
            written = (row, *_written(row))
            was = before.get(row.row_id)
            if was is None:
                if not row.is_deleted:
                    new.append(written)
            elif was[0] != written[2] and not (row.is_deleted and row.changed_at < was[1]):
                other.append(written)
        return new, other

    def _add(self, cursor: Cursor, listing: str, rows: Iterable[_Written]) -> None:
        further = (False, True, cursor.sweep, listing, "")
        cells = [
            (self._id, cursor.object_name, row.row_id, row.changed_at, body, content, *further)
            for row, body, content in rows
        ]
        insert_rows(self._session, _ROWS, (*_NEW, *_ALSO_NEW), cells)

    def _change(self, object_name: str, rows: Iterable[_Written]) -> None:
        said = [
            {"row": row.row_id, "at": row.changed_at, "now": body, "hash": content, "gone": row.is_deleted}
            for row, body, content in rows
        ]
        if said:
            is_it = (self._is_own, _ROWS.c.object_name == object_name, _ROWS.c.row_id == bindparam("row"))
            values: dict[str, Any] = {
                "is_pending": True,
                "changed_at": bindparam("at"),
                "body": bindparam("now"),
                "content": bindparam("hash"),
                "is_deleted": bindparam("gone"),
            }
            self._session.execute(update(_ROWS).where(*is_it).values(**values), said)

    def _see(self, cursor: Cursor, page: Page, row_ids: Iterable[str]) -> None:
        seen: dict[str, Any] = {"sweep": cursor.sweep} if cursor.is_sweeping else {}
        if page.listing:
            seen["listing"] = page.listing
        for chunk in chunks(iter(row_ids), _AT_ONCE) if seen else ():
            is_one = (self._is_own, _ROWS.c.object_name == cursor.object_name, _ROWS.c.row_id.in_(chunk))
            self._session.execute(update(_ROWS).where(*is_one).values(**seen))

    def _let_go(self, object_name: str, is_gone: ColumnElement[bool]) -> int:
        is_there = (self._is_own, _ROWS.c.object_name == object_name, ~_ROWS.c.is_deleted)
        gone = list(self._session.scalars(select(_ROWS.c.row_id).where(*is_there, is_gone)))
        for chunk in chunks(iter(gone), _AT_ONCE):
            self._session.execute(
                update(_ROWS)
                .where(*is_there, _ROWS.c.row_id.in_(chunk))
                .values(is_deleted=True, is_pending=True, body="{}", content="")
            )
        self.wake_those_that_looked_up(object_name, gone)
        return len(gone)

    def wake_those_that_looked_up(self, object_name: str, row_ids: Collection[str]) -> None:
        """Let rows be translated again that looked up one of these."""
        waiting = set[tuple[str, str]]()
        for chunk in chunks(iter(row_ids), _AT_ONCE):
            asked = select(RowLink.object_name, RowLink.row_id).where(
                RowLink.connection_id == self._id,
                RowLink.looked_object == object_name,
                RowLink.looked_row.in_(chunk),
            )
            waiting.update((name, row_id) for name, row_id in self._session.execute(asked))
        for name, waiting_ids in _by_object(waiting).items():
            for chunk in chunks(iter(waiting_ids), _AT_ONCE):
                is_one = (self._is_own, _ROWS.c.object_name == name, _ROWS.c.row_id.in_(chunk))
                self._session.execute(update(_ROWS).where(*is_one).values(is_pending=True))


def written_body(body: Body) -> tuple[str, str]:
    """Return a body as it is kept, and the hash of that."""
    # In ASCII, as no database stores a NUL or half of a surrogate pair.
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return written, hashlib.sha256(written.encode()).hexdigest()


def _written(row: RemoteRow) -> tuple[str, str]:
    if row.is_deleted:
        return "{}", ""
    return written_body(row.body)


def _by_object(rows: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for object_name, row_id in rows:
        found[object_name].append(row_id)
    return found
