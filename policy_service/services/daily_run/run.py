"""A day run for all customers, exactly once for each, however often it is called and wherever it is killed.

What is the same for all is settled when the day is begun and stored. Each customer, or group, has a transaction
of its own that also stores that it was done; so whoever comes next goes on where the last one ended.
"""

import copy
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias, TypeVar

import structlog
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import EngineFault
from policy_service.domain.instants import Instant, business_day, start_of_day
from policy_service.facts.knowledge import Knowledge
from policy_service.services.announcing import announce
from policy_service.services.audit import note
from policy_service.services.base_currency import other_currency
from policy_service.services.compiled_policies import NoPolicyInForce
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.daily_run.customer import Acts, DayFrame
from policy_service.services.daily_run.days import days_to_run
from policy_service.services.daily_run.morning import do_morning, ledger_through
from policy_service.services.daily_run.report import DayReport, Fault, report_of, stored_report
from policy_service.services.escalation.tally import Tally
from policy_service.services.house import House
from policy_service.services.orders.rechecking import book
from policy_service.storage.errors import Conflict, Unavailable, not_stored
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.morning_store import DayRun, MorningStore

#: Told how many customers are done, and of how many, over all days.
Progress: TypeAlias = Callable[[int, int], None]
Result = TypeVar("Result")

#: Two that stand in each other's way: one of them is turned away and comes again.
_MOST_TRIES: Final = 5
_ONE: Final = dt.timedelta(days=1)

log = structlog.get_logger()


def _silent(_done: int, _total: int) -> None:
    return


def run_day(
    house: House,
    day: dt.date,
    act: Act,
    progress: Progress | None = None,
    now: Callable[[], Instant] | None = None,
) -> DayReport:
    """Run a day, after the days missed before it, and return its report; of a day that was run the stored one.

    Everything is known as of the start of the day, of the ledger and the policy as they were when the day was begun.
    A missed day at whose end no policy counted is left out.
    `now`, if given, dates what is done for each customer; else all is done as of the act. RequestError R451, R452
    or R453 for a day that cannot be run, R421 where no policy counts, R405 for a ledger in another currency;
    EngineFault E011 for a policy under which nothing can be decided.
    """
    with house.database.reading() as session:
        days = days_to_run(session, day, business_day(act.at, house.settings.zone))
    if not days:
        return _stored(house, day)
    # A chain of its own: nobody who decides meanwhile waits for it, nor it for them.
    own = copy.copy(house)
    own.writer = f"{house.writer}.days"
    acts, report = _acts(act, now or (lambda: act.at)), None
    for number, one in enumerate(days):
        told, is_last = _part(progress or _silent, number, len(days)), one == day
        try:
            report = _Day(own, one, act, acts, is_last=is_last).run(told)
        except NoPolicyInForce:
            if is_last:
                raise
            # Nothing was to be done on it, and no later day is to wait for it.
            log.warning("day_without_policy", day=one.isoformat())
    return report or _stored(house, day)


def _acts(act: Act, now: Callable[[], Instant]) -> Acts:
    last = [act.at - 1]

    def following() -> Act:
        # What is done upon the one before is not done at the same instant.
        last[0] = max(last[0] + 1, now())
        return replace(act, at=last[0])

    return following


def _part(progress: Progress, number: int, days: int) -> Progress:
    return lambda done, total: progress(number * total + done, days * total)


def report_of_day(session: Session, day: dt.date) -> DayReport:
    """Return the report of a day that was run; NotStored S209 for one that was not, or not to its end."""
    run = MorningStore(session).run_day(day)
    if run is None or run.finished_at is None:
        raise not_stored(f"report of the day {day}")
    return stored_report(run.report)


def _stored(house: House, day: dt.date) -> DayReport:
    with house.database.reading() as session:
        return report_of_day(session, day)


class _Day:
    """One day while it is run."""

    def __init__(self, house: House, day: dt.date, act: Act, acts: Acts, *, is_last: bool) -> None:
        self._house = house
        self._day = day
        self._act = act
        self._is_last = is_last
        self._acts = acts

    def run(self, progress: Progress) -> DayReport:
        """Do what is left of the day, and return its report."""
        run = self._tried(self._begin)
        if run.finished_at is not None:
            return stored_report(run.report)
        frame, units, total = self._frame(run)
        done = total - sum(map(len, units))
        progress(done, total)
        for unit in units:
            self._tried(partial(self._do, frame, unit))
            done += len(unit)
            progress(done, total)
        if self._is_last:
            book(self._house, self._act)
        return self._tried(lambda session: self._finish(session, total))

    def _tried(self, do: Callable[[Session], Result]) -> Result:
        for _ in range(_MOST_TRIES - 1):
            try:
                return self._once(do)
            except (Unavailable, Conflict) as error:
                log.warning("day_run_tried_again", day=self._day.isoformat(), code=error.code)
        return self._once(do)

    def _once(self, do: Callable[[Session], Result]) -> Result:
        with self._house.database.writing() as session:
            return do(session)

    def _begin(self, session: Session) -> DayRun:
        store = MorningStore(session)
        begun = store.run_day(self._day)
        if begun:
            return begun
        # Of a day that was missed the version that counted at its end; of today the one that counts now.
        at = min(self._act.at, start_of_day(self._day + _ONE, self._house.settings.zone) - 1)
        version = _able(self._house.policies.effective(session, self._house.settings.default_policy, at))
        head = LedgerStore(session).head()
        if head:
            _check_currency(self._house, session, version)
        return store.begin(self._day, head, version.policy.id, version.number, self._act)

    def _frame(self, run: DayRun) -> tuple[DayFrame, Sequence[Sequence[str]], int]:
        with self._house.database.reading() as session:
            store = MorningStore(session)
            version = _able(self._house.policies.version(session, run.policy_id, run.policy_version))
            kinds = version.policy.review_on
            before = store.head_before(run.day)
            told_of = store.told_of(kinds, run.day, run.ledger_head, before) if kinds else frozenset[str]()
            first_day = store.first_day() or run.day
            customers, done = store.customers(run.ledger_head), store.done(run.day)
            left = [one for one in customers if one not in done]
            units = list(_units(self._house, session, version, run, left))
        frame = DayFrame(run.day, run.ledger_head, first_day, version, told_of, self._is_last)
        return frame, units, len(customers)

    def _do(self, frame: DayFrame, unit: Sequence[str], session: Session) -> int:
        return do_morning(self._house, session, frame, unit, self._acts)

    def _finish(self, session: Session, customers: int) -> DayReport:
        store = MorningStore(session)
        run = store.held(self._day)
        if run.finished_at is not None:
            return stored_report(run.report)
        tally, faults = Tally(), list[Fault]()
        for customer_id, counts in store.counts(self._day):
            tally.add_plain(counts.get("counts", ()))
            if "fault" in counts:
                faults.append(Fault(customer_id, *counts["fault"]))
        report, act = report_of(run, customers, tally, faults, self._made_up(store, run)), self._acts()
        store.finish(self._day, report.as_plain(), act.at)
        told = {key: value for key, value in report.as_plain().items() if key != "faults"}
        note(self._house, session, act, "day_run", "day", self._day.isoformat(), told)
        announce(self._house, session, act, "day.run", f"days/{self._day.isoformat()}", told)
        return report

    def _made_up(self, store: MorningStore, run: DayRun) -> tuple[dt.date, ...]:
        zone = self._house.settings.zone
        since = business_day(run.started_at, zone)
        # What was begun on its own day was not missed.
        return tuple(day for day in store.begun_since(start_of_day(since, zone), run.day) if day < since)


def _units(
    house: House, session: Session, version: CompiledPolicy, run: DayRun, left: Sequence[str]
) -> Iterator[Sequence[str]]:
    """Yield who is done together: the members of a group where the policy reads groups, else each customer alone."""
    if not left or not (version.reads_of_groups or version.policy.exposure_of_group):
        yield from ((one,) for one in left)
        return
    ledger, seen = ledger_through(house, session, run.ledger_head), set[str]()
    for one in left:
        if one not in seen:
            group = tuple(ledger.group_of(one, Knowledge(run.day)))
            seen.update(group)
            yield group


def _able(version: CompiledPolicy) -> CompiledPolicy:
    # Else every customer would be a fault of its own.
    if version.fault:
        raise EngineFault(
            "E011",
            f"Nothing can be decided under version {version.number} of {version.policy.id}: {version.fault}",
            remedy="Keep the version that was in force before, and report it.",
        )
    return version


def _check_currency(house: House, session: Session, version: CompiledPolicy) -> None:
    currency = house.customers.at(session).currency
    if currency != version.policy.currency:
        raise other_currency(currency, version.policy)
