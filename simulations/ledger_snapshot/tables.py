"""The tables of a snapshot by name: what each is divided by, and which of its columns are places in another."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from simulations.ledger_snapshot.columns import (
    Column,
    Disputes,
    Events,
    Groups,
    Invoices,
    Orders,
    Postings,
    Promises,
    Rates,
    Standings,
    Unapplied,
    Versions,
)
from simulations.ledger_snapshot.snapshot import Snapshot

#: Any of the tables of columns: the border where their fields are read by name.
AnyTable: TypeAlias = Any

#: Tables whose `begins` run along the customers, and along the invoices.
OF_CUSTOMERS: Final[Mapping[str, type[AnyTable]]] = MappingProxyType(
    {
        "versions": Versions,
        "invoices": Invoices,
        "unapplied": Unapplied,
        "events": Events,
        "orders": Orders,
        "standings": Standings,
    }
)
OF_INVOICES: Final[Mapping[str, type[AnyTable]]] = MappingProxyType(
    {"postings": Postings, "disputes": Disputes, "promises": Promises}
)
UNDIVIDED: Final[Mapping[str, type[AnyTable]]] = MappingProxyType({"rates": Rates, "groups": Groups})
TABLES: Final[Mapping[str, type[AnyTable]]] = MappingProxyType({**OF_CUSTOMERS, **OF_INVOICES, **UNDIVIDED})

#: Columns that hold places in the words.
WORDS: Final = frozenset({("events", "kind"), ("events", "text"), ("standings", "grade"), ("rates", "currency")})
TEXTS: Final = ("customer_ids", "invoice_ids", "order_ids", "words")


class NamedColumn(NamedTuple):
    """A column, and where it stands."""

    table: str
    name: str
    column: Column


def columns_of(snapshot: Snapshot) -> Iterator[NamedColumn]:
    """Yield every column of a snapshot, always in the same order."""
    for table, kind in TABLES.items():
        of_table = getattr(snapshot, table)
        for name in kind._fields:
            yield NamedColumn(table, name, getattr(of_table, name))
    for name in sorted(snapshot.attributes):
        yield NamedColumn("attributes", name, snapshot.attributes[name])
