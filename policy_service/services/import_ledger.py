"""Import a ledger with everything worth a warning, also what only shows when the entries are applied."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from policy_service.domain.values import Currency
from policy_service.facts.dropped_write_offs import dropped_write_offs
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.language.printing.described import amount_text
from policy_service.ledger.columns import Table
from policy_service.ledger.importer import Progress, in_order_of_place, read_ledger
from policy_service.ledger.mapping import LedgerMapping
from policy_service.ledger.reasons import Remark
from policy_service.ledger.report import ImportResult, LedgerWarning

#: Of an entry that stands in no file.
_NO_FILE: Final = (Table.ADJUSTMENTS.value, 0)


def import_ledger(
    folder: Path,
    base_currency: Currency,
    declared: FactDictionary,
    mapping: LedgerMapping | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Return the import of `folder`, with a warning for every write-off that exceeds what was open.

    A cell of the customer file that is no value of the fact `declared` by its name quarantines its row.
    LedgerError (D1xx) if nothing can be imported.
    """
    return with_dropped_write_offs(read_ledger(folder, base_currency, mapping, progress, declared))


def with_dropped_write_offs(result: ImportResult) -> ImportResult:
    """Return the import with a warning for every write-off that exceeds what was open."""
    surpluses = {
        entry: f"{currency.code} {amount_text(surplus, currency)}"
        for entry, surplus, currency in dropped_write_offs(result.ledger)
    }
    places = result.places(Table.ADJUSTMENTS, surpluses)
    dropped = (_warning(entry, surplus, places.get(entry, _NO_FILE)) for entry, surplus in surpluses.items())
    return replace(result, warnings=in_order_of_place((*result.warnings, *dropped)))


def _warning(entry: str, surplus: str, place: tuple[str, int]) -> LedgerWarning:
    found = f"{entry} exceeds what was open by {surplus}"
    return LedgerWarning(*place, "amount", Remark.WRITE_OFF_DROPPED, found)
