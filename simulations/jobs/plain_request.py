"""The request for a simulation that nobody has told anything else: every assumption as it stands by default."""

import datetime as dt
from typing import Any

from simulations.accounting.costs import DEFAULT_COSTS
from simulations.replay.options import RELEASE_DAYS, HeldOrders, Mode, PaymentBehaviour


def plain_request(policy_id: str, number: int, begins: dt.date, ends: dt.date) -> dict[str, Any]:
    """Return the request to compare a version with the one in force, from a day to the day after the last."""
    return {
        "candidate": {"policy": policy_id, "version": number, "parameters": {}},
        "baseline": {"policy": policy_id, "version": None, "parameters": {}},
        "from": begins.isoformat(),
        "to": ends.isoformat(),
        "mode": Mode.CLOSED.value,
        "held_orders": HeldOrders.LOST.value,
        "release_days": RELEASE_DAYS,
        "payment_behaviour": PaymentBehaviour.KEEP_DELAY.value,
        "costs": {
            "yearly_rate": str(DEFAULT_COSTS.yearly_rate),
            "margin": str(DEFAULT_COSTS.margin),
            "loss_given_default": str(DEFAULT_COSTS.loss_given_default),
            "cost_per_step": "0",
        },
        "stress": [],
        "capacities": {},
    }
