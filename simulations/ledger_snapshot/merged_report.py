"""The reports on the pieces of an import, put together into that on the whole."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Final

from policy_service.domain.entries import Ledger
from policy_service.domain.values import Currency
from policy_service.ledger.columns import Table
from policy_service.ledger.importer import by_place, in_order_of_place
from policy_service.ledger.reasons import Reason
from policy_service.ledger.report import FileCounts, ImportResult, LedgerWarning, Plain, Quarantined, summary
from policy_service.ledger.tables import MOST_FAULTY, too_many_faulty

#: Why rows are left out that can be read: for another row.
_FOR_ANOTHER_ROW: Final = frozenset(
    {
        Reason.CONFLICTING_ID,
        Reason.ENTRY_QUARANTINED,
        Reason.INVOICE_QUARANTINED,
        Reason.ORDER_QUARANTINED,
        Reason.ORDER_AFTER_INVOICE,
    }
)


class MergedReport:
    """What the pieces so far came to."""

    def __init__(self, base_currency: Currency, warnings: Iterable[LedgerWarning]) -> None:
        self._ledger = Ledger(base_currency, {})
        self._customers = self._invoices = 0
        self._quarantined: list[Quarantined] = []
        self._warnings = list(warnings)
        self._counts: dict[Table, FileCounts] = {}

    @property
    def quarantined(self) -> int:
        """How many rows were left out."""
        return len(self._quarantined)

    def add(self, result: ImportResult) -> None:
        """Add a piece."""
        histories = result.ledger.histories
        self._customers += len(histories)
        self._invoices += sum(len(history.invoices) for history in histories.values())
        self._quarantined += result.quarantined
        self._warnings += result.warnings
        for counts in result.counts:
            self._counts[counts.table] = _sum(self._counts.get(counts.table), counts)

    def report(self) -> dict[str, Plain]:
        """Return the report as that on the whole is written; LedgerError D113 as reading the whole would raise it."""
        quarantined = tuple(sorted(self._quarantined, key=by_place))
        _refuse_too_many(quarantined)
        counts = tuple(self._counts[table] for table in Table if table in self._counts)
        whole = ImportResult(self._ledger, quarantined, tuple(self._warnings), counts)
        return {**report_of(whole), "customers": self._customers, "invoices": self._invoices}


def report_of(result: ImportResult) -> dict[str, Plain]:
    """Return the report of an import, its warnings in order of their place."""
    return summary(replace(result, warnings=in_order_of_place(result.warnings)))


def _sum(before: FileCounts | None, counts: FileCounts) -> FileCounts:
    # Every piece has all of the rates.
    if before is None or counts.table is Table.RATES:
        return counts
    return replace(
        counts,
        read=before.read + counts.read,
        accepted=before.accepted + counts.accepted,
        quarantined=before.quarantined + counts.quarantined,
        repeated=before.repeated + counts.repeated,
    )


def _refuse_too_many(quarantined: Iterable[Quarantined]) -> None:
    faulty = (one for one in quarantined if one.reason not in _FOR_ANOTHER_ROW)
    for file, rows in groupby(faulty, key=attrgetter("file")):
        of_file = list(rows)
        if len(of_file) > MOST_FAULTY:
            raise too_many_faulty(file, of_file[0].line, of_file[0].reason)
