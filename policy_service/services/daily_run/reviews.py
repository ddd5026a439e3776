"""When a customer who was reviewed before, here or elsewhere, is reviewed again."""

import datetime as dt
from typing import Final

from sqlalchemy.orm import Session

from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.knowledge import Knowledge, day_number
from policy_service.services.company_settings import company_settings
from policy_service.services.known_customers import KnownLedger
from policy_service.services.standings import recorded_in_force
from policy_service.storage.morning_store import MorningStore
from policy_service.storage.order_store import OrderStore
from policy_service.storage.review_task_store import TRIED_AGAIN_AFTER, ReviewTaskStore, StoredTask
from policy_service.storage.standing_store import StandingStore, StoredStanding

#: A customer without an order in so many days before is reviewed with the next one.
IDLE_AFTER_DAYS: Final = 400


def review_comes_with_order(session: Session, customer_id: str, day: dt.date) -> bool:
    """Return whether a customer who was reviewed before is to be reviewed before an order of that day.

    That is so where a review fell due that waited for an order, or that the run of the day has not made yet, and
    where the last one was referred 30 days ago or earlier. One who was never reviewed is not for this to say.
    """
    morning = MorningStore(session).morning(customer_id)
    standing, task = _last_review(session, customer_id)
    return _falls_due(standing, task, day, morning.review_waits_since if morning else None)


def review_is_due(
    session: Session,
    ledger: KnownLedger,
    customer_id: str,
    day: dt.date,
    waits_since: dt.date | None,
    *,
    is_told: bool,
) -> tuple[bool, bool]:
    """Return whether the customer is reviewed on the morning of the day, and whether it waits for an order to be.

    One who was never reviewed here is so once its recorded standing is as old as the company lets it become.
    `is_told`: an event that brings a review is known for the first time.
    """
    standing, task = _last_review(session, customer_id)
    if standing is None and task is None:
        recorded_on = _recorded_on(ledger, customer_id, day)
        if recorded_on is None:
            return False, False
        falls_due = waits_since is not None or _is_outdated(session, recorded_on, day)
    else:
        falls_due = _falls_due(standing, task, day, waits_since)
    if not is_told and not falls_due:
        return False, False
    orders = _order_days(session, ledger, customer_id, day)
    number = day_number(day)
    if task and not is_told:
        # With an order since then: its own day has passed, so this is the first morning to see it.
        return any(one >= day_number(task.tried_on + TRIED_AGAIN_AFTER) for one in orders), False
    is_trading = any(number - IDLE_AFTER_DAYS <= one < number for one in orders)
    return is_trading, not is_trading


def _last_review(session: Session, customer_id: str) -> tuple[StoredStanding | None, StoredTask | None]:
    return StandingStore(session).in_force(customer_id), ReviewTaskStore(session).open_of(customer_id)


def _falls_due(
    standing: StoredStanding | None, task: StoredTask | None, day: dt.date, waits_since: dt.date | None
) -> bool:
    if task:
        return task.may_be_tried_on(day)
    if standing is None:
        return False
    has_waited = waits_since is not None and standing.reviewed_on < waits_since
    return has_waited or (standing.review_on is not None and standing.review_on <= day)


def _recorded_on(ledger: KnownLedger, customer_id: str, day: dt.date) -> dt.date | None:
    recorded = recorded_in_force(ledger.history(customer_id), day)
    return recorded.valid_from if recorded else None


def _is_outdated(session: Session, recorded_on: dt.date, day: dt.date) -> bool:
    return (day - recorded_on).days >= company_settings(session).recorded_standing_days


def _order_days(session: Session, ledger: KnownLedger, customer_id: str, day: dt.date) -> list[int]:
    live = OrderStore(session).live_of((customer_id,))
    days: list[int] = ledger.customer_day(customer_id, Knowledge(day), OrderDecisions(live=live)).orders.dates.tolist()
    return days
