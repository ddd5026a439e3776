"""Customers whose standing somebody or the daily run has to look at, and since when."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from sqlalchemy import CompoundSelect, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from policy_service.storage.models import ledger_entries
from policy_service.storage.models.standings import ReviewTask, StandingRow

#: Behind which customer a page begins: the day it is due since, and its id.
BacklogKey: TypeAlias = tuple[dt.date, str]


class Due(StrEnum):
    """Why a customer is to be reviewed.

    The day of the next review has come; the limit is over and none set; the latest review was referred; what is in
    force was recorded elsewhere and never reviewed here.
    """

    REVIEW = "review"
    LIMIT = "limit"
    REFERRED = "referred"
    NEVER_REVIEWED = "never_reviewed"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A customer to be reviewed: for each cause the day since which."""

    customer_id: str
    causes: tuple[tuple[Due, dt.date], ...]

    @property
    def due_on(self) -> dt.date:
        """The earliest of the days."""
        return min(day for _, day in self.causes)


_RECORDED: Final = ledger_entries.StandingRow


class ReviewBacklog:
    """Who is to be reviewed, within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, before: dt.date, after: BacklogKey | None = None, limit: int = 50) -> tuple[Overdue, ...]:
        """Return at most `limit` customers due before a day, the longest overdue first, behind `after`."""
        due = _causes(before).subquery()
        first = func.min(due.c.due_on)
        query = select(due.c.customer_id, first).group_by(due.c.customer_id)
        if after:
            day, customer_id = after
            query = query.having(or_(first > day, and_(first == day, due.c.customer_id > customer_id)))
        rows = self._session.execute(query.order_by(first, due.c.customer_id).limit(limit)).all()
        return self._with_causes([row[0] for row in rows], before)

    def count(self, before: dt.date) -> int:
        """Return how many customers are due before a day."""
        due = _causes(before).subquery()
        return self._session.scalar(select(func.count(due.c.customer_id.distinct()))) or 0

    def _with_causes(self, customer_ids: list[str], before: dt.date) -> tuple[Overdue, ...]:
        due = _causes(before).subquery()
        rows = self._session.execute(select(due).where(due.c.customer_id.in_(customer_ids)))
        causes: dict[str, list[tuple[Due, dt.date]]] = {customer_id: [] for customer_id in customer_ids}
        for customer_id, cause, day in rows:
            causes[customer_id].append((Due(cause), day))
        return tuple(Overdue(one, tuple(sorted(found, key=lambda due: due[1]))) for one, found in causes.items())


def _causes(before: dt.date) -> CompoundSelect[Any]:
    in_force = StandingRow.state == "in_force"
    has_one = exists().where(StandingRow.customer_id == _RECORDED.customer_id, in_force)
    never = and_(_RECORDED.superseded_by.is_(None), _RECORDED.valid_from < before, ~has_one)
    return union_all(
        select(StandingRow.customer_id, literal(Due.REVIEW.value).label("cause"), StandingRow.review_on.label("due_on"))
        .where(in_force, StandingRow.review_on < before),
        select(StandingRow.customer_id, literal(Due.LIMIT.value), StandingRow.limit_until)
        .where(in_force, StandingRow.limit_until < before),
        select(ReviewTask.customer_id, literal(Due.REFERRED.value), ReviewTask.opened_on)
        .where(ReviewTask.closed_at.is_(None), ReviewTask.opened_on < before),
        select(_RECORDED.customer_id, literal(Due.NEVER_REVIEWED.value), func.min(_RECORDED.valid_from))
        .where(never)
        .group_by(_RECORDED.customer_id),
    )  # fmt: skip
