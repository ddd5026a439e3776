"""What happened since a version with a prediction began, worked out once a day behind the scenes.

Of orders it is what the version decided when it was first asked; of everything else what the ledger says by then, by
the figures of a simulation over recorded practice.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from policy_service.domain.days import day_number
from policy_service.domain.instants import Instant, business_day, start_of_day
from policy_service.domain.outcomes import Outcome
from policy_service.services.house import House
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.prediction_store import DecidedFirst, Happened, InForce, PredictionStore
from simulations.accounting.costs import DEFAULT_COSTS
from simulations.accounting.kpis import NULL_REASONS, Kpis
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Mode, Options
from simulations.runs.single_run import single_run
from simulations.stored.current_snapshot import current_snapshot

#: Those that recorded practice is said by; orders are decided here.
OF_LEDGER: Final = (
    *("orders", "order_amount", "sales", "collected", "write_offs", "bad_debt_ratio"),
    *("open_balance_end", "past_due_balance_end", "receivables_mean", "dso_simple"),
    *("days_late_mean_weighted", "on_time_share"),
)


def look_back(house: House, now: Callable[[], Instant]) -> int:
    """Look at every version that has not been looked at on this business day; return how many there were.

    Nothing before there is a ledger. The errors of `current_snapshot`.
    """
    at = now()
    today = business_day(at, house.settings.zone)
    with house.database.reading() as session:
        waiting = PredictionStore(session).to_look_at(start_of_day(today, house.settings.zone), at)
        if not waiting or LedgerStore(session).order_days() is None:
            return 0
    with current_snapshot(house, lambda *_: _look(now)) as history:
        for one in waiting:
            now()
            months = tuple(_months(house, one, today, history.snapshot))
            with house.database.writing() as session:
                PredictionStore(session).keep_months(one, months, at)
    return len(waiting)


def periods(begins: dt.date, ends: dt.date) -> Sequence[tuple[dt.date, dt.date]]:
    """Return the months of `[begins, ends)`, the first and the last as far as they lie in it."""
    found = []
    while begins < ends:
        following = (begins.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        found.append((begins, min(following, ends)))
        begins = following
    return found


def _look(now: Callable[[], Instant]) -> None:
    # Whoever is to end says so here.
    now()


def _months(house: House, one: InForce, today: dt.date, snapshot: Snapshot) -> Iterator[Happened]:
    zone = house.settings.zone
    # Days that are over: of the present one not everything is known.
    until = today if one.until is None else min(today, business_day(one.until, zone))
    for begins, ends in periods(business_day(one.since, zone), until):
        with house.database.reading() as session:
            decided = _decided(session, one, start_of_day(begins, zone), start_of_day(ends, zone))
        yield Happened(begins, ends, {"decided": decided, "ledger": _of_ledger(snapshot, begins, ends)})


def _decided(session: Session, one: InForce, since: Instant, before: Instant) -> Mapping[str, Any]:
    found = {each.outcome: each for each in PredictionStore(session).decided_first(one, since, before)}
    nothing = DecidedFirst("", 0, 0, 0)
    counted = {str(outcome): found.get(outcome, nothing) for outcome in Outcome}
    return {
        "orders": {outcome: each.orders for outcome, each in counted.items()},
        "amounts": {outcome: each.amount for outcome, each in counted.items()},
        "unpriced": sum(each.unpriced for each in counted.values()),
    }


def _of_ledger(snapshot: Snapshot, begins: dt.date, ends: dt.date) -> Mapping[str, Any]:
    # In open loop nothing is refused, moved or chased: that is the record as it stands.
    options = Options(day_number(begins), day_number(ends), Mode.OPEN)
    kpis: Kpis = single_run(snapshot, None, options, DEFAULT_COSTS)
    reasons: Any = kpis[NULL_REASONS]
    return {
        "currency": snapshot.currency.code,
        **{name: kpis[name] for name in OF_LEDGER},
        NULL_REASONS: {name: why for name, why in reasons.items() if name in OF_LEDGER},
    }
