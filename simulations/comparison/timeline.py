"""The months of a run: what was sold, held and chased in them, and what was open when they ended."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from simulations.accounting.calendar import names_of_months
from simulations.accounting.kernel_input import HELD, NOTICED, PAST_DUE, SOLD
from simulations.accounting.sums import RunSums

MonthOfRun: TypeAlias = Mapping[str, int | None]


def timeline(sums: RunSums, *, has_ladder: bool) -> Sequence[tuple[str, MonthOfRun]]:
    """Return each month of the window with its flows on days of the window, and balances after the last of them."""
    calendar, places = sums.layout.calendar, sums.layout.places
    receivables = np.cumsum(sums.totals[0, places.daily : places.monthly])
    months = calendar.month_of[calendar.begins - calendar.earliest :] - calendar.window_month
    last_days = np.searchsorted(months, np.arange(months[-1] + 1), side="right")
    past_due = np.cumsum(sums.timeline[:, PAST_DUE])
    return [
        (
            name,
            {
                "sales": int(flows[SOLD]),
                "held_amount": int(flows[HELD]),
                "open_balance": int(receivables[last_day]),
                "past_due_balance": int(late),
                "notices": int(flows[NOTICED]) if has_ladder else None,
            },
        )
        for name, flows, last_day, late in zip(
            names_of_months(calendar), sums.timeline, last_days, past_due, strict=True
        )
    ]
