"""What is done beside answering, each by itself: how often, and whether by one process alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.running import BY_ITSELF
from policy_service.services.background_jobs import HANDLERS, Handler, work_one
from policy_service.services.company_settings import company_settings
from policy_service.services.connections.scheduling import PULL_CONNECTION, ask_for_due_pulls
from policy_service.services.connections.watching import see_to_watches
from policy_service.services.connections.writing_back_schedule import PUSH_CONNECTION, ask_for_due_pushes
from policy_service.services.daily_run.days import due_run
from policy_service.services.daily_run.job import ask_to_run
from policy_service.services.house import House
from policy_service.services.ledger_in.left_uploads import remove_left_uploads
from policy_service.services.orders.waking import RECHECK_ORDERS
from policy_service.services.policy_life.settling import needs_settling, settle_states
from policy_service.services.portfolio.refreshing import refresh
from policy_service.services.verification import CHAIN_SEALED
from policy_service.services.webhooks.delivering import clean_up
from policy_service.storage.idempotency_store import IdempotencyStore
from policy_service.storage.job_store import LeaseStore
from policy_service.storage.notice_store import forget_heard
from policy_service.storage.seals import seal_heads

_SEALING: Final = "sealing"
_AT_ONCE: Final = 1_000

#: What somebody waits for is not kept waiting by what takes minutes: each has a worker.
QUICK: Final = (RECHECK_ORDERS,)
#: Another system may let a pull, or a write-back, wait for hours.
PULLS: Final = (PULL_CONNECTION, PUSH_CONNECTION)
LONG: Final = tuple(kind for kind in HANDLERS if kind not in (*QUICK, *PULLS))

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Duty:
    """Something done every so many seconds; `alone`: only by the process that holds the lease of the scheduler."""

    name: str
    every: float
    do: Callable[[], None]
    alone: bool = True


@dataclass(frozen=True, slots=True)
class FurtherWork:
    """What a part that stands upon the service has done here: jobs of its kinds, on a worker of its own.

    `clean` forgets what need not be known any longer; `look_back` works out what has happened since.
    """

    name: str
    handlers: Mapping[str, Handler]
    clean: Callable[[House, Instant], None]
    look_back: Callable[[House, Callable[[], Instant]], None]


def act_by_itself(at: Instant, duty: str) -> Act:
    """Return the act of something that the service does on its own."""
    return Act(BY_ITSELF, at, request_id=f"duty:{duty}")


def settle(house: House, now: Callable[[], Instant]) -> None:
    """Let the states of versions follow their periods."""
    with house.database.reading() as session:
        is_needed = needs_settling(session, now())
    if is_needed:
        with house.database.writing() as session:
            settle_states(house, session, act_by_itself(now(), "settle"))


def work(
    house: House,
    kinds: Sequence[str],
    by: str,
    now: Callable[[], Instant],
    goes_on: Callable[[], bool],
    handlers: Mapping[str, Handler] = HANDLERS,
) -> None:
    """Do the jobs of these kinds that wait, one after the other."""
    while goes_on() and work_one(house, kinds, by, now, handlers):
        pass


def seal(house: House, now: Callable[[], Instant]) -> None:
    """Seal the chains that have grown, and write each seal to the log; nothing without a key."""
    if not house.settings.seal_key:
        return
    at = now()
    with house.database.writing() as session:
        # Two that seal at once would both follow the same seal.
        LeaseStore(session).take(_SEALING, BY_ITSELF, at, at)
        seals = seal_heads(session, house.settings.seal_key.encode(), at)
    for each in seals:
        log.info(CHAIN_SEALED, **{name: getattr(each, name) for name in each.__slots__})


def run_day_if_due(house: House, now: Callable[[], Instant]) -> None:
    """Have a day run whose hour has come."""
    at = now()
    with house.database.reading() as session:
        day = due_run(house, session, company_settings(session), at)
    if day is not None:
        with house.database.writing() as session:
            ask_to_run(house, session, day, act_by_itself(at, "daily_run"))


def pull_if_due(house: House, now: Callable[[], Instant]) -> None:
    """Have every connection pulled whose time has come."""
    ask_for_due_pulls(house, act_by_itself(now(), "pulls"))


def push_if_due(house: House, now: Callable[[], Instant]) -> None:
    """Have every connection written back to whose time has come."""
    ask_for_due_pushes(house, act_by_itself(now(), "pushes"))


def keep_being_told(house: House, now: Callable[[], Instant], goes_on: Callable[[], bool]) -> None:
    """Let systems tell of changes as their connections say, and renew that in time."""
    see_to_watches(house, act_by_itself(now(), "notices"), goes_on)


def count_portfolio(house: House, now: Callable[[], Instant]) -> None:
    """Count the portfolio again, as far as anything has changed."""
    began = now()
    customers = refresh(house, now)
    if customers:
        log.info("portfolio_counted", customers=customers, milliseconds=(now() - began) // 1_000)


def clean(house: House, now: Callable[[], Instant]) -> None:
    """Forget what need not be known any longer."""
    at = now()
    forgotten = _AT_ONCE
    while forgotten == _AT_ONCE:
        # Some at a time, so that nobody waits long for a turn.
        with house.database.writing() as session:
            forgotten = IdempotencyStore(session).forget_expired(at, _AT_ONCE)
    clean_up(house, at)
    with house.database.writing() as session:
        forget_heard(session, at)
    if removed := remove_left_uploads(house, at):
        log.info("uploads_removed", uploads=removed)
