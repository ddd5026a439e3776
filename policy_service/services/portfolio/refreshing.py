"""The portfolio counted anew: all customers once a day, then those about whom something was posted or done.

Customers are counted some at a time, each time in a transaction of its own, so that nobody waits long; the summary
follows when all are. Until then the one before stands, and says of when it is. Whatever ends a count halfway leaves
customers that are counted again with the next one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant, business_day
from policy_service.services.base_currency import other_currency
from policy_service.services.compiled_policies import NoPolicyInForce
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.house import House
from policy_service.services.portfolio.counting import AsOf, counted_customers
from policy_service.services.portfolio.summary import summary_of, written
from policy_service.storage.ledger_changes import ledger_head
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.portfolio_changes import chains_now, touched_since
from policy_service.storage.portfolio_store import Counted, CountedDay, PortfolioStore

#: So many are counted at a time: some tens of milliseconds, on SQLite without any other writer during a part of it.
#: More at a time take no less in all, and their histories stand in memory together.
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class _Due:
    """A count that is due: as of what, after which one, of which customers."""

    counted: Counted
    version: CompiledPolicy
    currency: str
    before: CountedDay | None
    customer_ids: Sequence[str]


def refresh(house: House, now: Callable[[], Instant]) -> int | None:
    """Count what has changed, and return how many customers were counted; none where nothing had, or can be.

    Nothing can be counted before a ledger is there and a policy in force. RequestError R405 for a policy in another
    currency than the ledger's; Conflict S208 if somebody else has counted meanwhile.
    """
    with house.database.reading() as session:
        due = _due(house, session, now())
    if due is None:
        return None
    before = due.before
    as_of = AsOf(due.counted.day, due.counted.posting, due.version)
    for start in range(0, len(due.customer_ids), _AT_ONCE):
        # Whoever is to end says so here, too.
        now()
        _count(house, before, as_of, due.customer_ids[start : start + _AT_ONCE])
    with house.database.writing() as session:
        store = PortfolioStore(session)
        store.held(before)
        is_same = before is not None and before.of.day == due.counted.day and not due.customer_ids
        summary = before.summary if before and is_same else written(summary_of(store, due.currency))
        store.keep(due.counted, now(), summary)
    return len(due.customer_ids)


def current(house: House, session: Session, at: Instant) -> Counted | None:
    """Return what a count would be of that was made now; none where nothing can be counted."""
    head = ledger_head(session)
    if head is None:
        return None
    try:
        version = house.policies.effective(session, house.settings.default_policy, at)
    except NoPolicyInForce:
        return None
    day = business_day(at, house.settings.zone)
    return Counted(day, head.number, version.policy.id, version.number, chains_now(session))


def _due(house: House, session: Session, at: Instant) -> _Due | None:
    counted, before = current(house, session, at), PortfolioStore(session).last()
    if counted is None or (before and before.summary and before.of == counted):
        return None
    version = house.policies.version(session, counted.policy_id, counted.policy_version)
    base = house.customers.frame(session, counted.posting).ledger.base_currency
    if base != version.policy.currency:
        raise other_currency(base, version.policy)
    touched = None
    if before and before.summary and before.of.day == counted.day:
        touched = touched_since(session, before.of, counted)
    customers = LedgerStore(session).customer_ids(counted.posting) if touched is None else sorted(touched)
    return _Due(counted, version, base.code, before, customers)


def _count(house: House, before: CountedDay | None, as_of: AsOf, customer_ids: Sequence[str]) -> None:
    with house.database.reading() as session:
        customers = counted_customers(house, session, as_of, customer_ids)
    with house.database.writing() as session:
        store = PortfolioStore(session)
        store.held(before)
        store.replace(customers)
