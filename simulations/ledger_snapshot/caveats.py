"""What a snapshot cannot vouch for: entries that became known after their date, customer facts without a past."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulations.ledger_snapshot.snapshot import Snapshot

#: The column of each table's own day.
_DAYS: Final = {
    "invoices": "issued",
    "postings": "date",
    "unapplied": "date",
    "disputes": "opened",
    "promises": "made",
    "events": "date",
    "orders": "date",
    "standings": "since",
}


@dataclass(frozen=True, slots=True)
class LateEntries:
    """How many entries of a table there are, and how many became known after their own date."""

    entries: int
    posted_late: int


@dataclass(frozen=True, slots=True)
class WithoutHistory:
    """Of how many customers something is said of a customer fact, and of how many of them in one row only."""

    customers: int
    in_one_row: int


def leak_alarm(snapshot: Snapshot) -> Mapping[str, LateEntries]:
    """Return by table how many entries were posted after their date.

    No fact uses one before it was known: they are what would leak if it did.
    """
    alarm = {}
    for table, day in _DAYS.items():
        columns = getattr(snapshot, table)
        days = getattr(columns, day)
        alarm[table] = LateEntries(len(days), int(np.count_nonzero(columns.known_from > days)))
    return alarm


def facts_without_history(snapshot: Snapshot) -> Mapping[str, WithoutHistory]:
    """Return the customer facts that are read at their present value on every date, for some customers at least.

    That is so of a customer with one row: nothing tells since when it says what it says. Facts of which nothing is
    said are left out.
    """
    rows = np.diff(snapshot.versions.begins)
    owner = np.repeat(np.arange(snapshot.customers), rows)
    found = {}
    for name, column in snapshot.attributes.items():
        said = np.unique(owner[column > 0])
        in_one_row = int(np.count_nonzero(rows[said] == 1))
        if in_one_row:
            found[name] = WithoutHistory(len(said), in_one_row)
    return found
