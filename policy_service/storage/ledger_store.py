"""The ledger kept: imports and single entries go in, histories as they were known at any time come out."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy_service.domain.currencies import currency
from policy_service.domain.entries import CustomerHistory, Ledger
from policy_service.ledger.report import ImportResult
from policy_service.storage.errors import no_ledger_yet, not_stored
from policy_service.storage.ledger_import import Origin, StoredImport, store_import
from policy_service.storage.ledger_reading import (
    customer_ids_of,
    histories_of,
    histories_of_all,
    history_of,
    rates_of,
    roots_of_versions,
)
from policy_service.storage.ledger_tables import Entry
from policy_service.storage.ledger_upsert import Upserted, upsert
from policy_service.storage.ledger_withdrawal import Brought
from policy_service.storage.ledger_writing import RowProgress, state_now
from policy_service.storage.models.ledger import Customer, Import, LedgerState, Posting
from policy_service.storage.models.ledger_entries import InvoiceRow, OrderRow


class LedgerStore:
    """The ledger within one transaction.

    What was known is asked for in two ways: `known_before` an instant, or `through` a posting, which is exact:
    a posting under way when the instant passed counts as known before it only once it is stored. A decision
    keeps `head()` as read in its own transaction, and a replay hands it back as `through`. Without either it is
    the last posting now.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def store(
        self,
        result: ImportResult,
        origin: Origin,
        *,
        replaces: bool = False,
        progress: RowProgress | None = None,
        brought: Brought | None = None,
    ) -> StoredImport:
        """Store an import, as `store_import` says."""
        return store_import(self._session, result, origin, replaces=replaces, progress=progress, brought=brought)

    def upsert(self, entries: Sequence[Entry], base_currency: str, at: int, person: str) -> tuple[Upserted, ...]:
        """Store single entries, as `upsert` says."""
        return upsert(self._session, entries, base_currency, at, person)

    def head(self) -> int:
        """Return the number of the last posting; 0 before anything was stored."""
        state = state_now(self._session)
        return state.head if state else 0

    def last_posting(self) -> tuple[int, int, str, str]:
        """Return number, instant, person and import (or "") of the last posting, which no other ledger has.

        NotStored S209 before anything was stored.
        """
        last = self._session.scalar(select(Posting).order_by(Posting.number.desc()).limit(1))
        if last is None:
            raise no_ledger_yet()
        return last.number, last.stored_at, last.person, last.import_id or ""

    def posting_before(self, instant: int) -> int:
        """Return the last posting stored before the instant; 0 if there is none."""
        number = self._session.scalar(select(func.max(Posting.number)).where(Posting.stored_at < instant))
        return number or 0

    def load_history(
        self, customer_id: str, known_before: int | None = None, through: int | None = None
    ) -> CustomerHistory:
        """Return everything known of the customer; NotStored S209 if nothing says there is one."""
        history = history_of(self._session, customer_id, self._through(known_before, through))
        if history is None:
            raise not_stored(f"customer {customer_id[:60]} in the ledger")
        return history

    def load_ledger(self, known_before: int | None = None, through: int | None = None) -> Ledger:
        """Return the whole ledger, equal to the imported one; NotStored S209 before anything was stored."""
        last = self._through(known_before, through)
        histories = histories_of_all(self._session, last)
        frame = self.load_frame(through=last)
        versions = {name: history.versions for name, history in histories.items()}
        return Ledger(frame.base_currency, histories, frame.rates, frame.has_orders_file, roots_of_versions(versions))

    def customer_ids(self, through: int | None = None) -> tuple[str, ...]:
        """Return the ids of all customers, in order."""
        return customer_ids_of(self._session, self._through(None, through))

    def load_histories(self, customer_ids: Collection[str], through: int | None = None) -> tuple[CustomerHistory, ...]:
        """Return the histories of those customers (some thousands at most), in order of id; of an unknown one none."""
        return histories_of(self._session, customer_ids, self._through(None, through))

    def left_out(self, through: int | None = None) -> int:
        """Return how many rows were left out by the imports up to then, by each of them."""
        asked = select(func.sum(Import.quarantined)).where(Import.posting <= self._through(None, through))
        # PostgreSQL adds whole numbers up to decimals.
        return int(self._session.scalar(asked) or 0)

    def load_frame(self, known_before: int | None = None, through: int | None = None) -> Ledger:
        """Return the ledger without a history: base currency, rates, and whether orders come from a file."""
        state = self._state()
        last = self._through(known_before, through)
        has_orders = state.orders_since is not None and state.orders_since <= last
        return Ledger(currency(state.base_currency), {}, rates_of(self._session, last), has_orders)

    def order_days(self) -> tuple[dt.date, dt.date] | None:
        """Return the days of the earliest and the latest order now; none if nothing was ever ordered.

        Where no orders came they are read off invoices, as LEDGER.md says.
        """
        state = self._state()
        rows: Any = InvoiceRow if state.orders_since is None else OrderRow
        day = func.coalesce(InvoiceRow.order_date, InvoiceRow.issue_date) if rows is InvoiceRow else OrderRow.date
        row = self._session.execute(select(func.min(day), func.max(day)).where(rows.superseded_by.is_(None))).one()
        return None if row[0] is None else (row[0], row[1])

    def group_of(self, customer_id: str) -> tuple[str, ...]:
        """Return the customers whose groups have the same root now, itself included, by id; empty if unknown."""
        root = select(Customer.root_id).where(Customer.customer_id == customer_id).scalar_subquery()
        return tuple(sorted(self._session.scalars(select(Customer.customer_id).where(Customer.root_id == root))))

    def _state(self) -> LedgerState:
        state = state_now(self._session)
        if state is None:
            raise no_ledger_yet()
        return state

    def _through(self, known_before: int | None, through: int | None) -> int:
        if known_before is not None:
            return self.posting_before(known_before)
        # A posting stored between two of our questions is seen by neither.
        return self.head() if through is None else through
