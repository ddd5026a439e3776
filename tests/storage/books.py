"""Ledgers of several customers by hand, stored and loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread

from sqlalchemy import delete

from policy_service.domain.entries import (
    Customer,
    CustomerHistory,
    Invoice,
    Ledger,
    Rate,
    RecordedStanding,
)
from policy_service.ledger.group_roots import roots_of
from policy_service.ledger.report import ImportResult
from policy_service.storage.database import Database
from policy_service.storage.ledger_import import StoredImport
from policy_service.storage.ledger_reading import in_order
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_tables import ENTRY_TABLES
from policy_service.storage.models import METADATA
from tests.facts.small_ledgers import CNY, Entry

_EMPTYING = [str(delete(table)) for table in reversed(METADATA.sorted_tables)]


def history_of(
    own_versions: Sequence[Customer], collected: Sequence[Entry], own_standings: Sequence[RecordedStanding] = ()
) -> CustomerHistory:
    """Return entries as one customer's history."""
    kinds = {
        kept.collection: in_order(kept.table, [entry for entry in collected if isinstance(entry, kept.entry)])
        for kept in ENTRY_TABLES.values()
        if kept.collection
    }
    return CustomerHistory(
        own_versions[0].customer_id, **(kinds | {"versions": tuple(own_versions), "standings": tuple(own_standings)})
    )


def roots(histories: dict[str, CustomerHistory]) -> dict[str, str]:
    """Return the root of each customer's group."""
    return dict(roots_of({name: history.versions[-1].parent_id for name, history in histories.items()}))


def ledger_of(*collected: Entry, rates: Sequence[Rate] = (), orders_file: bool = False) -> Ledger:
    """Return the ledger that holds these entries; a customer that is only named has no attributes."""
    owners = {one.invoice_id: one.customer_id for one in collected if isinstance(one, Invoice)}
    groups: dict[str, list[Entry]] = {}
    for entry in collected:
        owner = owners.get(getattr(entry, "invoice_id", "")) or getattr(entry, "customer_id", "")
        groups.setdefault(owner, []).append(entry)
    histories = {}
    for name in sorted(groups):
        own = [one for one in groups[name] if isinstance(one, Customer)] or [Customer(name)]
        histories[name] = history_of(own, [one for one in groups[name] if not isinstance(one, Customer)])
    return Ledger(CNY, histories, tuple(rates), orders_file, roots(histories))


def imported(ledger: Ledger) -> ImportResult:
    """Return an import of the ledger in which nothing was remarked on."""
    return ImportResult(ledger, (), (), ())


@dataclass(frozen=True, slots=True)
class Origin:
    """Which import it is."""

    import_id: str
    at: int = 1
    person: str = "ada"
    source: str = "files"


_numbers = iter(range(1, 10**9))


def store(database: Database, ledger: Ledger | ImportResult, *, replaces: bool = False, at: int = 1) -> StoredImport:
    """Store an import in a transaction of its own."""
    result = ledger if isinstance(ledger, ImportResult) else imported(ledger)
    with database.writing() as session:
        return LedgerStore(session).store(result, Origin(f"import-{next(_numbers)}", at), replaces=replaces)


def load(database: Database, known_before: int | None = None, through: int | None = None) -> Ledger:
    """Return the stored ledger."""
    with database.reading() as session:
        return LedgerStore(session).load_ledger(known_before, through)


def run(threads: Sequence[Thread]) -> None:
    """Run threads to their end."""
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def empty(database: Database) -> None:
    """Take every row out."""
    # SQLite takes one statement at a time; PostgreSQL has them all for the price of one.
    with database.writing() as session:
        for each in _EMPTYING if database.is_sqlite else ["; ".join(_EMPTYING)]:
            session.connection().exec_driver_sql(each)
