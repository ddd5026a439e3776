"""Which days are to be run: one after another from the last one finished, each once."""

import datetime as dt
from typing import Final

import structlog
from sqlalchemy.orm import Session

from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant, business_day
from policy_service.services.company_settings import CompanySettings
from policy_service.services.house import House
from policy_service.storage.job_store import JobStore
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.morning_store import MorningStore

#: As many days may have been missed.
MOST_DAYS: Final = 400
#: As many days the service makes up for by itself: more were not missed, a clock is wrong.
MOST_DAYS_BY_ITSELF: Final = 31
_ONE: Final = dt.timedelta(days=1)

log = structlog.get_logger()


def once_of(day: dt.date) -> str:
    """Return the name under which the job of a day is stored, so that there is one."""
    return f"run-day:{day.isoformat()}"


def days_to_run(session: Session, day: dt.date, today: dt.date) -> tuple[dt.date, ...]:
    """Return the days to run so that `day` is run: itself last, those missed before it; none if it was run.

    The first run ever is of that day alone. RequestError R451 for a day that has not begun, R452 for one before a
    day that was run or is being run, R453 where too many days were missed.
    """
    if day > today:
        raise RequestError(
            "R451", f"The day {day} has not begun; today is {today}.", remedy="Run a day once it has begun."
        )
    store = MorningStore(session)
    last, begun = store.last_finished(), store.unfinished()
    if day == last:
        return ()
    newest = max((one for one in (last, begun.day if begun else None) if one), default=None)
    if newest and day < newest:
        raise RequestError(
            "R452",
            f"The day {day} lies before {newest}, which was run: what happened on it is not undone.",
            remedy=f"Run {newest} or a later day; see how an earlier day would have been by a replay.",
        )
    first = last + _ONE if last else begun.day if begun else day
    days = tuple(first + _ONE * number for number in range((day - first).days + 1))
    if len(days) > MOST_DAYS:
        raise RequestError(
            "R453",
            f"{len(days)} days were missed since {first}.",
            remedy=f"Run them in parts of at most {MOST_DAYS}: first {days[MOST_DAYS - 1]}.",
        )
    return days


def due_run(house: House, session: Session, settings: CompanySettings, at: Instant) -> dt.date | None:
    """Return the day that is to be run at the instant: its hour has come, and nobody has asked for its run yet.

    None before there is a ledger. A run that failed is not due again: a person sees to it, or the next day does. Nor
    is one far behind the last: run under a clock that is ahead, it would leave no day to be run until then.
    """
    local = dt.datetime.fromtimestamp(at // 1_000_000, tz=house.settings.zone)
    today = business_day(at, house.settings.zone)
    day = today if local.strftime("%H:%M") >= settings.daily_run_at else today - _ONE
    store = MorningStore(session)
    last = store.last_finished()
    is_before_the_first = last is None and day < today
    if is_before_the_first or (last and day <= last) or not LedgerStore(session).head():
        return None
    if last and (day - last).days > MOST_DAYS_BY_ITSELF:
        log.warning("day_run_left_to_a_person", day=day.isoformat(), last_finished=last.isoformat())
        return None
    begun = store.unfinished()
    if (begun and day < begun.day) or JobStore(session).named(once_of(day)):
        return None
    return day
