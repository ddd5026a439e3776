"""An import stored whole: new rows added, equal ones recognised, contradictions left out and reported."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Final, Protocol, TypeAlias

from sqlalchemy import insert
from sqlalchemy.orm import Session

from policy_service.domain.entries import Rate, RecordedStanding
from policy_service.ledger.columns import Table
from policy_service.ledger.entry_keys import key_text
from policy_service.ledger.reasons import Reason, Refusal
from policy_service.ledger.report import Fault, ImportResult, LedgerWarning, Quarantined
from policy_service.ledger.sheets import refuse
from policy_service.storage.decided_customers import decided_upon
from policy_service.storage.ledger_differences import Differences, chunks, differences
from policy_service.storage.ledger_refusals import Refusals
from policy_service.storage.ledger_tables import ENTRY_TABLES, Cell, Placed, placed_entries
from policy_service.storage.ledger_withdrawal import (
    Brought,
    OwnRows,
    beside_own,
    no_longer_there,
    own_rows,
    withdraw,
    without_fixed,
)
from policy_service.storage.ledger_writing import (
    RowProgress,
    add_posted,
    locked_state,
    next_posting,
    other_base_currency,
    update_roots,
)
from policy_service.storage.models.ledger import Import, ImportNote

ByTable: TypeAlias = Mapping[Table, Sequence[Placed]]

_NO_ROWS: Final[OwnRows] = {}


class Origin(Protocol):
    """Which import this is; anything that says as much will do."""

    @property
    def import_id(self) -> str:
        """Its id, a new one."""

    @property
    def at(self) -> int:
        """The instant of its start."""

    @property
    def person(self) -> str:
        """Who imports."""

    @property
    def source(self) -> str:
        """What was read, such as the name of the folder."""


@dataclass(frozen=True, slots=True)
class TableCounts:
    """What became of the entries of one table: every one is counted once."""

    table: Table
    added: int
    replaced: int
    unchanged: int
    left_out: int


@dataclass(frozen=True, slots=True)
class StoredImport:
    """What an import came to; `posting` is none if it changed nothing.

    `quarantined` are the rows left out because the ledger has them otherwise, with all that fell with them;
    those that reading left out already are in the import's own report. `withdrawn` are the rows that the source
    brought before and has no longer.
    """

    import_id: str
    posting: int | None
    tables: tuple[TableCounts, ...]
    quarantined: tuple[Quarantined, ...]
    withdrawn: int = 0

    @property
    def changes_nothing(self) -> bool:
        """Whether the ledger is as it was before."""
        return self.posting is None


def store_import(
    session: Session,
    result: ImportResult,
    origin: Origin,
    *,
    replaces: bool = False,
    progress: RowProgress | None = None,
    brought: Brought | None = None,
) -> StoredImport:
    """Store an import in the session's transaction; it is the caller's to commit.

    Of each id one row is in force. A row equal to it changes nothing; a dispute closed since, or an order in
    another state, takes its place; one that differs otherwise is left out, or with `replaces` takes its place
    too (but an invoice never changes its customer or currency). LedgerError D110 for a rate that differs: every
    amount in its currency hangs on it. StorageError S211 for another base currency than the ledger's.
    `progress` is told of rows.

    With what its source has `brought` before, the import is all that the source has now: its own rows follow, and
    those that it has no longer are withdrawn; a row that others stored otherwise stays as it is, a rate too.
    """
    placed = placed_entries(result.ledger)
    state = locked_state(session, result.ledger.base_currency.code)
    if state.base_currency != result.ledger.base_currency.code:
        raise other_base_currency(result.ledger.base_currency.code, state.base_currency)
    beside = differences(session, placed, is_first=state.head == 0)
    own = without_fixed(own_rows(session, brought), beside, placed[Table.INVOICES]) if brought else _NO_ROWS
    # What is judged beside the rows of others alone comes out the same however often, and when, it came before.
    judged = beside_own(beside, own) if brought else beside
    refusals = Refusals(
        placed, judged, result.ledger.base_currency.code, replaces=replaces, is_one_of_many=bool(brought)
    )
    _refuse_standings_decided_upon(session, placed[Table.STANDINGS], beside[Table.STANDINGS], refusals)
    if brought is None:
        _refuse_other_rate(placed[Table.RATES], refusals)
    withdrawn = _withdrawn(placed, own, judged, beside, refusals) if brought else {}
    accepted = {table: _accepted(table, entries, beside[table], refusals) for table, entries in placed.items()}
    tells_of_orders = result.ledger.has_orders_file and state.orders_since is None
    is_new = tells_of_orders or any(accepted.values()) or any(withdrawn.values())
    posting = state.head + 1 if is_new else None
    counts = tuple(_counts(table, placed[table], accepted[table], beside[table], refusals) for table in placed)
    left_out = tuple(_quarantined(placed, refusals, result))
    stored = StoredImport(origin.import_id, posting, counts, left_out, sum(map(len, withdrawn.values())))
    _note(session, stored, origin, result, replaces=replaces)
    if posting is not None:
        state.orders_since = posting if tells_of_orders else state.orders_since
        next_posting(session, state, origin.at, origin.person, origin.import_id)
        left = withdraw(session, withdrawn, posting)
        add_posted(session, accepted, beside, posting, progress, left)
        if accepted[Table.CUSTOMERS] or withdrawn.get(Table.CUSTOMERS):
            update_roots(session)
    return stored


def _withdrawn(
    placed: ByTable,
    own: OwnRows,
    judged: Mapping[Table, Differences],
    beside: Mapping[Table, Differences],
    refusals: Refusals,
) -> Mapping[Table, Sequence[int]]:
    stands = {table: _accepted(table, entries, judged[table], refusals) for table, entries in placed.items()}
    gone = {table: dict(rows) for table, rows in no_longer_there(own, stands, beside).items()}
    for key, fault in refusals.faults[Table.STANDINGS].items():
        if fault.reason is Reason.DECIDED_HERE:
            # What was in force when the service began to decide is no longer the source's to take back.
            gone[Table.STANDINGS].pop(key, None)
    for table, rows in gone.items():
        # Where they stood there is nothing now.
        beside[table].forget(rows)
    return {table: list(rows.values()) for table, rows in gone.items() if rows}


def _refuse_standings_decided_upon(
    session: Session, entries: Sequence[Placed], beside: Differences, refusals: Refusals
) -> None:
    key_of = ENTRY_TABLES[Table.STANDINGS].key_of
    others = [entry for _, entry in entries if key_of(entry) not in beside.unchanged]
    decided = decided_upon(session, {entry.customer_id for entry in others if isinstance(entry, RecordedStanding)})
    for entry in others:
        if isinstance(entry, RecordedStanding) and entry.customer_id in decided:
            fault = Fault("customer_id", Reason.DECIDED_HERE, entry.customer_id)
            refusals.faults[Table.STANDINGS][key_of(entry)] = fault


def _accepted(table: Table, entries: Sequence[Placed], beside: Differences, refusals: Refusals) -> Sequence[Placed]:
    left_out, kept = refusals.faults[table], ENTRY_TABLES[table]
    if not left_out and not beside.unchanged:
        return entries
    keys = (kept.key_of(entry) for _, entry in entries)
    return [
        placed for key, placed in zip(keys, entries, strict=True) if key not in beside.unchanged and key not in left_out
    ]


def _counts(
    table: Table, entries: Sequence[Placed], accepted: Sequence[Placed], beside: Differences, refusals: Refusals
) -> TableCounts:
    left_out = len(refusals.faults[table])
    refused_stored = sum(key in beside.contradicted or key in beside.continued for key in refusals.faults[table])
    replaced = len(beside.continued) + len(beside.contradicted) - refused_stored
    return TableCounts(table, len(accepted) - replaced, replaced, len(entries) - len(accepted) - left_out, left_out)


def _quarantined(placed: ByTable, refusals: Refusals, result: ImportResult) -> Iterator[Quarantined]:
    for table, entries in placed.items():
        faults, kept, text_of = refusals.faults[table], ENTRY_TABLES[table], key_text(table)
        left_out = [entry for _, entry in entries if kept.key_of(entry) in faults] if faults else []
        places = result.places(table, frozenset(map(text_of, left_out)))
        for entry in left_out:
            file, line = places.get(text_of(entry), (table.value, 0))
            name = str(getattr(entry, kept.key[0]))
            yield Quarantined(file, line, table, name, faults[kept.key_of(entry)])


def _refuse_other_rate(rates: Sequence[Placed], refusals: Refusals) -> None:
    faults = refusals.faults[Table.RATES]
    for _, rate in rates if faults else ():
        fault = faults.get(ENTRY_TABLES[Table.RATES].key_of(rate))
        if fault and isinstance(rate, Rate):
            found = f"the rate of {rate.currency} on {rate.date} is {fault.found}."
            remedy = "Correct the row; if it is the right one, import as a correction."
            raise refuse(Refusal.FAULTY_RATE, found, remedy, Table.RATES.value)


def _note(session: Session, stored: StoredImport, origin: Origin, result: ImportResult, *, replaces: bool) -> None:
    row = Import(
        import_id=stored.import_id,
        started_at=origin.at,
        person=origin.person,
        source=origin.source,
        base_currency=result.ledger.base_currency.code,
        differing="replace" if replaces else "refuse",
        files=json.dumps([asdict(counts) for counts in result.counts], ensure_ascii=False),
        added=sum(counts.added for counts in stored.tables),
        replaced=sum(counts.replaced for counts in stored.tables),
        unchanged=sum(counts.unchanged for counts in stored.tables),
        quarantined=len(result.quarantined) + len(stored.quarantined),
        warnings=len(result.warnings),
        posting=stored.posting,
    )
    session.add(row)
    session.flush()
    left_out = chain(result.quarantined, stored.quarantined)
    notes = chain(map(_note_of_row_left_out, left_out), map(_note_of_warning, result.warnings))
    numbered = ({**note, "import_id": stored.import_id, "position": place} for place, note in enumerate(notes))
    for chunk in chunks(numbered):
        session.execute(insert(ImportNote), chunk)


def _note_of_row_left_out(one: Quarantined) -> dict[str, Cell]:
    further = json.dumps([[fault.column, fault.reason, fault.found] for fault in one.further], ensure_ascii=False)
    return _note_of(one) | {"kind": "quarantined", "entry_table": one.table, "entry": one.row, "further": further}


def _note_of_warning(one: LedgerWarning) -> dict[str, Cell]:
    return _note_of(one) | {"kind": "warning", "entry_table": "", "entry": "", "further": "[]"}


def _note_of(one: Quarantined | LedgerWarning) -> dict[str, Cell]:
    return {"code": one.reason, "file": one.file, "line": one.line, "column_name": one.column, "found": one.found}
