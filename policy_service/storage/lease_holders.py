"""Who holds a lease: to be looked at without a turn among the writers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.models.jobs import Lease


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease until when; the revision moves whenever it is renewed."""

    by: str
    until: Instant
    revision: int


def holder(session: Session, name: str) -> Holder | None:
    """Return who holds the lease, or held it last; none if nobody ever did."""
    row = session.execute(
        select(Lease.held_by, Lease.held_until, Lease.revision).where(Lease.name == name)
    ).one_or_none()
    return Holder(*row) if row else None
