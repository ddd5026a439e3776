"""Which versions count now, and which begin soon: what a process has to have ready."""

from typing import TypeAlias

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.models.policies import PolicyVersionRow

#: A policy and the number of its version.
Named: TypeAlias = tuple[str, int]


def beginning(session: Session, after: Instant, until: Instant) -> tuple[Named, ...]:
    """Return the versions whose period begins behind the one instant and not behind the other, the earliest first."""
    begins = PolicyVersionRow.effective_from
    soon = _named().where(begins > after, begins <= until).order_by(begins, PolicyVersionRow.policy_id)
    return tuple((policy_id, number) for policy_id, number in session.execute(soon))


def counting(session: Session, at: Instant) -> tuple[Named, ...]:
    """Return the versions whose period the instant lies in, by policy."""
    begins, ends = PolicyVersionRow.effective_from, PolicyVersionRow.effective_until
    now = _named().where(begins <= at, or_(ends.is_(None), ends > at)).order_by(PolicyVersionRow.policy_id, begins)
    return tuple((policy_id, number) for policy_id, number in session.execute(now))


def _named() -> Select[str, int]:
    return select(PolicyVersionRow.policy_id, PolicyVersionRow.number)
