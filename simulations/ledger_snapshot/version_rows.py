"""Rows of the customers file as columns: those that ever count, from when, and what each says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from policy_service.domain.entries import Customer, CustomerHistory
from policy_service.facts.customer_file import attribute_text
from policy_service.facts.knowledge import day_number
from policy_service.facts.prepared_history import counts_after
from simulations.ledger_snapshot.columns import Column, Versions
from simulations.ledger_snapshot.flattened import FROM_EVER, by_customer, days_or
from simulations.ledger_snapshot.words import WordList

#: The customer facts that every ledger has a column for.
OF_EVERY_LEDGER: Final = ("country", "currency", "industry", "name", "parent_id", "segment")


@dataclass(frozen=True, slots=True)
class VersionRows:
    """The rows that ever count, and their columns."""

    rows: Sequence[Customer]
    columns: Versions


def version_rows(histories: Sequence[CustomerHistory]) -> VersionRows:
    """Return the rows of each customer that ever count."""
    counting = {history.customer_id: _counting(history.versions) for history in histories}
    rows = by_customer(histories, lambda history: [row for _, row in counting[history.customer_id]])
    days = [day for history in histories for day, _ in counting[history.customer_id]]
    columns = Versions(
        rows.begins(len(histories)),
        np.array(days, dtype=np.int64),
        days_or([row.since for row in rows.entries], FROM_EVER),
    )
    return VersionRows(rows.entries, columns)


def attribute_columns(rows: Sequence[Customer], words: WordList) -> Mapping[str, Column]:
    """Return what the rows say, by the name of the customer fact; a fact of which none says anything has no column."""
    further = {name for row in rows for name in row.attributes}
    columns = {
        name: words.numbers([attribute_text(row, name) for row in rows]) for name in (*OF_EVERY_LEDGER, *further)
    }
    return {name: column for name, column in columns.items() if name in OF_EVERY_LEDGER or column.any()}


def _counting(versions: Sequence[Customer]) -> Sequence[tuple[int, Customer]]:
    counting: list[tuple[int, Customer]] = []
    for row in sorted(versions, key=_valid_from):
        from_day = day_number(counts_after(row)) + 1 if counting else FROM_EVER
        # Of the rows that count already the one of the latest date is in force.
        while counting[1:] and counting[-1][0] >= from_day:
            counting.pop()
        counting.append((from_day, row))
    return counting


def _valid_from(row: Customer) -> date:
    return row.valid_from or date.min
