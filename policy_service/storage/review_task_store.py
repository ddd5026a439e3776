"""Reviews that could not say a standing, kept until one can: somebody has to look at each."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from policy_service.storage.models.standings import ReviewTask

#: A review that was referred is repeated by itself after so many days, not before.
TRIED_AGAIN_AFTER: Final = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A customer whose latest review was referred: since when, by which decision, with which reasons."""

    customer_id: str
    decision_id: str
    reasons: tuple[str, ...]
    opened_on: dt.date
    opened_at: int
    tried_on: dt.date

    def may_be_tried_on(self, day: dt.date) -> bool:
        """Return whether the review is repeated on that day without anybody asking for it."""
        return day >= self.tried_on + TRIED_AGAIN_AFTER


_TABLE: Final = ReviewTask.metadata.tables["review_tasks"]
_NAMES: Final = StoredTask.__slots__
_COLUMNS: Final = [getattr(ReviewTask, name) for name in _NAMES]


class ReviewTaskStore:
    """The tasks within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open_of(self, customer_id: str) -> StoredTask | None:
        """Return the customer's open task; none without one."""
        is_open = (ReviewTask.customer_id == customer_id, ReviewTask.closed_at.is_(None))
        row = self._session.execute(select(*_COLUMNS).where(*is_open)).one_or_none()
        return _task(row) if row else None

    def open(self, task: StoredTask) -> None:
        """Store a task, or what the latest try says on the one that is open: since when it is, stays."""
        tried = {"decision_id": task.decision_id, "reasons": json.dumps(task.reasons), "tried_on": task.tried_on}
        if self.open_of(task.customer_id) is None:
            said = {name: getattr(task, name) for name in _NAMES}
            self._session.execute(insert(_TABLE), [said | tried | {"closed_at": None, "closed_by": ""}])
        else:
            self._set(task.customer_id, tried)

    def close(self, customer_id: str, at: int, person: str) -> None:
        """Close the customer's open task, if there is one."""
        self._set(customer_id, {"closed_at": at, "closed_by": person})

    def _set(self, customer_id: str, values: dict[str, Any]) -> None:
        self._session.execute(
            update(ReviewTask)
            .where(ReviewTask.customer_id == customer_id, ReviewTask.closed_at.is_(None))
            .values(**values),
            execution_options={"synchronize_session": False},
        )


def _task(row: Any) -> StoredTask:
    said = dict(zip(_NAMES, row, strict=True))
    return StoredTask(**said | {"reasons": tuple(json.loads(said["reasons"]))})
