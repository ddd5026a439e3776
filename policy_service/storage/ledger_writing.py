"""Postings: rows added to the ledger under one number, superseding those they correct."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from policy_service.domain.entries import Customer
from policy_service.ledger.columns import Table
from policy_service.storage.bulk import insert_rows
from policy_service.storage.errors import StorageError
from policy_service.storage.ledger_changes import note_posting
from policy_service.storage.ledger_differences import CHUNK, Differences, chunks
from policy_service.storage.ledger_reading import in_force, in_order, roots_of_versions
from policy_service.storage.ledger_tables import ENTRY_TABLES, EntryTable, Placed
from policy_service.storage.models.ledger import Customer as CustomerRow
from policy_service.storage.models.ledger import LedgerState, PostedCustomer, Posting

#: Told how many rows are dealt with, and of how many.
RowProgress: TypeAlias = Callable[[int, int], None]

_STATE: Final = 1
_FIRST_STATE: Final = text(
    "INSERT INTO ledger_state (id, base_currency, head) VALUES (:id, :base_currency, 0) ON CONFLICT DO NOTHING"
)


def locked_state(session: Session, base_currency: str) -> LedgerState:
    """Return the state of the ledger, held until the transaction ends; of an empty one in this base currency."""
    session.execute(_FIRST_STATE, {"id": _STATE, "base_currency": base_currency})
    return session.scalars(select(LedgerState).where(LedgerState.id == _STATE).with_for_update()).one()


def state_now(session: Session) -> LedgerState | None:
    """Return the state of the ledger as it is; none before anything was stored."""
    return session.scalars(select(LedgerState).where(LedgerState.id == _STATE)).one_or_none()


def next_posting(session: Session, state: LedgerState, at: int, person: str, import_id: str | None) -> int:
    """Return the number of a new posting; its instant is later than that of the one before."""
    last = session.scalar(select(func.max(Posting.stored_at)))
    stored_at = at if last is None else max(at, last + 1)
    state.head += 1
    session.add(Posting(number=state.head, stored_at=stored_at, person=person, import_id=import_id))
    session.flush()
    note_posting(session)
    return state.head


def other_base_currency(asked: str, kept: str) -> StorageError:
    """Return the refusal of entries read in another base currency than the ledger's."""
    return StorageError(
        "S211",
        f"The ledger is kept in {kept}, this was read in {asked}.",
        remedy="Read it with the base currency of the ledger, or store it in a database of its own.",
    )


def add_posted(
    session: Session,
    accepted: Mapping[Table, Sequence[Placed]],
    beside: Mapping[Table, Differences],
    posting: int,
    progress: RowProgress | None = None,
    also_of: Collection[str] = (),
) -> None:
    """Store the accepted entries of one posting, their customers first; it speaks of `also_of` too."""
    done, total = 0, sum(map(len, accepted.values()))
    customer_ids = {customer_id for entries in accepted.values() for customer_id, _ in entries if customer_id}
    _add_customers(session, {*customer_ids, *also_of} | _left_by(session, accepted, beside), posting)
    for table, kept in ENTRY_TABLES.items():
        for stored in _add_entries(session, kept, accepted.get(table, ()), beside[table], posting):
            done += stored
            if progress:
                progress(done, total)


def update_roots(session: Session) -> None:
    """Bring the groups up to date after rows of customers came or went."""
    kept = ENTRY_TABLES[Table.CUSTOMERS]
    versions: dict[str, list[Customer]] = {}
    rows = session.execute(select(*kept.columns).where(in_force(kept, None)))
    for entry in in_order(Table.CUSTOMERS, kept.entries(iter(rows))):
        if isinstance(entry, Customer):
            versions.setdefault(entry.customer_id, []).append(entry)
    roots = roots_of_versions(versions)
    stored = session.execute(select(CustomerRow.customer_id, CustomerRow.root_id))
    # A customer of whom everything was withdrawn stands alone.
    now = ((name, root, roots.get(name, name)) for name, root in stored)
    changed = [{"customer_id": name, "root_id": new} for name, root, new in now if new != root]
    for chunk in chunks(iter(changed)):
        session.execute(update(CustomerRow), chunk)


def _left_by(
    session: Session, accepted: Mapping[Table, Sequence[Placed]], beside: Mapping[Table, Differences]
) -> set[str]:
    # A corrected payment may have been another customer's before: of that one the posting speaks too.
    owners = set[str]()
    for table, kept in ENTRY_TABLES.items():
        if table is Table.RATES or not (beside[table].continued or beside[table].contradicted):
            continue
        before = (_stored_row(kept.key_of(entry), beside[table]) for _, entry in accepted.get(table, ()))
        for chunk in chunks(row for row in before if row is not None):
            of_rows = select(kept.history_column).where(kept.rows.c.row_number.in_(chunk)).distinct()
            owners.update(str(owner) for owner in session.scalars(of_rows))
    return owners - {""}


def _add_customers(session: Session, customer_ids: Iterable[str], posting: int) -> None:
    for chunk in chunks(iter(sorted(set(customer_ids)))):
        known = set(session.scalars(select(CustomerRow.customer_id).where(CustomerRow.customer_id.in_(chunk))))
        new = [{"customer_id": name, "root_id": name} for name in chunk if name not in known]
        if new:
            session.execute(insert(CustomerRow), new)
        session.execute(insert(PostedCustomer), [{"customer_id": name, "posting": posting} for name in chunk])


def _add_entries(
    session: Session, kept: EntryTable, entries: Iterable[Placed], beside: Differences, posting: int
) -> Iterator[int]:
    rows = kept.rows
    supersede = (
        update(rows)
        .where(rows.c.row_number == bindparam("superseded_row"))
        .values(superseded_by=bindparam("correction"))
    )
    for chunk in chunks(iter(entries), CHUNK):
        before = [_stored_row(kept.key_of(entry), beside) for _, entry in chunk]
        superseded = [{"superseded_row": row, "correction": posting} for row in before if row is not None]
        if superseded:
            session.execute(supersede, superseded)
        _insert(session, kept, chunk, posting)
        yield len(chunk)


def _insert(session: Session, kept: EntryTable, placed: Sequence[Placed], posting: int) -> None:
    cells = kept.cells(entry for _, entry in placed)
    if kept.is_hanging:
        rows = [(*row, posting, history_of) for row, (history_of, _) in zip(cells, placed, strict=True)]
    else:
        rows = [(*row, posting) for row in cells]
    further = ("posting", "history_of") if kept.is_hanging else ("posting",)
    insert_rows(session, kept.rows, (*kept.names, *further), rows)


def _stored_row(key: Hashable, beside: Differences) -> int | None:
    stored = beside.continued.get(key) or beside.contradicted.get(key)
    return stored.row_number if stored else None
