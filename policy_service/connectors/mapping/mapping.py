"""A mapping: which objects of another system feed which tables of the ledger, and what is written back there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from policy_service.connectors.mapping.sources import FromField, Read, Source, fields_read
from policy_service.connectors.port import System, Wanted
from policy_service.domain.errors import NOWHERE, Place
from policy_service.ledger.columns import COLUMNS, Table

#: The table whose rows an id column names.
TABLE_OF_ID: Final[Mapping[str, Table]] = {
    "customer_id": Table.CUSTOMERS,
    "parent_id": Table.CUSTOMERS,
    "order_id": Table.ORDERS,
    "invoice_id": Table.INVOICES,
    "payment_id": Table.PAYMENTS,
    "adjustment_id": Table.ADJUSTMENTS,
    "dispute_id": Table.DISPUTES,
    "promise_id": Table.PROMISES,
    "event_id": Table.EVENTS,
}
#: What a payment may say besides the ledger's columns: money on no invoice is kept in the base currency alone.
CURRENCY: Final = "currency"


def columns_of(table: Table) -> tuple[str, ...]:
    """Return the columns that a mapping may fill; of customers any further name too."""
    return (*COLUMNS[table].all, CURRENCY) if table is Table.PAYMENTS else COLUMNS[table].all


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold, or with `is_not` must not: the text of a source is one of `words`, "" for a blank."""

    source: Source
    words: tuple[str, ...]
    is_not: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Feed:
    """How the rows of an object become rows of a table: one each, or one for every item of the list `each`.

    No row is made where a condition fails, or a column of `unless_blank` is blank or one of `unless_zero` is 0. A
    feed that is not `is_on` is kept for later.
    """

    object_name: str
    table: Table
    columns: Mapping[str, Source]
    conditions: tuple[Condition, ...] = ()
    each: str = ""
    unless_blank: tuple[str, ...] = ()
    unless_zero: tuple[str, ...] = ()
    is_on: bool = True
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def reads(self) -> Iterator[Read]:
        """Every field that it reads; what is looked up for a column before the column's own."""
        if self.each:
            yield self.object_name, self.each, FromField(self.each, place=self.place)
        for condition in self.conditions:
            yield from fields_read(condition.source, self.object_name)
        for source in self.columns.values():
            yield from fields_read(source, self.object_name)


class Output(StrEnum):
    """What a policy gives out that can be written back."""

    GRADE = "grade"
    CREDIT_LIMIT = "credit_limit"
    PAYMENT_TERM_DAYS = "payment_term_days"
    CREDIT_STOPPED = "credit_stopped"
    NEXT_REVIEW = "next_review"


class Unit(StrEnum):
    """How a day is written over there: in ISO format, or as milliseconds since 1970 of its start."""

    DAY = "day"
    MILLISECONDS = "milliseconds"


@dataclass(frozen=True, slots=True)
class WrittenField:
    """A field that an output is written to; `words` are the values of a choice over there.

    A limit is in whole units of `currency` (none: the base currency) or with so many `decimals` as text. `unlimited`
    and `unset` are written for a limit without end and for what is not set; None: that is not written.
    """

    name: str
    words: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    decimals: int = 0
    unlimited: str | None = None
    unset: str | None = None
    unit: Unit = Unit.DAY
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class WriteBack:
    """The fields that are written in the rows of an object that customers come from."""

    object_name: str
    fields: Mapping[Output, WrittenField]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Tasks:
    """How a case becomes a task about a row of an object: `subject` and `text` with placeholders in braces.

    `owner` is an id over there, "" for the owner of the row; with `has_due` the case's deadline is the task's.
    """

    object_name: str
    subject: str
    text: str
    owner: str = ""
    has_due: bool = True
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ConnectorMapping:
    """How rows of one system stand for rows of the ledger; `id_prefixes` stand in front of the ids of a table."""

    name: str
    system: System
    feeds: tuple[Feed, ...]
    id_prefixes: Mapping[Table, str] = field(default_factory=dict)
    write_back: tuple[WriteBack, ...] = ()
    tasks: Tasks | None = None

    def prefix_of(self, column: str) -> str:
        """Return what stands in front of the ids in a column of the ledger."""
        table = TABLE_OF_ID.get(column)
        return self.id_prefixes.get(table, "") if table else ""


def wanted(mapping: ConnectorMapping, *, with_written: bool = False) -> tuple[Wanted, ...]:
    """Return every object with all fields that are read, in the order in which they are pulled.

    That is the order of the ledger's tables, and what a row looks up before it; with `with_written` the fields that
    are written back are read too.
    """
    found: dict[str, dict[str, None]] = {}
    for table in Table:
        for feed in mapping.feeds:
            if feed.is_on and feed.table is table:
                reads = list(feed.reads)
                for object_name, name, _ in sorted(reads, key=lambda read: read[0] == feed.object_name):
                    found.setdefault(object_name, {})[name] = None
                found.setdefault(feed.object_name, {})
    for one in mapping.write_back if with_written else ():
        for written in one.fields.values():
            found.setdefault(one.object_name, {})[written.name] = None
    return tuple(Wanted(name, tuple(names)) for name, names in found.items())
