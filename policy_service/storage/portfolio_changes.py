"""Which customers something was posted, decided or done about since the portfolio was counted."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, select
from sqlalchemy.orm import Session

from policy_service.storage.chains import Log, heads
from policy_service.storage.ledger_changes import changes_since
from policy_service.storage.models.tables import Model
from policy_service.storage.portfolio_store import Counted

_TABLES: Final = Model.metadata.tables
_DECISIONS, _EVENTS, _OVERRIDES = _TABLES["decisions"], _TABLES["audit_events"], _TABLES["overrides"]
#: Whose customer each kind of subject of the audit trail is, by its table and key.
_SUBJECTS: Final[Mapping[str, tuple[Table, str]]] = {
    "order": (_TABLES["orders"], "order_id"),
    "standing": (_TABLES["standings"], "standing_id"),
    "override": (_OVERRIDES, "override_id"),
}
#: What bears on how far the word of one person goes.
_OF_AUTHORITY: Final = frozenset({"role", "setting"})
_AT_ONCE: Final = 1_000


def chains_now(session: Session) -> Mapping[str, int]:
    """Return how many records each chain has, by log and writer: one more after whatever is decided or done."""
    return {_named(log, head.writer): head.sequence for log in Log for head in heads(session, log)}


def touched_since(session: Session, before: Counted, now: Counted) -> frozenset[str] | None:
    """Return the customers that may count differently than before on the same day; none: perhaps all of them.

    Another policy version, new rates, orders that come from a file by now, or another ledger than it was, bear on all.
    """
    is_other = (before.policy_id, before.policy_version) != (now.policy_id, now.policy_version)
    is_put_back = now.posting < before.posting or any(
        now.chains.get(name, 0) < length for name, length in before.chains.items()
    )
    if is_other or is_put_back or _began_orders_file(session, before.posting):
        return None
    customers = set[str]()
    if now.posting != before.posting:
        changes = changes_since(session, before.posting)
        if changes.has_rates:
            return None
        customers |= changes.customers
    return frozenset(customers | _decided_upon(session, before, now) | _acted_upon(session, before, now))


def _began_orders_file(session: Session, posting: int) -> bool:
    since = session.scalar(select(_TABLES["ledger_state"].c.orders_since))
    return since is not None and since > posting


def _decided_upon(session: Session, before: Counted, now: Counted) -> set[str]:
    found = select(_DECISIONS.c.customer_id).where(_DECISIONS.c.purpose == "live").distinct()
    return {
        customer_id
        for writer, first, last in _grown(Log.DECISIONS, before, now)
        for customer_id in session.scalars(found.where(_within(_DECISIONS, writer, first, last)))
    }


def _acted_upon(session: Session, before: Counted, now: Counted) -> set[str]:
    kinds = (*_SUBJECTS, *_OF_AUTHORITY, "customer")
    acts = select(_EVENTS.c.subject_kind, _EVENTS.c.subject_id).where(_EVENTS.c.subject_kind.in_(kinds)).distinct()
    found: dict[str, set[str]] = {kind: set() for kind in kinds}
    for writer, first, last in _grown(Log.AUDIT, before, now):
        for kind, subject in session.execute(acts.where(_within(_EVENTS, writer, first, last))):
            found[kind].add(subject)
    customers = set(found["customer"])
    for kind, (table, key) in _SUBJECTS.items():
        customers |= _customers_of(session, table, key, found[kind])
    if any(found[kind] for kind in _OF_AUTHORITY):
        customers |= set(session.scalars(select(_OVERRIDES.c.customer_id).where(_OVERRIDES.c.state == "in_force")))
    return customers


def _customers_of(session: Session, table: Table, key: str, ids: Collection[str]) -> set[str]:
    found, every = set[str](), sorted(ids)
    for start in range(0, len(every), _AT_ONCE):
        some = every[start : start + _AT_ONCE]
        found |= set(session.scalars(select(table.c.customer_id).where(table.c[key].in_(some))))
    return found


def _grown(log: Log, before: Counted, now: Counted) -> Iterable[tuple[str, int, int]]:
    prefix = _named(log, "")
    for name, last in now.chains.items():
        first = before.chains.get(name, 0)
        if name.startswith(prefix) and last > first:
            yield name.removeprefix(prefix), first, last


def _within(table: Table, writer: str, first: int, last: int) -> ColumnElement[bool]:
    return and_(table.c.writer == writer, table.c.sequence > first, table.c.sequence <= last)


def _named(log: Log, writer: str) -> str:
    return f"{log.value}/{writer}"
