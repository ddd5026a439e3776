"""What a day came to, counted over all customers."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from policy_service.services.escalation.tally import BY_LEVEL, Happened, Tally
from policy_service.storage.morning_store import DayRun

#: As many faults are named; the others are counted.
_MOST_FAULTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What kept the run from finishing a customer's day: the error's code and words."""

    customer_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DayReport:
    """A day that was run: with which ledger and policy, for how many customers, and what happened.

    `counts` are by `Happened`, `notices` and `case_steps` by `ladder.level`: an invoice each, and a level of a
    customer each. `faults` are the first ones of `fault_count`. `made_up` are the days missed before it that were run
    on the day on which its own run was begun; each has a report of its own.
    """

    day: dt.date
    ledger_head: int
    policy_id: str
    policy_version: int
    customers: int
    counts: Mapping[str, int] = field(default_factory=dict)
    notices: Mapping[str, int] = field(default_factory=dict)
    case_steps: Mapping[str, int] = field(default_factory=dict)
    fault_count: int = 0
    faults: tuple[Fault, ...] = ()
    made_up: tuple[dt.date, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """Return the report as JSON holds it."""
        return asdict(self) | {
            "day": self.day.isoformat(),
            "faults": [asdict(fault) for fault in self.faults],
            "made_up": [day.isoformat() for day in self.made_up],
        }


def report_of(
    run: DayRun, customers: int, tally: Tally, faults: list[Fault], made_up: tuple[dt.date, ...]
) -> DayReport:
    """Return the report of a day whose customers are all done, after the missed days that were made up for."""
    return DayReport(
        run.day,
        run.ledger_head,
        run.policy_id,
        run.policy_version,
        customers,
        {happened.value: tally.count(happened) for happened in Happened if happened not in BY_LEVEL},
        tally.by_level(Happened.NOTICES),
        tally.by_level(Happened.CASE_STEPS),
        len(faults),
        tuple(faults[:_MOST_FAULTS]),
        made_up,
    )


def stored_report(stored: Mapping[str, Any]) -> DayReport:
    """Return the report that `as_plain` wrote."""
    faults = tuple(Fault(**fault) for fault in stored["faults"])
    made_up = tuple(map(dt.date.fromisoformat, stored.get("made_up", ())))
    return DayReport(**{**stored, "day": dt.date.fromisoformat(stored["day"]), "faults": faults, "made_up": made_up})
