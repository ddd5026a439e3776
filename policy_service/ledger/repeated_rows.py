"""Rows of a table that repeat or contradict one another: which of them count."""

from collections.abc import Callable, Hashable, Iterator, Sequence

from policy_service.ledger.columns import COLUMNS, Table
from policy_service.ledger.entry_keys import key_text
from policy_service.ledger.reasons import Reason, Remark
from policy_service.ledger.report import Fault, LedgerWarning
from policy_service.ledger.tables import Entry, FaultyRow, State, TableRows


def settle_repeated_keys(rows: TableRows[Entry]) -> list[LedgerWarning]:
    """Keep the first of equal rows with one key, quarantine all of those that differ or are faulty in part."""
    first: dict[str, int] = {}
    contradicted: dict[str, int] = {}
    keys = list(map(key_text(rows.table), rows.entries))
    for index, key in enumerate(keys):
        before = first.setdefault(key, index)
        if before == index:
            continue
        if rows.entries[before] == rows.entries[index]:
            rows.states[index] = State.REPEATED
        else:
            contradicted.setdefault(key, rows.lines[index])
    for row in rows.faulty:
        for key in _keys_of_faulty(rows.table, row):
            if key in first:
                contradicted.setdefault(key, row.line)
    if contradicted:
        _quarantine_contradicted(rows, keys, first, contradicted)
    return _repetition_warnings(rows, keys, first)


def warn_of_equal_content(rows: TableRows[Entry], content: Callable[[Entry], Hashable]) -> Iterator[LedgerWarning]:
    """Yield a warning for every row that equals an earlier one in all but its id."""
    seen: dict[int, int] = {}
    for index, entry in enumerate(rows.entries):
        if rows.states[index] == State.REPEATED:
            continue
        mine = content(entry)
        slot = hash(mine)
        while (before := seen.setdefault(slot, index)) != index:
            if content(rows.entries[before]) == mine:
                found = f"equals line {rows.lines[before]} in all but its id"
                yield LedgerWarning(rows.file, rows.lines[index], "", Remark.EQUAL_CONTENT, found)
                break
            slot += 1


def _quarantine_contradicted(
    rows: TableRows[Entry], keys: Sequence[str], first: dict[str, int], contradicted: dict[str, int]
) -> None:
    column = ", ".join(COLUMNS[rows.table].key)
    for index, key in enumerate(keys):
        if key in contradicted:
            other = rows.lines[first[key]] if index != first[key] else contradicted[key]
            rows.states[index] = State.ACCEPTED
            rows.quarantine(index, Fault(column, Reason.CONFLICTING_ID, f"line {other} has the same {column}"))


def _repetition_warnings(rows: TableRows[Entry], keys: Sequence[str], first: dict[str, int]) -> list[LedgerWarning]:
    return [
        LedgerWarning(rows.file, rows.lines[index], "", Remark.REPEATED_ROW, f"repeats line {rows.lines[first[key]]}")
        for index, key in enumerate(keys)
        if rows.states[index] == State.REPEATED
    ]


def _keys_of_faulty(table: Table, row: FaultyRow) -> Sequence[str]:
    columns = COLUMNS[table]
    if not row.is_broken:
        return ("\n".join(row.cells[columns.all.index(column)] for column in columns.key),)
    return row.cells if len(columns.key) == 1 else ()
