"""What there is to do now, whoever does it: reviews, held orders, cases by role; each with the list behind it."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant, business_day
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.house import House
from policy_service.services.portfolio.behind import Behind, Subject
from policy_service.storage.review_backlog import ReviewBacklog
from policy_service.storage.work_waiting import HeldOrders, RoleCases, cases_by_role, held_orders

_ONE: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReviewsDue:
    """How many customers are to be reviewed by the end of the day."""

    customers: int
    behind: Behind


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do on a day; `held` and `cases` are none for whoever may not see orders, or cases."""

    day: dt.date
    reviews: ReviewsDue
    held: tuple[HeldOrders, Behind] | None
    cases: tuple[tuple[RoleCases, Behind], ...] | None


def work(house: House, session: Session, actor: Actor, at: Instant) -> Work:
    """Return what there is to do as of now; AccessError A403 without the permission to see customers."""
    require(actor, Permission.CUSTOMERS_READ)
    day = business_day(at, house.settings.zone)
    before = day + _ONE
    may = actor.permissions
    return Work(
        day,
        ReviewsDue(
            ReviewBacklog(session).count(before), Behind(Subject.REVIEWS, (("due_before", before.isoformat()),))
        ),
        (held_orders(session), Behind(Subject.ORDERS, (("state", "held"),))) if Permission.ORDERS_READ in may else None,
        _cases(session, day) if Permission.CASES_READ in may else None,
    )


def _cases(session: Session, day: dt.date) -> tuple[tuple[RoleCases, Behind], ...]:
    return tuple(
        (one, Behind(Subject.CASES, (("state", "open"), ("owner_role", one.owner_role))))
        for one in cases_by_role(session, day)
    )
