"""Mirrored rows that their mapping cannot read, known until they are mended or gone."""

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from policy_service.storage.bulk import insert_rows
from policy_service.storage.ledger_differences import chunks
from policy_service.storage.models.connections import MirroredRow, UnreadableRow

_ROWS: Final = UnreadableRow.metadata.tables["unreadable_rows"]
_MIRROR: Final = MirroredRow.metadata.tables["mirrored_rows"]
_COLUMNS: Final = ("connection_id", "object_name", "row_id")
_AT_ONCE: Final = 500


class UnreadableRows:
    """The unreadable rows of one connection within one transaction."""

    def __init__(self, session: Session, connection_id: int) -> None:
        self._session = session
        self._id = connection_id
        self._is_own = _ROWS.c.connection_id == connection_id

    def settle(self, rows: Collection[tuple[str, str]], unreadable: Collection[tuple[str, str]]) -> None:
        """Note which of some rows, by object and id, cannot be read; the others can, or are gone."""
        by_object = defaultdict[str, list[str]](list)
        for object_name, row_id in rows:
            by_object[object_name].append(row_id)
        for object_name, row_ids in by_object.items():
            for chunk in chunks(iter(row_ids), _AT_ONCE):
                is_one = (self._is_own, _ROWS.c.object_name == object_name, _ROWS.c.row_id.in_(chunk))
                self._session.execute(delete(_ROWS).where(*is_one))
        insert_rows(self._session, _ROWS, _COLUMNS, [(self._id, *row) for row in sorted(unreadable)])

    def count(self) -> int:
        """Return how many there are."""
        return self._session.scalar(select(func.count()).select_from(_ROWS).where(self._is_own)) or 0

    def some(self, most: int) -> tuple[tuple[str, str, str], ...]:
        """Return some of them: object, id and why."""
        is_it = and_(*(_MIRROR.c[name] == _ROWS.c[name] for name in _COLUMNS))
        asked = select(_ROWS.c.object_name, _ROWS.c.row_id, _MIRROR.c.left_out).join(_MIRROR, is_it)
        found = self._session.execute(
            asked.where(self._is_own).order_by(_ROWS.c.object_name, _ROWS.c.row_id).limit(most)
        )
        return tuple((name, row_id, why) for name, row_id, why in found)
