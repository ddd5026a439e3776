"""What each source of ledger entries offers to a measure: its columns with their kinds."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import EntrySource

#: The columns of LEDGER.md. A text is a category. The `value` of an event is a text, read as a number where
#: it is measured or compared with one.
ENTRY_COLUMNS: Final[Mapping[EntrySource, Mapping[str, Kind]]] = MappingProxyType(
    {
        EntrySource.INVOICES: {"amount": Kind.MONEY, "term_days": Kind.DAYS},
        EntrySource.OPEN_INVOICES: {
            "amount": Kind.MONEY,
            "open_amount": Kind.MONEY,
            "due_date": Kind.DATE,
            "days_past_due": Kind.DAYS,
            "disputed": Kind.BOOLEAN,
        },
        EntrySource.PAYMENTS: {"amount": Kind.MONEY, "days_late": Kind.DAYS},
        EntrySource.ADJUSTMENTS: {"kind": Kind.CATEGORY, "amount": Kind.MONEY},
        EntrySource.DISPUTES: {"open": Kind.BOOLEAN},
        EntrySource.PROMISES: {"promised": Kind.DATE, "amount": Kind.MONEY, "broken": Kind.BOOLEAN},
        EntrySource.EVENTS: {"kind": Kind.CATEGORY, "value": Kind.CATEGORY},
        EntrySource.ORDERS: {"amount": Kind.MONEY, "let_through": Kind.BOOLEAN},
    }
)


def is_measurable(entries: EntrySource, column: str) -> bool:
    """Whether `sum`, `mean`, `min`, `max`, `slope` and `share` are defined on that column."""
    return measured_kind(entries, column).is_numeric


def measured_kind(entries: EntrySource, column: str) -> Kind:
    """Return the kind that a measure reads the column as."""
    if entries is EntrySource.EVENTS and column == "value":
        return Kind.NUMBER
    return ENTRY_COLUMNS[entries][column]
