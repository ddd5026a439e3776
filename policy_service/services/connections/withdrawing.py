"""What a connection brought and the other system no longer has: for whoever is asked before it is withdrawn."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from policy_service.domain.permissions import Permission
from policy_service.ledger.columns import Table
from policy_service.services.actor import Actor, require
from policy_service.storage.connection_store import ConnectionStore
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES, EntryTable
from policy_service.storage.models.connections import TranslatedRow
from policy_service.storage.translated_store import TranslatedStore

#: The code of a pull that a person is asked about.
TOO_MUCH: Final = "X166"
#: At most so many customers are named.
MOST_NAMED: Final = 200
_MADE: Final = TranslatedRow.metadata.tables["translated_rows"]
#: Rates are nobody's. Other tables whose rows have a key of two parts have the customer as the first.
_ASKED: Final = tuple(kept for table, kept in ENTRY_TABLES.items() if table is not Table.RATES)


@dataclass(frozen=True, slots=True)
class GoneOf:
    """How many rows of a customer are gone over there, by table."""

    customer_id: str
    rows: Mapping[Table, int]


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows are gone over there, by table; of how many customers; and the customers with the most of them."""

    rows: Mapping[Table, int]
    customers: int
    named: tuple[GoneOf, ...]


def gone_over_there(session: Session, name: str, actor: Actor, most: int = MOST_NAMED) -> Gone:
    """Return the rows in force that the connection brought and of which the last pull found nothing any more.

    What an import would withdraw besides is not counted: rows that are there and are now left out, or another's.
    AccessError A403 without permission to read the ledger; NotStored S209 if there is no such connection.
    """
    require(actor, Permission.LEDGER_READ)
    connection_id = ConnectionStore(session).load(name).connection_id
    by_customer: dict[str, Counter[Table]] = {}
    for kept in _ASKED:
        for customer_id, number in _gone_of(session, kept, connection_id).items():
            by_customer.setdefault(customer_id, Counter())[kept.table] = number
    first = sorted(by_customer, key=lambda one: (-by_customer[one].total(), one))[: min(most, MOST_NAMED)]
    return Gone(
        sum(by_customer.values(), Counter[Table]()),
        len(by_customer),
        tuple(GoneOf(one, by_customer[one]) for one in first),
    )


def _gone_of(session: Session, kept: EntryTable, connection_id: int) -> Mapping[str, int]:
    own_postings = TranslatedStore(session, connection_id).own_postings()
    is_gone = ~exists().where(
        _MADE.c.connection_id == connection_id, _MADE.c.entry_table == kept.table.value, _is_it(kept)
    )
    is_own = (in_force(kept, None), kept.rows.c.posting.in_(own_postings))
    counted = select(kept.history_column, func.count()).where(*is_own, is_gone).group_by(kept.history_column)
    return {str(customer_id): number for customer_id, number in session.execute(counted)}


def _is_it(kept: EntryTable) -> ColumnElement[bool]:
    if len(kept.key) > 1:
        return _MADE.c.customer_id == kept.rows.c.customer_id
    return _MADE.c.entry_key == kept.rows.c[kept.key[0]]
