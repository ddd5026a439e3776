"""Standings kept: what reviews made of customers, proposed, in force and ended; one that was is never lost."""

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import replace
from sqlalchemy import CursorResult, Select, bindparam, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.models.standings import StandingRow

#: Behind which standing a page begins: the instant it was proposed at, and its id.
StandingKey: TypeAlias = tuple[int, str]


class StoredStanding(msgspec.Struct, frozen=True):
    """A standing as it is stored: `outputs` are texts by name, an output not set is absent.

    `limit_until` is the first day without its limit, `review_on` the day of the next review; none: no such day.
    """

    standing_id: str
    customer_id: str
    state: str
    origin: str
    outputs: Mapping[str, str]
    reviewed_on: dt.date
    limit_until: dt.date | None
    review_on: dt.date | None
    decision_id: str
    policy_id: str
    policy_version: int
    approval_role: str
    proposed_at: int
    proposed_by: str
    valid_from: dt.date | None = None
    decided_at: int | None = None
    decided_by: str = ""
    note: str = ""
    ended_at: int | None = None
    revision: int = 1


_TABLE: Final = StandingRow.metadata.tables["standings"]
_NAMES: Final = StoredStanding.__struct_fields__
_COLUMNS: Final = [getattr(StandingRow, name) for name in _NAMES]
#: Asked with every decision, so it is put together once.
_OF_CUSTOMERS: Final = select(*[_TABLE.c[name] for name in _NAMES]).where(
    _TABLE.c.customer_id.in_(bindparam("customers", expanding=True))
)
_NOW: Final = _OF_CUSTOMERS.where(_TABLE.c.state == "in_force")
_THEN: Final = _OF_CUSTOMERS.where(
    _TABLE.c.state.in_(("in_force", "ended")),
    _TABLE.c.decided_at <= bindparam("at"),
    or_(_TABLE.c.ended_at.is_(None), _TABLE.c.ended_at > bindparam("at")),
)


class StandingStore:
    """The standings within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, standing: StoredStanding) -> None:
        """Store a new standing; Conflict S210 for a second one in force, or proposed, of one customer."""
        self._session.execute(insert(_TABLE), [_row(standing)])

    def change(self, standing: StoredStanding, **values: Any) -> StoredStanding:
        """Store other values of a standing and return it with them; Conflict S208 if somebody else's came first."""
        changed = replace(standing, **values, revision=standing.revision + 1)
        is_as_read = (StandingRow.standing_id == standing.standing_id, StandingRow.revision == standing.revision)
        done = self._session.execute(
            update(StandingRow).where(*is_as_read).values(**values, revision=changed.revision),
            execution_options={"synchronize_session": False},
        )
        if isinstance(done, CursorResult) and done.rowcount != 1:
            raise changed_since_read(f"the standing {standing.standing_id}")
        return changed

    def load(self, standing_id: str) -> StoredStanding:
        """Return the standing; NotStored S209 if there is none."""
        found = self._first(select(*_COLUMNS).where(StandingRow.standing_id == standing_id))
        if found is None:
            raise not_stored(f"standing {standing_id[:60]}")
        return found

    def in_force(self, customer_id: str, at: int | None = None) -> StoredStanding | None:
        """Return the customer's standing in force, now or at an instant; none before the first one."""
        return self.in_force_of((customer_id,), at).get(customer_id)

    def in_force_of(self, customer_ids: Collection[str], at: int | None = None) -> Mapping[str, StoredStanding]:
        """Return the standings in force of these customers, by customer."""
        asked = {"customers": sorted(customer_ids)}
        connection = self._session.connection()
        rows = connection.execute(_NOW, asked) if at is None else connection.execute(_THEN, asked | {"at": at})
        return {found.customer_id: found for found in map(_standing, rows)}

    def proposed(self, customer_id: str) -> StoredStanding | None:
        """Return the customer's standing that waits for approval; none without one."""
        waits = (StandingRow.customer_id == customer_id, StandingRow.state == "proposed")
        return self._first(select(*_COLUMNS).where(*waits))

    def page(
        self,
        *,
        customer_id: str = "",
        state: str = "",
        approval_role: str = "",
        after: StandingKey | None = None,
        limit: int = 50,
        is_oldest_first: bool = False,
    ) -> tuple[StoredStanding, ...]:
        """Return at most `limit` standings that fit every filter given, the latest first, behind `after`."""
        equal = {"customer_id": customer_id, "state": state, "approval_role": approval_role}
        query = select(*_COLUMNS).where(*(getattr(StandingRow, name) == word for name, word in equal.items() if word))
        key = tuple_(StandingRow.proposed_at, StandingRow.standing_id)
        if after:
            query = query.where(key > after if is_oldest_first else key < after)
        order = (StandingRow.proposed_at, StandingRow.standing_id)
        ordered = query.order_by(*(order if is_oldest_first else (one.desc() for one in order)))
        return tuple(map(_standing, self._session.execute(ordered.limit(limit))))

    def _first(self, query: Select[Any]) -> StoredStanding | None:
        row = self._session.execute(query).one_or_none()
        return _standing(row) if row else None


def _row(standing: StoredStanding) -> dict[str, Any]:
    said = {name: getattr(standing, name) for name in _NAMES}
    return said | {"outputs": json.dumps(dict(standing.outputs), sort_keys=True, ensure_ascii=False)}


def _standing(row: Any) -> StoredStanding:
    said = dict(zip(_NAMES, row, strict=True))
    return StoredStanding(**said | {"outputs": json.loads(said["outputs"])})
