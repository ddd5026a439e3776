"""What an edit would change, as far as it is shown while somebody edits: a simulation without bands and cohorts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Comparison
from simulations.report.contents import Circumstances, report_of
from simulations.warm.likeness import Whole

#: What an answer has of a report; bands and cohorts take longer than the rest, and no sample is decided again.
SHOWN: Final = (
    *("run", "baseline", "candidate", "difference", "swap_set", "outcomes", "customers", "grade_migration"),
    *("timeline", "workload", "caveats", "evidence"),
)
Answer: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """How an answer was made: why all customers were run (none: only those whom the edit bears on), and how many were.

    `seconds` are those of each step, in order.
    """

    whole: Whole | None
    customers: int
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Impact:
    """A comparison, the cells that moved the customers told of, and how it was made."""

    comparison: Comparison
    causes: Mapping[int, Cause]
    made: Made
    changed: int


def answer_of(impact: Impact) -> Answer:
    """Return the answer as plain data, in the shape of a report; amounts are whole minor units."""
    made = impact.made
    report = report_of(impact.comparison, Circumstances(sum(made.seconds.values()), causes=impact.causes))
    run = {name: told for name, told in report["run"].items() if name != "sample_agreement"}
    return {
        **{name: report[name] for name in SHOWN},
        "run": run,
        "customers_changed": impact.changed,
        "made": {"whole": made.whole, "customers": made.customers, "seconds": made.seconds},
    }


def first_told(found: Comparison, number: int) -> Comparison:
    """Return the comparison that tells of so many of the customers that changed, the most money first."""
    return replace(found, customers=replace(found.customers, told=number))


def changed_in(found: Comparison) -> int:
    """Return how many customers have an order that is decided otherwise."""
    return int((found.customers.moves.first[:, 1] >= 0).sum())
