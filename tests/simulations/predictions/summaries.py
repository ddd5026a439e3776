"""What simulations found, as it is kept: made small by hand."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from simulations.predictions.comparing import COMPARED, Judged, Line
from simulations.predictions.looking_back import OF_LEDGER

DAY = dt.date(2025, 1, 1)


def summary(**told: Any) -> Mapping[str, Any]:
    """Return what a simulation of a year of 365 days found: each figure is 365, unless told otherwise."""
    kpis = dict.fromkeys((each.name for each in COMPARED), 365)
    month = {"sales": 30, "open_balance": 365, "past_due_balance": 365}
    run = {
        "window": {"from": "2024-02-01", "to": "2025-01-31"},
        "mode": "closed",
        "assumptions": {"held_orders": "lost"},
    }
    found = {
        "candidate": {**kpis, **told.pop("candidate", {})},
        "timeline": [{"month": f"2024-{one:02}", "candidate": month} for one in range(1, 13)],
        "run": run,
    }
    return {**found, **told}


def figures(orders: int = 100, held: int = 0, **ledger: Any) -> Mapping[str, Any]:
    """Return what happened in a month: orders of 10 each, so many of them held; other figures are 30."""
    counts = dict.fromkeys(("prepay", "refer", "decline"), 0) | {"approve": orders - held, "hold": held}
    amounts = {outcome: 10 * count for outcome, count in counts.items()}
    said = {**dict.fromkeys(OF_LEDGER, 30), "orders": orders, "currency": "CNY", **ledger}
    return {"decided": {"orders": counts, "amounts": amounts, "unpriced": 0}, "ledger": said}


def line(judged: Judged, name: str) -> Line:
    """Return the line of a figure."""
    return next(one for one in judged.lines if one.compared.name == name)
