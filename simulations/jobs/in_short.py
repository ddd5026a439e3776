"""What came of a simulation in a few figures, kept with its job: what a list of runs shows."""

from collections.abc import Mapping
from typing import Any, Final

from simulations.report.contents import Report

#: Figures whose difference is told; amounts in minor units.
DIFFERENCES: Final = ("sales", "held_amount", "past_due_balance_end", "risk_adjusted_margin")


def simulation_in_short(report: Report, currency: str) -> Mapping[str, Any]:
    """Return how many orders are decided otherwise, of how many, and the main differences."""
    moved = [cell for old, row in report["outcomes"].items() for new, cell in row.items() if old != new]
    return {
        "currency": currency,
        "orders": report["run"]["orders"],
        "moved_orders": sum(cell["orders"] for cell in moved),
        "moved_amount": sum(cell["amount"] for cell in moved),
        "difference": {name: report["difference"][name] for name in DIFFERENCES},
    }


def sweep_in_short(report: Report) -> Mapping[str, Any]:
    """Return how many runs a sweep made, and how many flat stretches it found."""
    return {"runs": report["run"]["runs"], "flat": len(report["flat"])}


def seek_in_short(report: Report) -> Mapping[str, Any]:
    """Return how many runs a search made, and its verdict."""
    return {"runs": report["run"]["runs"], "verdict": str(report["verdict"])}
