"""The report on a mapped file: by its own rows and under its own column names, not by the tables it stands for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Final

from policy_service.ledger.columns import Table
from policy_service.ledger.mapping import LedgerMapping
from policy_service.ledger.reasons import Reason
from policy_service.ledger.report import Fault, FileCounts, Quarantined
from policy_service.ledger.tables import AnyRows, State

_CASCADES: Final = frozenset({Reason.INVOICE_QUARANTINED, Reason.ENTRY_QUARANTINED})


def report_by_row(of_tables: Sequence[Iterable[Quarantined]], mapping: LedgerMapping) -> Iterator[Quarantined]:
    """Yield one report per row of the mapped file, in order of its lines, as those of each table are.

    What is wrong with a part of the row comes first; that its other parts fall with it is not repeated.
    """
    in_order = merge(*of_tables, key=attrgetter("line", "table"))
    for _, group in groupby(in_order, key=attrgetter("line")):
        parts = list(group)
        faults = [_renamed(part, fault, mapping) for part in parts for fault in (part.fault, *part.further)]
        own = [fault for fault in faults if fault.reason not in _CASCADES] or faults
        first, *further = dict.fromkeys(own)
        invoice = next((part for part in parts if part.table is Table.INVOICES), parts[0])
        yield replace(invoice, fault=first, further=tuple(further))


def counts_by_row(tables: Sequence[AnyRows], quarantined: Sequence[Quarantined]) -> FileCounts:
    """Return the counts of the mapped file: each of its rows is one invoice, whatever else it stands for."""
    invoices = next(rows for rows in tables if rows.table is Table.INVOICES)
    lines_left_out = {one.line for one in quarantined}
    repeated = sum(
        1
        for line, state in zip(invoices.lines, invoices.states, strict=True)
        if state == State.REPEATED and line not in lines_left_out
    )
    accepted = invoices.count - len(lines_left_out) - repeated
    return FileCounts(invoices.file, Table.INVOICES, invoices.count, accepted, len(lines_left_out), repeated)


def _renamed(part: Quarantined, fault: Fault, mapping: LedgerMapping) -> Fault:
    return replace(fault, column=mapping.source_column(part.table, fault.column))
