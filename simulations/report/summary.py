"""What is kept of a simulation beside its files: its report, with few of its customers and without cohorts."""

from collections.abc import Mapping
from typing import Any, Final

from simulations.report.contents import Report

#: So many customers, the most money moved first.
CUSTOMERS: Final = 20
_KEPT: Final = (
    *("run", "baseline", "candidate", "difference", "intervals", "swap_set", "outcomes"),
    *("grade_migration", "timeline", "caveats", "evidence"),
)


def summary_of(report: Report) -> Mapping[str, Any]:
    """Return it as plain data: the parts of the report by their names, and how many customers change in it.

    `customers_changed` are those that the report tells of, at most a thousand.
    """
    return {
        **{name: report[name] for name in _KEPT},
        "customers": report["customers"][:CUSTOMERS],
        "customers_changed": len(report["customers"]),
    }
