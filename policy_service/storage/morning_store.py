"""Days that were run kept: which, with what, how far they are, and the last morning of each customer."""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Date, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.storage.models.ledger_entries import CustomerRow, EventRow
from policy_service.storage.models.mornings import CustomerMorning, RunDay

_NO_COUNTS: Final[Mapping[str, Any]] = MappingProxyType({})
_FIRST: Final = text(
    "INSERT INTO run_days (day, started_at, started_by, ledger_head, policy_id, policy_version, report, revision)"
    " VALUES (:day, :at, :person, :head, :policy_id, :version, '', 1) ON CONFLICT DO NOTHING"
).bindparams(bindparam("day", type_=Date))
_PUT: Final = text(
    "INSERT INTO customer_mornings (customer_id, day, triggers, review_waits_since, counts)"
    " VALUES (:customer_id, :day, :triggers, :waits, :counts) ON CONFLICT (customer_id) DO UPDATE SET"
    " day = :day, triggers = :triggers, review_waits_since = :waits, counts = :counts"
).bindparams(bindparam("day", type_=Date), bindparam("waits", type_=Date))
# One question instead of five: most customers have nothing of it on most mornings.
_AT_HAND: Final = text(
    "SELECT EXISTS (SELECT 1 FROM escalation_cases WHERE customer_id = :customer_id AND state = 'open'),"
    " EXISTS (SELECT 1 FROM case_steps WHERE customer_id = :customer_id),"
    " EXISTS (SELECT 1 FROM orders WHERE customer_id = :customer_id AND state = 'held'),"
    " EXISTS (SELECT 1 FROM standings WHERE customer_id = :customer_id AND state = 'in_force')"
    " OR EXISTS (SELECT 1 FROM review_tasks WHERE customer_id = :customer_id AND closed_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM ledger_standings WHERE customer_id = :customer_id AND superseded_by IS NULL)"
)


@dataclass(frozen=True, slots=True)
class AtHand:
    """Whether a customer has open cases, steps of any case, held orders, and a standing or a review to be repeated."""

    cases: bool
    steps: bool
    held_orders: bool
    reviewed: bool


@dataclass(frozen=True, slots=True)
class DayRun:
    """A day that is run, or was once `finished_at` is set; `ledger_head` is the last posting that it knows."""

    day: dt.date
    started_at: Instant
    ledger_head: int
    policy_id: str
    policy_version: int
    finished_at: Instant | None
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Morning:
    """The last day that was run for a customer, and which triggers were true on its morning, by `ladder.trigger`.

    `review_waits_since` is the day on which a review fell due that waits for the customer's next order.
    """

    day: dt.date
    triggers: Mapping[str, bool]
    review_waits_since: dt.date | None = None


class MorningStore:
    """The days and mornings within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def first_day(self) -> dt.date | None:
        """Return the first day that was ever run, or is; none before."""
        return self._session.scalar(select(func.min(RunDay.day)))

    def last_finished(self) -> dt.date | None:
        """Return the last day that was run to its end; none before."""
        return self._session.scalar(select(func.max(RunDay.day)).where(RunDay.finished_at.is_not(None)))

    def head_before(self, day: dt.date) -> int | None:
        """Return the last posting that the run of the last day before this one knew; none without one."""
        before = select(RunDay.ledger_head).where(RunDay.day < day).order_by(RunDay.day.desc()).limit(1)
        return self._session.scalar(before)

    def unfinished(self) -> DayRun | None:
        """Return the earliest day that was begun and not finished; none if there is none."""
        begun = select(RunDay).where(RunDay.finished_at.is_(None)).order_by(RunDay.day).limit(1)
        row = self._session.scalars(begun).one_or_none()
        return _run(row) if row else None

    def begin(self, day: dt.date, head: int, policy_id: str, version: int, act: Act) -> DayRun:
        """Store that the day is run, and return it; one that was begun before keeps what it was begun with."""
        begun = {"day": day, "at": act.at, "person": act.person, "head": head}
        self._session.execute(_FIRST.bindparams(**begun, policy_id=policy_id, version=version))
        return self.held(day)

    def held(self, day: dt.date) -> DayRun:
        """Return the day, which nobody else can finish until the transaction ends."""
        return _run(self._row(day))

    def finish(self, day: dt.date, report: Mapping[str, object], at: Instant) -> None:
        """Store that the day is done, with its report."""
        row = self._row(day)
        row.report, row.finished_at = json.dumps(dict(report), sort_keys=True), at
        self._session.flush()

    def run_day(self, day: dt.date) -> DayRun | None:
        """Return the day as it is; none if it was not begun."""
        row = self._session.get(RunDay, day)
        return _run(row) if row else None

    def begun_since(self, instant: Instant, before: dt.date) -> tuple[dt.date, ...]:
        """Return the days before that day whose run was begun at the instant or later, the earliest first."""
        begun = select(RunDay.day).where(RunDay.started_at >= instant, RunDay.day < before).order_by(RunDay.day)
        return tuple(self._session.scalars(begun))

    def customers(self, head: int) -> tuple[str, ...]:
        """Return the customers known after that posting, by id."""
        known = select(CustomerRow.customer_id).where(CustomerRow.posting <= head).distinct()
        return tuple(sorted(self._session.scalars(known)))

    def done(self, day: dt.date) -> frozenset[str]:
        """Return the customers for whom that day, or a later one, was run."""
        return frozenset(self._session.scalars(select(CustomerMorning.customer_id).where(CustomerMorning.day >= day)))

    def morning(self, customer_id: str) -> Morning | None:
        """Return the customer's last morning; none before the first one."""
        row = self._session.get(CustomerMorning, customer_id, populate_existing=True)
        return Morning(row.day, json.loads(row.triggers), row.review_waits_since) if row else None

    def at_hand(self, customer_id: str) -> AtHand:
        """Return what there is of the customer that a morning may change."""
        return AtHand(*map(bool, self._session.execute(_AT_HAND, {"customer_id": customer_id}).one()))

    def put(self, customer_id: str, morning: Morning, counts: Mapping[str, Any] = _NO_COUNTS) -> None:
        """Store a customer's morning, with what happened on it, in place of the one before."""
        self._session.execute(
            _PUT,
            {
                "customer_id": customer_id,
                "day": morning.day,
                "triggers": json.dumps(dict(morning.triggers), sort_keys=True),
                "waits": morning.review_waits_since,
                "counts": json.dumps(dict(counts), sort_keys=True) if counts else "",
            },
        )

    def counts(self, day: dt.date) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield what happened that day to each customer to whom something did, by id."""
        happened = (CustomerMorning.day == day, CustomerMorning.counts != "")
        rows = self._session.execute(select(CustomerMorning.customer_id, CustomerMorning.counts).where(*happened))
        for customer_id, counts in sorted((row[0], row[1]) for row in rows):
            yield customer_id, json.loads(counts)

    def told_of(self, kinds: Collection[str], day: dt.date, head: int, head_before: int | None) -> frozenset[str]:
        """Return the customers of whom an event of these kinds is known at the start of the day for the first time.

        It is known if its date and its posting day are before the day, and it is stored no later than the posting
        `head`. It was known the morning before if that held one day earlier, and of `head_before`.
        """
        rows, eve = EventRow, day - dt.timedelta(days=1)
        is_known = (
            rows.kind.in_(sorted(kinds)),
            rows.date < day,
            rows.posted_on < day,
            rows.posting <= head,
            or_(rows.superseded_by.is_(None), rows.superseded_by > head),
        )
        before = head if head_before is None else head_before
        is_new = or_(rows.date >= eve, rows.posted_on >= eve, rows.posting > before)
        return frozenset(self._session.scalars(select(rows.customer_id).where(*is_known, is_new).distinct()))

    def _row(self, day: dt.date) -> RunDay:
        held = select(RunDay).where(RunDay.day == day).with_for_update()
        return self._session.scalars(held.execution_options(populate_existing=True)).one()


def _run(row: RunDay) -> DayRun:
    report = json.loads(row.report) if row.report else {}
    run = (row.day, row.started_at, row.ledger_head, row.policy_id, row.policy_version, row.finished_at)
    return DayRun(*run, report)
