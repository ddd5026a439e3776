"""Definitions that policies embed: facts with how they are measured, reasons with their wording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.values import Kind


@dataclass(frozen=True, slots=True)
class Title:
    """Wording in English and Chinese."""

    en: str = ""
    zh: str = ""

    def in_language(self, language: str) -> str:
        """Return the wording in `language` ("en" or "zh"), or else in the other."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


class FactSource(StrEnum):
    """Where a fact's value comes from."""

    LEDGER = "ledger"
    BUILT_IN = "built_in"
    CUSTOMER = "customer"
    REQUEST = "request"
    STANDING = "standing"


class EntrySource(StrEnum):
    """The collections of entries that a ledger fact measures; `from:` in facts.yaml."""

    INVOICES = "invoices"
    OPEN_INVOICES = "open_invoices"
    PAYMENTS = "payments"
    ADJUSTMENTS = "adjustments"
    DISPUTES = "disputes"
    PROMISES = "promises"
    EVENTS = "events"
    ORDERS = "orders"


class MeasureKind(StrEnum):
    """How a ledger fact is measured over its entries."""

    COUNT = "count"
    COUNT_DISTINCT_MONTH = "count_distinct(month)"
    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    SHARE = "share"
    DAYS_SINCE_LAST = "days_since_last"
    DAYS_SINCE_FIRST = "days_since_first"
    SLOPE = "slope"


@dataclass(frozen=True, slots=True)
class EntryCondition:
    """`column operator literal`, parts joined by `and`; a bare boolean column is `column = true`.

    `operator` is one of `= != < <= > >=`. The type of `value` follows from the column: a Decimal in major
    units for money and numbers, exactly as written (the dictionary knows no currency); an integer for days,
    dates (days since 1970-01-01) and booleans; the text itself for a text column (an event's `value` compared
    with a number has a Decimal). `parameter` names a parameter to take instead; `value` is then None.
    """

    column: str
    operator: str
    value: int | str | Decimal | None = None
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is computed: `sum(column)`, `mean(column, weight weight)`, `share(column where share_of)`, ..."""

    kind: MeasureKind
    column: str = ""
    weight: str = ""
    share_of: tuple[EntryCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerMeasure:
    """A declared ledger fact: which entries, filtered how, within how many days, measured how."""

    entries: EntrySource
    measure: Measure
    where: tuple[EntryCondition, ...] = ()
    within_days: int | None = None


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """A declared, typed input. `group` facts are read over all customers with the same root parent.

    `values` are the allowed texts of a category, none: any. A `required` fact of the request must be given.
    """

    name: str
    kind: Kind
    source: FactSource
    title: Title = field(default_factory=Title)
    unit: str = ""
    measure: LedgerMeasure | None = None
    values: tuple[str, ...] = ()
    required: bool = False
    group: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ReasonDefinition:
    """A coded why, with its wording for the customer's account manager."""

    code: str
    title: Title
    place: Place = field(default=NOWHERE, compare=False)


FactDictionary = Mapping[str, FactDefinition]
ReasonDictionary = Mapping[str, ReasonDefinition]
