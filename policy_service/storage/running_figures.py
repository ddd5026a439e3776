"""How much waits and how long: what a running service shows of itself, read from the database."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.models.decisions import SealRow
from policy_service.storage.models.jobs import Job
from policy_service.storage.models.orders import AskedOrder
from policy_service.storage.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of what waits; the instants are none where nothing does, or nothing was sealed yet."""

    events_waiting: int
    oldest_event_waits_since: Instant | None
    orders_held: int
    jobs_open: int
    sealed_at: Instant | None


def figures(session: Session) -> Figures:
    """Return the figures as the session sees them."""
    waiting, oldest = Outbox(session).waiting()
    held = select(func.count()).select_from(AskedOrder).where(AskedOrder.state == "held")
    is_open = Job.state.in_(("waiting", "running"))
    return Figures(
        events_waiting=waiting,
        oldest_event_waits_since=oldest,
        orders_held=session.scalar(held) or 0,
        jobs_open=session.scalar(select(func.count()).select_from(Job).where(is_open)) or 0,
        sealed_at=session.scalar(select(SealRow.sealed_at).order_by(SealRow.seal_number.desc()).limit(1)),
    )
