"""How much work waits, added up in the database: held orders, open cases by role, words that wait for a second one."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from policy_service.storage.models.cases import CaseStep, EscalationCase
from policy_service.storage.models.orders import AskedOrder
from policy_service.storage.models.standings import OverrideRow, StandingRow


@dataclass(frozen=True, slots=True)
class HeldOrders:
    """Held orders: how many, over how much in base currency, and how many of them have no amount in it."""

    orders: int
    amount: int
    without_amount: int


@dataclass(frozen=True, slots=True)
class RoleCases:
    """The open cases of an owner role: how many, how many of them past their deadline, and with nobody assigned."""

    owner_role: str
    cases: int
    past_deadline: int
    unassigned: int


def held_orders(session: Session) -> HeldOrders:
    """Return the held orders added up."""
    amount = AskedOrder.base_amount
    row = session.execute(
        select(func.count(), func.sum(amount), func.count().filter(amount.is_(None))).where(AskedOrder.state == "held")
    ).one()
    # PostgreSQL adds whole numbers up to decimals.
    return HeldOrders(*(int(one or 0) for one in row))


def cases_by_role(session: Session, day: dt.date) -> tuple[RoleCases, ...]:
    """Return the open cases by owner role, in order of its name; past their deadline as of the day."""
    case = EscalationCase
    rows = session.execute(
        select(
            case.owner_role,
            func.count(),
            func.count().filter(case.deadline < day),
            func.count().filter(case.assigned_to == ""),
        )
        .where(case.state == "open")
        .group_by(case.owner_role)
    )
    return tuple(sorted((RoleCases(*row) for row in rows), key=lambda one: one.owner_role))


@dataclass(frozen=True, slots=True)
class Proposed:
    """How many wait, and the ids of those that wait longest."""

    number: int
    ids: tuple[str, ...]


def approval_roles(session: Session) -> frozenset[str]:
    """Return the roles that proposed standings wait for."""
    return frozenset(
        session.scalars(select(StandingRow.approval_role).where(StandingRow.state == "proposed").distinct())
    )


def stored_roles(session: Session) -> frozenset[str]:
    """Return the roles that cases, their steps and standings have, whatever became of them."""
    columns = (EscalationCase.owner_role, CaseStep.approval_role, StandingRow.approval_role)
    return frozenset(role for one in columns for role in session.scalars(select(one).distinct()))


def proposed_standings(session: Session, person: str, roles: Collection[str], named: int) -> Proposed:
    """Return the standings that wait for one of these roles and that somebody else than the person proposed."""
    row = StandingRow
    conditions = (row.state == "proposed", row.proposed_by != person, row.approval_role.in_(sorted(roles)))
    return _proposed(session, row.standing_id, row.proposed_at, conditions, named)


def proposed_overrides(session: Session, person: str, day: dt.date, named: int) -> Proposed:
    """Return the overrides that wait on the day and that somebody else than the person gave."""
    row = OverrideRow
    conditions = (row.state == "proposed", row.person != person, row.expires_on >= day)
    return _proposed(session, row.override_id, row.given_at, conditions, named)


def _proposed(
    session: Session,
    identity: InstrumentedAttribute[str],
    since: InstrumentedAttribute[int],
    conditions: tuple[ColumnElement[bool], ...],
    named: int,
) -> Proposed:
    number = session.scalar(select(func.count(identity)).where(*conditions)) or 0
    ids = session.scalars(select(identity).where(*conditions).order_by(since, identity).limit(named))
    return Proposed(number, tuple(ids))
