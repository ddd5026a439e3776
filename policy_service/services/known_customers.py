"""Customers as the ledger knows them: prepared for measuring, and kept as long as no posting touches them.

What is kept holds for a range of postings: from the one it was read at to the last one that any session saw,
as long as none of them touched it. A session that sees an earlier posting takes what holds there and reads the
rest for itself. One with postings of its own, which nobody else can see yet, reads everything for itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Generic, TypeVar

from sqlalchemy.orm import Session

from policy_service.domain.entries import CustomerHistory, Ledger
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant, instant_text
from policy_service.domain.values import Currency
from policy_service.facts.currency import RateTable
from policy_service.facts.customer_day import PreparedCustomer
from policy_service.facts.groups_of_day import GroupsOfDay
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.prepared_ledger import PreparedLedger, no_such_customer
from policy_service.services.kept_customers import KeptCustomers
from policy_service.storage.errors import no_ledger_yet
from policy_service.storage.ledger_changes import (
    Changes,
    LedgerHead,
    changes_since,
    ledger_head,
    own_postings,
    posted_at,
)
from policy_service.storage.ledger_reading import history_of, roots_of_versions, versions_of_groups
from policy_service.storage.ledger_store import LedgerStore

Held = TypeVar("Held")

#: Ledger entries of the customers that one process keeps.
_MOST_ENTRIES: Final = 500_000
#: The same of what one session reads for itself.
_MOST_OWN_ENTRIES: Final = 100_000
_NOTHING_SEEN: Final = LedgerHead(-1, None, has_orders_file=False)
#: Under which a session with postings of its own keeps what it read for itself, and after how many of them.
_OWN: Final = "known_customers"


@dataclass(frozen=True, slots=True)
class _Frame:
    ledger: Ledger
    rates: RateTable


class _Slot(Generic[Held]):
    """What was read at a posting, and which one; nothing before that."""

    def __init__(self) -> None:
        self.held: tuple[int, Held] | None = None


class KnownCustomers:
    """The prepared customers of one process, shared by its threads: at most `most_entries` ledger entries."""

    def __init__(self, most_entries: int = _MOST_ENTRIES) -> None:
        self._lock = Lock()
        self._head = _NOTHING_SEEN
        self._customers = KeptCustomers(most_entries)
        self._frame = _Slot[_Frame]()
        self._groups = _Slot[GroupsOfDay]()

    def at(self, session: Session) -> "KnownLedger":
        """Return the ledger at the last posting that the session sees, for use within that session.

        Each call asks the database once, as another posting may have come. NotStored S209 before anything was stored.
        """
        return self.at_head(session, ledger_head(session))

    def at_head(self, session: Session, head: LedgerHead | None) -> "KnownLedger":
        """Return what `at` does, of a session that was asked for its last posting just now; its error without one."""
        if head is None:
            raise no_ledger_yet()
        known = self._of_session(session) if own_postings(session) else self
        known.catch_up(session, head)
        return KnownLedger(known, session, head.number)

    def as_known(self, session: Session, through: int) -> "KnownLedger":
        """Return the ledger as it was known after that posting; what is read of the past is not kept for others."""
        return KnownLedger(self, session, through)

    def catch_up(self, session: Session, head: LedgerHead) -> None:
        """Let go of what postings up to this one, the last that the session sees, have touched."""
        while True:
            with self._lock:
                seen = self._head
            if head == seen or _is_before(head, seen):
                return
            changes = _changes(session, seen, head)
            with self._lock:
                # Else another thread has caught up in between.
                if self._head is seen:
                    self._let_go(changes)
                    self._head = head
                    return

    def customer(self, customer_id: str, posting: int) -> PreparedCustomer | None:
        """Return the customer if it is kept and holds at that posting."""
        with self._lock:
            return self._customers.find(customer_id, posting) if posting <= self._head.number else None

    def keep(self, customer: PreparedCustomer, posting: int) -> bool:
        """Keep a customer as read at that posting, if it is the last one seen; return whether it is."""
        with self._lock:
            if posting != self._head.number:
                return False
            self._customers.keep(customer, posting)
            return True

    def frame(self, session: Session, posting: int) -> _Frame:
        """Return base currency, rates, and whether orders come from a file, as of that posting."""
        return self._held(self._frame, posting, lambda: _read_frame(session, posting))

    def groups(self, session: Session, posting: int) -> GroupsOfDay:
        """Return who belongs together, as of that posting."""
        base_currency = self.frame(session, posting).ledger.base_currency
        return self._held(self._groups, posting, lambda: _read_groups(session, posting, base_currency))

    @property
    def entries(self) -> int:
        """How many ledger entries are kept."""
        return self._customers.entries

    def _held(self, slot: _Slot[Held], posting: int, read: Callable[[], Held]) -> Held:
        with self._lock:
            if slot.held and slot.held[0] <= posting <= self._head.number:
                return slot.held[1]
        held = read()
        with self._lock:
            if posting == self._head.number:
                slot.held = (posting, held)
        return held

    def _let_go(self, changes: Changes | None) -> None:
        if changes is None or changes.has_rates:
            self._customers.clear()
            self._frame.held = None
        if changes is None or changes.has_customer_rows:
            self._groups.held = None
        if changes:
            self._customers.drop(changes.customers)

    @staticmethod
    def _of_session(session: Session) -> "KnownCustomers":
        made = own_postings(session)
        if session.info.get(_OWN, (0, None))[0] != made:
            session.info[_OWN] = (made, KnownCustomers(_MOST_OWN_ENTRIES))
        own: KnownCustomers = session.info[_OWN][1]
        return own


class KnownLedger(PreparedLedger):
    """The ledger as it was known after the posting `head`; customers are read from the session when asked for."""

    def __init__(self, known: KnownCustomers, session: Session, head: int) -> None:
        self._frame = known.frame(session, head)
        super().__init__(self._frame.ledger)
        self.head = head
        self._known = known
        self._session = session
        self._own = KeptCustomers(_MOST_OWN_ENTRIES)
        self._last: PreparedCustomer | None = None

    def history(self, customer_id: str) -> CustomerHistory:
        """Return all that is known of the customer; RequestError R404 for an unknown one."""
        customer = self._find(customer_id)
        if customer is None:
            raise unknown_customer(customer_id)
        return customer.history

    def customer(self, customer_id: str) -> PreparedCustomer:
        """Return the customer; FactError F103 for an unknown one."""
        customer = self._find(customer_id)
        if customer is None:
            raise no_such_customer(customer_id)
        return customer

    def group_of(self, customer_id: str, knowledge: Knowledge) -> Sequence[str]:
        """Return the customers with the same root parent as of the day, itself included, by id."""
        return self._known.groups(self._session, self.head).group_of(customer_id, knowledge.day)

    def _find(self, customer_id: str) -> PreparedCustomer | None:
        # One decision asks several times for one customer.
        last = self._last
        if last is None or last.history.customer_id != customer_id:
            last = self._last = self._look_up(customer_id)
        return last

    def _look_up(self, customer_id: str) -> PreparedCustomer | None:
        found = self._known.customer(customer_id, self.head) or self._own.find(customer_id, self.head)
        if found:
            return found
        history = history_of(self._session, customer_id, self.head)
        if history is None:
            return None
        customer = PreparedCustomer(history, self._frame.rates, self._frame.ledger.has_orders_file)
        if not self._known.keep(customer, self.head):
            self._own.keep(customer, self.head)
        return customer


def known_before(customers: KnownCustomers, session: Session, customer_id: str, instant: Instant | None) -> KnownLedger:
    """Return the ledger with what was posted before an instant, or with all that was posted where none is named.

    RequestError R404 if the ledger had no such customer before the instant; NotStored S209 before anything was stored.
    """
    if instant is None:
        return customers.at(session)
    ledger = customers.as_known(session, LedgerStore(session).posting_before(instant))
    try:
        ledger.history(customer_id)
    except RequestError as unknown:
        raise RequestError(
            unknown.code,
            f"The ledger had no customer {customer_id[:200]!r} before {instant_text(instant)}.",
            remedy="Check the customer id, or name a later instant.",
        ) from unknown
    return ledger


def unknown_customer(customer_id: str) -> RequestError:
    """Return the refusal of a customer that the ledger does not have."""
    return RequestError("R404", f"The ledger has no customer {customer_id[:200]!r}.", remedy="Check the customer id.")


def _is_before(head: LedgerHead, seen: LedgerHead) -> bool:
    # A snapshot taken earlier. Instants rise with numbers, unless it is another ledger: one put back from a copy, say.
    return head.number < seen.number and (head.stored_at or 0) < (seen.stored_at or 0)


def _changes(session: Session, seen: LedgerHead, head: LedgerHead) -> Changes | None:
    # None says that nothing holds any longer: orders are counted otherwise now, or it is another ledger.
    if head.number <= seen.number or head.has_orders_file != seen.has_orders_file:
        return None
    return changes_since(session, seen.number) if posted_at(session, seen.number) == seen.stored_at else None


def _read_frame(session: Session, posting: int) -> _Frame:
    frame = LedgerStore(session).load_frame(through=posting)
    return _Frame(frame, RateTable(frame))


def _read_groups(session: Session, posting: int, base_currency: Currency) -> GroupsOfDay:
    versions = versions_of_groups(session, posting)
    histories = {name: CustomerHistory(name, tuple(own)) for name, own in versions.items()}
    return GroupsOfDay(Ledger(base_currency, histories, roots=roots_of_versions(versions)))
