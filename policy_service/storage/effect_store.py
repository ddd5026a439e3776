"""Effects of ladders on standings kept: in force from the step of the ladder until its release."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from policy_service.storage.models.standings import StandingEffect


@dataclass(frozen=True, slots=True)
class StoredEffect:
    """What a level or trigger does to one output; `value` is its text, empty where nobody knows it."""

    customer_id: str
    ladder: str
    level: str
    output: str
    value: str
    decision_id: str | None
    begun_at: int
    begun_by: str
    ended_at: int | None = None
    ended_by: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it apart from the customer's other effects in force."""
        return self.ladder, self.level, self.output


_TABLE: Final = StandingEffect.metadata.tables["standing_effects"]
_NAMES: Final = StoredEffect.__slots__
_COLUMNS: Final = [getattr(StandingEffect, name) for name in _NAMES]
#: Asked with every decision, so it is put together once.
_OF_CUSTOMERS: Final = (
    select(*[_TABLE.c[name] for name in _NAMES])
    .where(_TABLE.c.customer_id.in_(bindparam("customers", expanding=True)))
    .order_by(_TABLE.c.effect_number)
)
_NOW: Final = _OF_CUSTOMERS.where(_TABLE.c.ended_at.is_(None))
_THEN: Final = _OF_CUSTOMERS.where(
    _TABLE.c.begun_at <= bindparam("at"), or_(_TABLE.c.ended_at.is_(None), _TABLE.c.ended_at > bindparam("at"))
)


class EffectStore:
    """The effects within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, effects: Sequence[StoredEffect]) -> None:
        """Store effects that begin; Conflict S210 for one that is in force already."""
        if effects:
            self._session.execute(insert(_TABLE), [_row(effect) for effect in effects])

    def end(self, customer_id: str, steps: Collection[tuple[str, str]], at: int, person: str) -> None:
        """End every effect in force of these steps, each a ladder and its level."""
        for ladder, level in steps:
            of_step = (StandingEffect.ladder == ladder, StandingEffect.level == level)
            self._session.execute(
                update(StandingEffect)
                .where(StandingEffect.customer_id == customer_id, *of_step, StandingEffect.ended_at.is_(None))
                .values(ended_at=at, ended_by=person),
                execution_options={"synchronize_session": False},
            )

    def in_force(self, customer_id: str, at: int | None = None) -> tuple[StoredEffect, ...]:
        """Return the customer's effects in force, now or at an instant, the first to begin first."""
        return self.in_force_of((customer_id,), at).get(customer_id, ())

    def in_force_of(
        self, customer_ids: Collection[str], at: int | None = None
    ) -> Mapping[str, tuple[StoredEffect, ...]]:
        """Return the effects in force of these customers, by customer."""
        asked = {"customers": sorted(customer_ids)}
        connection = self._session.connection()
        rows = connection.execute(_NOW, asked) if at is None else connection.execute(_THEN, asked | {"at": at})
        effects = defaultdict[str, list[StoredEffect]](list)
        for row in rows:
            effects[row.customer_id].append(StoredEffect(*row))
        return {customer_id: tuple(found) for customer_id, found in effects.items()}

    def history(self, customer_id: str) -> tuple[StoredEffect, ...]:
        """Return every effect that the customer was ever under, the first to begin first."""
        of_customer = select(*_COLUMNS).where(StandingEffect.customer_id == customer_id)
        rows = self._session.execute(of_customer.order_by(StandingEffect.effect_number))
        return tuple(StoredEffect(*row) for row in rows)


def _row(effect: StoredEffect) -> dict[str, Any]:
    return {name: getattr(effect, name) for name in _NAMES}
