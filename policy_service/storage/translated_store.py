"""Rows of the ledger that a connection's mapping made, and what they named before and after a change."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.orm import Session

from policy_service.domain.lengths import LONGEST_IDENTIFIER
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.storage.bulk import insert_rows
from policy_service.storage.ledger_differences import chunks
from policy_service.storage.models.connections import ConnectionPosting, TouchedName, TranslatedRow

#: A name of a change of which everything is to be read again.
EVERYTHING: Final = "everything"
RATES: Final = "rates"
CUSTOMER: Final = "customer"
INVOICE: Final = "invoice"
ORDER: Final = "order"
#: A customer above others: of a group.
GROUP: Final = "group"
#: Names of keys of other tables begin so.
KEY: Final = "key:"
#: What was left out, to be read again once others have told more; such names begin so.
AGAIN: Final = "again:"
#: The customers that are read again, once that is known.
RESOLVED: Final = "resolved"

_ROWS: Final = TranslatedRow.metadata.tables["translated_rows"]
_NAMES: Final = TouchedName.metadata.tables["touched_names"]
_COLUMNS: Final = (
    "connection_id",
    "object_name",
    "row_id",
    "entry_table",
    "entry_key",
    "customer_id",
    "invoice_id",
    "order_id",
    "parent_id",
    "cells",
)
_AT_ONCE: Final = 500
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_TOUCH: Final = text(
    "INSERT INTO touched_names (connection_id, kind, name) VALUES (:connection_id, :kind, :name) ON CONFLICT DO NOTHING"
)
_OF_CUSTOMERS: Final = (Table.CUSTOMERS, Table.STANDINGS, Table.RATES)


@dataclass(frozen=True, slots=True)
class MadeRow:
    """A row of the ledger as text, by the ledger's columns."""

    table: Table
    cells: Mapping[str, str]


class TranslatedStore:
    """The translated rows of one connection within one transaction."""

    def __init__(self, session: Session, connection_id: int) -> None:
        self._session = session
        self._id = connection_id
        self.is_own = _ROWS.c.connection_id == connection_id

    def replace(self, made: Mapping[tuple[str, str], Sequence[MadeRow]]) -> int:
        """Keep what was made of mirrored rows in place of what was made before; return of how many it is other.

        What the rows named before and name now is touched.
        """
        before = self._before(made)
        gone: list[int] = []
        new: list[tuple[object, ...]] = []
        touched = set[tuple[str, str]]()
        changed = 0
        for source, rows in made.items():
            written = [(self._id, *source, *_named(row)) for row in rows]
            was = before.get(source, [])
            if [tuple(row[1:]) for row in was] == written:
                continue
            changed += 1
            gone += [row[0] for row in was]
            new += written
            for row in (*(tuple(row[1:]) for row in was), *written):
                touched.update(_touches(*row[3:9]))
        for chunk in chunks(iter(gone), _AT_ONCE):
            self._session.execute(delete(_ROWS).where(_ROWS.c.row_number.in_(chunk)))
        insert_rows(self._session, _ROWS, _COLUMNS, new)
        self.touch(touched)
        return changed

    def touch(self, names: Iterable[tuple[str, str]]) -> None:
        """Note names, each with its kind, that have to do with a change; nothing more once everything has."""
        said = [{"connection_id": self._id, "kind": kind, "name": name} for kind, name in sorted(set(names))]
        if said and not self.touched(EVERYTHING):
            self._session.execute(_TOUCH, said)

    def touched(self, kind: str) -> frozenset[str]:
        """Return the names of that kind that are touched."""
        is_it = (_NAMES.c.connection_id == self._id, _NAMES.c.kind == kind)
        return frozenset(self._session.scalars(select(_NAMES.c.name).where(*is_it)))

    def kinds(self) -> frozenset[str]:
        """Return of which kinds something is touched."""
        asked = select(_NAMES.c.kind).where(_NAMES.c.connection_id == self._id).distinct()
        return frozenset(self._session.scalars(asked))

    def count_resolved(self) -> int:
        """Return how many customers are read again."""
        return self._session.scalar(select(func.count()).select_from(self.resolved().subquery())) or 0

    def all_touched(self, most: int) -> Mapping[str, frozenset[str]] | None:
        """Return what is touched by kind; none where it is more than `most` names."""
        asked = select(_NAMES.c.kind, _NAMES.c.name).where(_NAMES.c.connection_id == self._id).limit(most + 1)
        found: dict[str, set[str]] = defaultdict(set)
        rows = self._session.execute(asked).all()
        for kind, name in rows:
            found[kind].add(name)
        return {kind: frozenset(names) for kind, names in found.items()} if len(rows) <= most else None

    def resolve(self, customers: Collection[str]) -> None:
        """Keep which customers are read again."""
        self._session.execute(delete(_NAMES).where(_NAMES.c.connection_id == self._id, _NAMES.c.kind == RESOLVED))
        said = [(self._id, RESOLVED, name) for name in sorted(customers)]
        insert_rows(self._session, _NAMES, ("connection_id", "kind", "name"), said)

    def resolved(self) -> Select[Any]:
        """Return the question which customers are read again."""
        return select(_NAMES.c.name).where(_NAMES.c.connection_id == self._id, _NAMES.c.kind == RESOLVED)

    def settle(self, again: Iterable[tuple[str, str]]) -> None:
        """Forget what was touched, but for what is to be read again once others have told more."""
        self._session.execute(delete(_NAMES).where(_NAMES.c.connection_id == self._id))
        self.touch((f"{AGAIN}{kind}", name) for kind, name in again)

    def own_postings(self) -> Select[Any]:
        """Return the question for the connection's postings."""
        return select(ConnectionPosting.posting).where(ConnectionPosting.connection_id == self._id)

    def has_posted(self, posting: int) -> None:
        """Note that a posting is the connection's."""
        self._session.add(ConnectionPosting(posting=posting, connection_id=self._id))
        self._session.flush()

    def sources(self, keys: Mapping[Table, Collection[str]]) -> Mapping[tuple[Table, str], tuple[str, str]]:
        """Return from which object and row the entries of these ids come; of several the first."""
        found: dict[tuple[Table, str], tuple[str, str]] = {}
        for table, ids in keys.items():
            for chunk in chunks(iter(sorted(map(as_id, ids))), _AT_ONCE):
                column = _ROWS.c.customer_id if table in _OF_CUSTOMERS else _ROWS.c.entry_key
                asked = select(column, _ROWS.c.object_name, _ROWS.c.row_id).where(
                    self.is_own, _ROWS.c.entry_table == table.value, column.in_(chunk)
                )
                for key, object_name, row_id in self._session.execute(asked.order_by(_ROWS.c.row_number)):
                    found.setdefault((table, key), (object_name, row_id))
        return found

    def _before(self, made: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], list[Any]]:
        found: dict[tuple[str, str], list[Any]] = defaultdict(list)
        by_object: dict[str, list[str]] = defaultdict(list)
        for object_name, row_id in made:
            by_object[object_name].append(row_id)
        columns = [_ROWS.c[name] for name in _COLUMNS]
        for object_name, row_ids in by_object.items():
            for chunk in chunks(iter(row_ids), _AT_ONCE):
                asked = select(_ROWS.c.row_number, *columns).where(
                    self.is_own, _ROWS.c.object_name == object_name, _ROWS.c.row_id.in_(chunk)
                )
                for row in self._session.execute(asked.order_by(_ROWS.c.row_number)):
                    found[object_name, row[3]].append(row)
        return found


def as_id(found: str) -> str:
    """Return a text as it is kept for an id: itself, or a hash of one that no id can be."""
    if len(found) <= LONGEST_IDENTIFIER and not _UNSTORABLE.search(found):
        return found
    return "#" + hashlib.sha256(found.encode("utf-8", "surrogatepass")).hexdigest()


def kind_of(table: Table) -> str:
    """Return the kind of name under which a key of the table is touched."""
    match table:
        case Table.CUSTOMERS | Table.STANDINGS:
            return CUSTOMER
        case Table.INVOICES:
            return INVOICE
        case Table.ORDERS:
            return ORDER
        case Table.RATES:
            return RATES
        case _:
            return f"{KEY}{table.value}"


def _named(row: MadeRow) -> tuple[str, ...]:
    cells = row.cells
    key = "\n".join(cells.get(column, "") for column in COLUMNS[row.table].key)
    names = (cells.get(column, "") for column in ("customer_id", "invoice_id", "order_id", "parent_id"))
    written = json.dumps(dict(cells), sort_keys=True, separators=(",", ":"))
    return (row.table.value, as_id(key), *map(as_id, names), written)


def _touches(table: str, key: str, customer: str, invoice: str, order: str, parent: str) -> Iterator[tuple[str, str]]:  # noqa: ARG001
    if table == Table.RATES:
        yield RATES, ""
        return
    for kind, name in ((CUSTOMER, customer), (INVOICE, invoice), (ORDER, order)):
        if name:
            yield kind, name
    if table == Table.CUSTOMERS:
        yield GROUP, customer
    elif kind_of(Table(table)).startswith(KEY):
        yield kind_of(Table(table)), key
