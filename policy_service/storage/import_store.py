"""Imports read back: what each came to, and every row it left out or remarked on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, tuple_, union_all
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.errors import not_stored
from policy_service.storage.models.jobs import Job
from policy_service.storage.models.ledger import Import, ImportNote


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import; `files` are the counts of each file, `posting` is none if it changed nothing."""

    import_id: str
    started_at: Instant
    person: str
    source: str
    base_currency: str
    differing: str
    files: list[Mapping[str, Any]]
    added: int
    replaced: int
    unchanged: int
    quarantined: int
    warnings: int
    posting: int | None


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """A row left out (`quarantined`) or remarked on (`warning`); `further` are its further faults."""

    position: int
    kind: str
    code: str
    file: str
    line: int
    entry_table: str
    entry: str
    column_name: str
    found: str
    further: list[list[str]]


_IMPORT: Final = [getattr(Import, name) for name in ImportRecord.__slots__]
_NOTE: Final = [getattr(ImportNote, name) for name in NoteRecord.__slots__]


class ImportStore:
    """The imports within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def load(self, import_id: str) -> ImportRecord:
        """Return the import; NotStored S209 if there is none."""
        found = self.find(import_id)
        if found is None:
            raise not_stored(f"import {import_id[:60]}")
        return found

    def find(self, import_id: str) -> ImportRecord | None:
        """Return the import, if it is stored by now."""
        row = self._session.execute(select(*_IMPORT).where(Import.import_id == import_id)).one_or_none()
        return _record(row) if row else None

    def page(
        self, job_kind: str, limit: int, after: tuple[Instant, str] | None = None
    ) -> tuple[tuple[Instant, str], ...]:
        """Return instant and id of what was imported or asked for, the newest first, behind the one given.

        Jobs of that kind are asked-for imports: they wait, are under way, failed or were cancelled.
        """
        is_stored = select(Import.import_id).where(Import.import_id == Job.job_id).exists()
        stored = select(Import.started_at.label("at"), Import.import_id.label("id"))
        asked_for = select(Job.created_at, Job.job_id).where(Job.kind == job_kind, ~is_stored)
        every = union_all(stored, asked_for).subquery()
        query = select(every.c.at, every.c.id).order_by(every.c.at.desc(), every.c.id.desc()).limit(limit)
        if after:
            query = query.where(tuple_(every.c.at, every.c.id) < after)
        return tuple((at, import_id) for at, import_id in self._session.execute(query))

    def notes(
        self, import_id: str, limit: int, after: int = -1, kind: str = "", code: str = ""
    ) -> tuple[NoteRecord, ...]:
        """Return the notes on an import in the order of its report, behind the one at that position."""
        chosen: list[ColumnElement[bool]] = [ImportNote.import_id == import_id, ImportNote.position > after]
        if kind:
            chosen.append(ImportNote.kind == kind)
        if code:
            chosen.append(ImportNote.code == code)
        rows = self._session.execute(select(*_NOTE).where(*chosen).order_by(ImportNote.position).limit(limit))
        return tuple(map(_note, rows))

    def counts_by_code(self, import_id: str) -> Mapping[str, int]:
        """Return how many notes there are of each code, in order of the codes."""
        of_import = select(ImportNote.code, func.count()).where(ImportNote.import_id == import_id)
        rows = self._session.execute(of_import.group_by(ImportNote.code))
        return dict(sorted((code, number) for code, number in rows))


def _record(row: Any) -> ImportRecord:  # a row of the driver
    kept = row._asdict()
    return ImportRecord(**(kept | {"files": json.loads(kept["files"])}))


def _note(row: Any) -> NoteRecord:  # a row of the driver
    kept = row._asdict()
    return NoteRecord(**(kept | {"further": json.loads(kept["further"])}))
