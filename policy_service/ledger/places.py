"""Where the entries of an import stand in its files, kept for the report on what the ledger has otherwise."""

from collections.abc import Collection, Iterable, Mapping
from itertools import compress

from policy_service.ledger.columns import Table
from policy_service.ledger.entry_keys import key_text
from policy_service.ledger.report import Places
from policy_service.ledger.tables import AnyRows, State


def places_of(tables: Iterable[AnyRows]) -> Places:
    """Return what tells file and line of accepted entries of these tables, each by the text of its key."""
    # Not the rows themselves: what was left out is not to be held as long.
    kept = {rows.table: (rows.file, rows.entries, rows.lines, bytes(rows.states)) for rows in tables}

    def places(table: Table, keys: Collection[str]) -> Mapping[str, tuple[str, int]]:
        if not keys or table not in kept:
            return {}
        file, entries, lines, states = kept[table]
        texts = zip(map(key_text(table), entries), lines, strict=True)
        accepted = compress(texts, (state == State.ACCEPTED for state in states))
        return {text: (file, line) for text, line in accepted if text in keys}

    return places
