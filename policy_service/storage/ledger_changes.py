"""How far the ledger has come, and what it said since: what decides whether something kept of it still holds."""

from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Table as SqlTable
from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.ledger.columns import Table
from policy_service.storage.ledger_tables import ENTRY_TABLES
from policy_service.storage.models.ledger import LedgerState, PostedCustomer, Posting, Withdrawal
from policy_service.storage.prepared import Prepared

#: Under which a session counts its own postings, which nobody else can see before they are committed.
_OWN_POSTINGS: Final = "own_postings"
_STATE: Final = LedgerState.metadata.tables["ledger_state"].c
_POSTINGS: Final = Posting.metadata.tables["postings"].c
_POSTED: Final = PostedCustomer.metadata.tables["posted_customers"].c
#: Asked with every decision: of the last posting its number and instant, and since when orders come from a file.
HEAD_NOW: Final = select(_STATE.head, _POSTINGS.stored_at, _STATE.orders_since).outerjoin_from(
    _STATE.head.table, _POSTINGS.number.table, _POSTINGS.number == _STATE.head
)
_PREPARED: Final = Prepared(HEAD_NOW)


class LedgerHead(msgspec.Struct, frozen=True):
    """The last posting that a session sees, by number and instant, and whether orders come from a file by then."""

    number: int
    stored_at: int | None
    has_orders_file: bool

    @classmethod
    def of(cls, number: int, stored_at: int | None, orders_since: int | None) -> "LedgerHead":
        """Return what a row of `HEAD_NOW` says."""
        return cls(number, stored_at, orders_since is not None)


@dataclass(frozen=True, slots=True)
class Changes:
    """What later postings said: of which customers, and whether they brought rates, or rows of the customer file."""

    customers: frozenset[str]
    has_rates: bool
    has_customer_rows: bool


def note_posting(session: Session) -> None:
    """Remember that the session has made a posting."""
    session.info[_OWN_POSTINGS] = own_postings(session) + 1


def own_postings(session: Session) -> int:
    """Return how many postings the session has made: it sees what nobody else can see yet."""
    made: int = session.info.get(_OWN_POSTINGS, 0)
    return made


def ledger_head(session: Session) -> LedgerHead | None:
    """Return the last posting that the session sees; none of a ledger that was never written to."""
    row = _PREPARED.row(session)
    return LedgerHead.of(*row) if row else None


def posted_at(session: Session, posting: int) -> int | None:
    """Return the instant of a posting; none if there is no such posting."""
    return session.scalar(select(_POSTINGS.stored_at).where(_POSTINGS.number == posting))


def changes_since(session: Session, posting: int) -> Changes:
    """Return what postings after that one said, as far as the session sees them."""
    touched = select(_POSTED.customer_id).where(_POSTED.posting > posting).distinct()
    return Changes(
        frozenset(session.scalars(touched)),
        _has_changed(session, Table.RATES, posting),
        _has_changed(session, Table.CUSTOMERS, posting),
    )


def _has_changed(session: Session, table: Table, posting: int) -> bool:
    if _last_posting(session, table) > posting:
        return True
    withdrawn = select(Withdrawal.posting).where(Withdrawal.entry_table == table.value, Withdrawal.posting > posting)
    return session.scalar(withdrawn.limit(1)) is not None


def _last_posting(session: Session, table: Table) -> int:
    # Postings are made one after another, so the row stored last belongs to the last of them.
    rows: SqlTable = ENTRY_TABLES[table].rows
    return session.scalar(select(rows.c.posting).order_by(rows.c.row_number.desc()).limit(1)) or 0
