"""What the tables and columns of the ledger are called, and where a column comes from, as people read it."""

from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final, assert_never

from flask_babel import LazyString, gettext, lazy_gettext

from policy_service.connectors.mapping.mapping import Condition
from policy_service.connectors.mapping.sources import (
    Constant,
    FirstOf,
    FromField,
    Joined,
    LookedUp,
    RestOf,
    Source,
    SumOf,
)
from policy_service.connectors.port import FieldKind
from policy_service.ledger.columns import Table

TABLES: Final[Mapping[Table, LazyString]] = MappingProxyType(
    {
        Table.RATES: lazy_gettext("Exchange rates"),
        Table.CUSTOMERS: lazy_gettext("Customers"),
        Table.ORDERS: lazy_gettext("Orders"),
        Table.INVOICES: lazy_gettext("Invoices"),
        Table.PAYMENTS: lazy_gettext("Receipts"),
        Table.ADJUSTMENTS: lazy_gettext("Credit notes and write-offs"),
        Table.DISPUTES: lazy_gettext("Disputes"),
        Table.PROMISES: lazy_gettext("Promises"),
        Table.EVENTS: lazy_gettext("Events"),
        Table.STANDINGS: lazy_gettext("Standings"),
    }
)
#: The columns as people call them, the same in every table.
COLUMNS_CALLED: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "customer_id": lazy_gettext("Customer number"),
        "parent_id": lazy_gettext("Number of the parent"),
        "order_id": lazy_gettext("Order number"),
        "invoice_id": lazy_gettext("Invoice number"),
        "payment_id": lazy_gettext("Payment number"),
        "adjustment_id": lazy_gettext("Number of the credit note"),
        "dispute_id": lazy_gettext("Number of the dispute"),
        "promise_id": lazy_gettext("Number of the promise"),
        "event_id": lazy_gettext("Number of the event"),
        "name": lazy_gettext("Name of the customer"),
        "segment": lazy_gettext("Segment"),
        "industry": lazy_gettext("Sector"),
        "country": lazy_gettext("Country"),
        "since": lazy_gettext("Customer since"),
        "valid_from": lazy_gettext("Valid from"),
        "currency": lazy_gettext("Currency"),
        "rate": lazy_gettext("Rate"),
        "date": lazy_gettext("Day"),
        "amount": lazy_gettext("Amount"),
        "state": lazy_gettext("State"),
        "issue_date": lazy_gettext("Day of the invoice"),
        "due_date": lazy_gettext("Due day"),
        "order_date": lazy_gettext("Day of the order"),
        "instrument": lazy_gettext("How it is paid"),
        "matures_on": lazy_gettext("Day the bill is due"),
        "kind": lazy_gettext("Kind"),
        "value": lazy_gettext("Value"),
        "opened": lazy_gettext("Opened"),
        "closed": lazy_gettext("Closed"),
        "made": lazy_gettext("Made"),
        "promised": lazy_gettext("Promised for"),
        "from": lazy_gettext("From"),
        "grade": lazy_gettext("Grade"),
        "credit_limit": lazy_gettext("Credit limit"),
        "payment_term_days": lazy_gettext("Payment term, days"),
        "posted_on": lazy_gettext("Posted on"),
    }
)
KINDS: Final[Mapping[FieldKind, LazyString]] = MappingProxyType(
    {
        FieldKind.TEXT: lazy_gettext("text"),
        FieldKind.NUMBER: lazy_gettext("number"),
        FieldKind.MONEY: lazy_gettext("money"),
        FieldKind.DAY: lazy_gettext("day"),
        FieldKind.INSTANT: lazy_gettext("day and time"),
        FieldKind.CHOICE: lazy_gettext("choice"),
        FieldKind.REFERENCE: lazy_gettext("reference"),
        FieldKind.FLAG: lazy_gettext("yes or no"),
        FieldKind.LIST: lazy_gettext("list"),
    }
)
#: So many words of a table of words are shown.
_MOST_WORDS: Final = 4

#: What fields are called over there, by object and name.
Titles = Mapping[tuple[str, str], str]


def column_called(column: str) -> str:
    """Return what a column is called; one that only the company knows is called as it is written."""
    return str(COLUMNS_CALLED.get(column, column))


def source_said(source: Source, object_name: str, titles: Titles) -> str:
    """Return where a column comes from, in words."""
    match source:
        case FromField():
            return _field(source, object_name, titles)
        case Constant(text):
            return str(gettext("always “%(text)s”", text=text))
        case FirstOf(sources):
            said = [source_said(one, object_name, titles) for one in sources]
            return str(gettext("the first that is not blank of: %(fields)s", fields="; ".join(said)))
        case Joined(sources, between):
            said = [source_said(one, object_name, titles) for one in sources]
            return str(gettext("%(fields)s, joined by “%(between)s”", fields=" + ".join(said), between=between))
        case LookedUp():
            return str(
                gettext(
                    "%(field)s of the row of %(object)s that %(by)s names",
                    field=source_said(source.take, source.object_name, titles),
                    object=source.object_name,
                    by=source_said(source.by, object_name, titles),
                )
            )
        case SumOf():
            return str(gettext("the sum of %(field)s over %(list)s", field=source.item.name, list=source.list_name))
        case RestOf():
            less = ", ".join(source_said(one, object_name, titles) for one in source.less)
            amount = source_said(source.amount, object_name, titles)
            return str(gettext("%(amount)s less %(others)s", amount=amount, others=less))
        case _:
            assert_never(source)


def condition_said(condition: Condition, object_name: str, titles: Titles) -> str:
    """Return which rows count, or do not, in words."""
    words = ", ".join(word or gettext("(blank)") for word in condition.words)
    field = source_said(condition.source, object_name, titles)
    if condition.is_not:
        return str(gettext("not where %(field)s is one of: %(words)s", field=field, words=words))
    return str(gettext("only where %(field)s is one of: %(words)s", field=field, words=words))


def _field(source: FromField, object_name: str, titles: Titles) -> str:
    name = f"{source.name}.{source.part}" if source.part else source.name
    title = titles.get((object_name, source.name), "")
    said = f"{name} ({title})" if title and title != source.name else name
    if source.of_item:
        said = str(gettext("%(field)s of the item", field=said))
    further = []
    if source.values:
        pairs = [f"{there} → {here}" for there, here in islice(source.values.items(), _MOST_WORDS)]
        further.append(", ".join(pairs) + (" …" if len(source.values) > _MOST_WORDS else ""))
    if source.otherwise:
        further.append(gettext("else %(word)s", word=source.otherwise))
    if source.prefix:
        further.append(gettext("with %(prefix)s in front", prefix=source.prefix))
    if source.date_format:
        further.append(gettext("written as %(format)s", format=source.date_format))
    return f"{said}; {'; '.join(further)}" if further else said
