"""Column mappings kept: by name, each with who changed it last."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.models.mappings import ColumnMapping


@dataclass(frozen=True, slots=True)
class StoredMapping:
    """A mapping as a file says it; `revision` is what a change of it has to name."""

    name: str
    text: str
    changed_at: int
    changed_by: str
    revision: int


_COLUMNS: Final = [getattr(ColumnMapping, name) for name in StoredMapping.__slots__]


class MappingStore:
    """The mappings within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> tuple[StoredMapping, ...]:
        """Return every mapping, in order of name."""
        rows = self._session.execute(select(*_COLUMNS).order_by(ColumnMapping.name))
        return tuple(StoredMapping(*row) for row in rows)

    def find(self, name: str) -> StoredMapping | None:
        """Return the mapping of that name; none if there is none."""
        row = self._session.execute(select(*_COLUMNS).where(ColumnMapping.name == name)).one_or_none()
        return StoredMapping(*row) if row else None

    def load(self, name: str) -> StoredMapping:
        """Return the mapping of that name; NotStored S209 if there is none."""
        found = self.find(name)
        if found is None:
            raise not_stored(f"mapping {name[:60]}")
        return found

    def keep(self, name: str, text: str, at: int, person: str) -> None:
        """Store a mapping, in place of the one of that name; Conflict S210 if somebody else stored it meanwhile."""
        before = self.find(name)
        if before is None:
            self._session.add(ColumnMapping(name=name, text=text, changed_at=at, changed_by=person, revision=1))
            self._session.flush()
            return
        found = self._session.execute(
            update(ColumnMapping)
            .where(ColumnMapping.name == name, ColumnMapping.revision == before.revision)
            .values(text=text, changed_at=at, changed_by=person, revision=before.revision + 1),
            execution_options={"synchronize_session": False},
        )
        if not found.rowcount:  # type: ignore[attr-defined]
            raise changed_since_read(f"the mapping {name[:60]}")

    def remove(self, name: str) -> None:
        """Take a mapping away; NotStored S209 if there is none."""
        self.load(name)
        self._session.execute(delete(ColumnMapping).where(ColumnMapping.name == name))
