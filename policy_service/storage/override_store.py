"""Overrides kept: proposed, in force, ended and rejected."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from sqlalchemy import CursorResult, and_, bindparam, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from policy_service.domain.decisions import Override
from policy_service.domain.outcomes import DecisionType
from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.models.orders import AskedOrder
from policy_service.storage.models.standings import OverrideRow

#: Behind which override a page begins: the instant it was given at, and its id.
OverrideKey: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True)
class StoredOverride:
    """An override as it is stored: `outputs` are texts by name, `expires_on` is the last day it counts.

    It counts for orders of at most `largest_amount` minor units of the base currency; none: of any amount.
    `authority` is the highest role of the giver then by which orders are released; empty without one.
    """

    override_id: str
    customer_id: str
    order_id: str
    decision_type: str
    outputs: Mapping[str, str]
    reason: str
    state: str
    person: str
    given_at: int
    expires_on: dt.date
    largest_amount: int | None = None
    second_person: str = ""
    in_force_at: int | None = None
    ended_at: int | None = None
    ended_by: str = ""
    end_reason: str = ""
    authority: str = ""
    confirmed_at: int | None = None
    revision: int = 1

    def as_override(self) -> Override:
        """Return it as decisions take it."""
        return Override(
            customer_id=self.customer_id,
            person=self.person,
            reason=self.reason,
            expires_on=self.expires_on,
            outputs=self.outputs,
            decision_type=DecisionType(self.decision_type),
            override_id=self.override_id,
        )


_TABLE: Final = OverrideRow.metadata.tables["overrides"]
_NAMES: Final = StoredOverride.__slots__
_COLUMNS: Final = [getattr(OverrideRow, name) for name in _NAMES]
#: Asked with every decision.
_OF_CUSTOMERS: Final = select(*[_TABLE.c[name] for name in _NAMES]).where(
    _TABLE.c.customer_id.in_(bindparam("customers", expanding=True)), _TABLE.c.expires_on >= bindparam("day")
)
_NOW: Final = _OF_CUSTOMERS.where(_TABLE.c.state == "in_force")
_THEN: Final = _OF_CUSTOMERS.where(
    _TABLE.c.in_force_at <= bindparam("at"), or_(_TABLE.c.ended_at.is_(None), _TABLE.c.ended_at > bindparam("at"))
)


class OverrideStore:
    """The overrides within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, override: StoredOverride) -> None:
        """Store a new override."""
        self._session.execute(insert(_TABLE), [_row(override)])

    def change(self, override: StoredOverride, **values: Any) -> StoredOverride:
        """Store other values of an override and return it with them; Conflict S208 if somebody else's came first."""
        changed = replace(override, **values, revision=override.revision + 1)
        is_as_read = (OverrideRow.override_id == override.override_id, OverrideRow.revision == override.revision)
        done = self._session.execute(
            update(OverrideRow).where(*is_as_read).values(**values, revision=changed.revision),
            execution_options={"synchronize_session": False},
        )
        if isinstance(done, CursorResult) and done.rowcount != 1:
            raise changed_since_read(f"the override {override.override_id}")
        return changed

    def load(self, override_id: str) -> StoredOverride:
        """Return the override; NotStored S209 if there is none."""
        row = self._session.execute(select(*_COLUMNS).where(OverrideRow.override_id == override_id)).one_or_none()
        if row is None:
            raise not_stored(f"override {override_id[:60]}")
        return _override(row)

    def in_force(
        self,
        customer_id: str,
        decision_type: DecisionType,
        day: dt.date,
        order_id: str = "",
        at: int | None = None,
        *,
        amount: int | None = None,
    ) -> tuple[Override, ...]:
        """Return what counts for the customer that business day, now or as it was at an instant, in order.

        It is applied in this order: what is said of all orders first, of this one order last; within each the last
        to expire last. What is said of one order counts only where `order_id` names it, and where it was said of an
        amount, only if the order's `amount`, in minor units of the base currency, is known and not above that.
        """
        found = self.in_force_of((customer_id,), day, at).get(customer_id, ())
        return said_of(found, decision_type, order_id, amount)

    def in_force_of(
        self, customer_ids: Collection[str], day: dt.date, at: int | None = None
    ) -> Mapping[str, tuple[StoredOverride, ...]]:
        """Return all that counts for these customers that day, of every type and order, by customer and in order."""
        asked = {"customers": sorted(customer_ids), "day": day}
        connection = self._session.connection()
        rows = connection.execute(_NOW, asked) if at is None else connection.execute(_THEN, asked | {"at": at})
        found = defaultdict[str, list[StoredOverride]](list)
        for override in map(_override, rows):
            found[override.customer_id].append(override if at is None else _as_known(override, at))
        return {customer_id: in_order(overrides) for customer_id, overrides in found.items()}

    def open_of(self, customer_id: str, decision_type: str, order_id: str, day: dt.date) -> tuple[StoredOverride, ...]:
        """Return what is proposed or in force of exactly that kind and has not expired before the day."""
        rows = self._session.execute(
            select(*_COLUMNS).where(
                OverrideRow.customer_id == customer_id,
                OverrideRow.decision_type == decision_type,
                OverrideRow.order_id == order_id,
                OverrideRow.expires_on >= day,
                OverrideRow.state.in_(("proposed", "in_force")),
            )
        )
        return tuple(sorted(map(_override, rows), key=lambda one: (one.given_at, one.override_id)))

    def vouching(self, customer_id: str, day: dt.date) -> tuple[StoredOverride, ...]:
        """Return what persons vouch for with the customer, in the order it was given.

        That is what is proposed or in force and has not expired before the day, and what has ended or expired since
        but let an order go that is let through still.
        """
        orders = AskedOrder.metadata.tables["orders"]
        let_through = select(orders.c.order_id).where(
            orders.c.customer_id == customer_id, orders.c.state.in_(("open", "released"))
        )
        is_open = and_(OverrideRow.expires_on >= day, OverrideRow.state.in_(("proposed", "in_force")))
        has_let_go = and_(OverrideRow.in_force_at.is_not(None), OverrideRow.order_id.in_(let_through))
        query = select(*_COLUMNS).where(OverrideRow.customer_id == customer_id, or_(is_open, has_let_go))
        found = map(_override, self._session.execute(query))
        return tuple(sorted(found, key=lambda one: (one.given_at, one.override_id)))

    def page(  # every filter is a word of the API
        self,
        *,
        customer_id: str = "",
        order_id: str = "",
        decision_type: str = "",
        state: str = "",
        person: str = "",
        counting_on: dt.date | None = None,
        after: OverrideKey | None = None,
        limit: int = 50,
    ) -> tuple[StoredOverride, ...]:
        """Return at most `limit` overrides that fit every filter given, the latest given first, behind `after`.

        `counting_on` leaves out what expired before that day.
        """
        equal = {
            "customer_id": customer_id,
            "order_id": order_id,
            "decision_type": decision_type,
            "state": state,
            "person": person,
        }
        query = select(*_COLUMNS).where(*(getattr(OverrideRow, name) == word for name, word in equal.items() if word))
        if counting_on:
            query = query.where(OverrideRow.expires_on >= counting_on)
        if after:
            query = query.where(tuple_(OverrideRow.given_at, OverrideRow.override_id) < after)
        latest_first = (OverrideRow.given_at.desc(), OverrideRow.override_id.desc())
        return tuple(map(_override, self._session.execute(query.order_by(*latest_first).limit(limit))))


def in_order(overrides: Iterable[StoredOverride]) -> tuple[StoredOverride, ...]:
    """Return a customer's overrides in the order in which they are applied."""
    return tuple(sorted(overrides, key=_order))


def said_of(
    found: Iterable[StoredOverride], decision_type: DecisionType, order_id: str = "", amount: int | None = None
) -> tuple[Override, ...]:
    """Return those of a customer's overrides in force that count for a decision, as `OverrideStore.in_force` does."""
    return tuple(
        override.as_override()
        for override in found
        if override.decision_type == decision_type.value
        and override.order_id in {"", order_id}
        and covers(override, amount)
    )


def _as_known(override: StoredOverride, at: int) -> StoredOverride:
    # Whoever confirmed it later had not then.
    is_confirmed_later = override.confirmed_at is not None and override.confirmed_at > at
    return replace(override, second_person="") if is_confirmed_later else override


def covers(override: StoredOverride, amount: int | None) -> bool:
    """Return whether it counts for an order of that amount, in minor units of the base currency (none: not known)."""
    # An order that has grown since is not the one that somebody vouched for.
    largest = override.largest_amount
    return largest is None or (amount is not None and amount <= largest)


def _order(override: StoredOverride) -> tuple[bool, dt.date, str]:
    return override.order_id != "", override.expires_on, override.override_id


def _row(override: StoredOverride) -> dict[str, Any]:
    said = {name: getattr(override, name) for name in _NAMES}
    return said | {"outputs": json.dumps(dict(override.outputs), sort_keys=True, ensure_ascii=False)}


def _override(row: Any) -> StoredOverride:
    said = dict(zip(_NAMES, row, strict=True))
    return StoredOverride(**said | {"outputs": json.loads(said["outputs"])})
